import type { LearningEdition, LearningPlace } from './model.ts';

// Put in by the site's configuration: pages are rendered in a program of its own.
declare const LEARNING: readonly LearningEdition[];

/** Every edition, the current one first. */
export function learningEditions(): readonly LearningEdition[] {
  return LEARNING;
}

/** Where an address stands in the course. @param path `/day-1/checkout-lag/` */
export function placeAt(path: string, editions: readonly LearningEdition[] = LEARNING): LearningPlace {
  const edition = editions.find(({ prefix }) => prefix !== '/' && path.startsWith(prefix)) ?? editions[0] as LearningEdition;
  const module = edition.modules.find(({ pages }) => pages.some(({ address }) => address === path));
  return { edition, module, page: module?.pages.find(({ address }) => address === path) };
}
