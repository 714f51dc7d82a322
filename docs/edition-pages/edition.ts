import type { EditionOnPages, EditionsOnPages } from './model.ts';

// Filled in by the site's configuration: pages are rendered in a program of its own.
declare const COURSE_EDITIONS: EditionsOnPages;

/** The edition that an address is in. */
export function editionAt(path: string, { editions }: EditionsOnPages = COURSE_EDITIONS): EditionOnPages {
  return editions.find(({ isCurrent, prefix }) => !isCurrent && path.startsWith(prefix)) ?? editions[0] as EditionOnPages;
}

/** Another edition, as a page offers it: the page about the same there, or, where there is none, where that edition begins. */
export interface Elsewhere {
  readonly edition: EditionOnPages;
  readonly address: string;
  readonly isCounterpart: boolean;
}

/** All other editions, seen from an address. */
export function elsewhere(path: string, all: EditionsOnPages = COURSE_EDITIONS): readonly Elsewhere[] {
  const here = editionAt(path, all);
  return all.editions.filter((edition) => edition !== here).map((edition) => {
    const address = all.counterparts[path]?.[edition.id];
    return { edition, address: address ?? edition.prefix, isCounterpart: address !== undefined };
  });
}

/** `Prometheus 2.42.0, Alertmanager 0.25.0` */
export function describeStack({ stack }: Pick<EditionOnPages, 'stack'>): string {
  return Object.entries(stack).map(([name, version]) => `${name.charAt(0).toUpperCase()}${name.slice(1)} ${version}`).join(', ');
}
