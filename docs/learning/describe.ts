import { readProofs } from '../../harness/parse/index.ts';
import { describeStack } from '../edition-pages/edition.ts';
import { addressIn, type SiteEdition } from '../plugins/editions.ts';
import { readOutline } from '../plugins/outline.ts';
import type { LearningEdition } from './model.ts';

/**
 * What learning tools know of each edition, from its outline; pages that are not written are not in it.
 * @param redirects old address → the page that took its place
 */
export function describeLearning(editions: readonly SiteEdition[], redirects: Readonly<Record<string, string>> = {}): readonly LearningEdition[] {
  return editions.map((edition) => ({
    id: edition.id, title: edition.title, prefix: `/${edition.prefix}`, stack: describeStack(edition),
    moved: listMoved(edition, editions, redirects),
    proofs: readProofs(edition.course.root).map(({ page, claim }) => ({ id: page, claim, title: String(edition.course.pageById(page)?.frontmatter['title'] ?? page), address: addressIn(edition, page) })),
    modules: readOutline(edition.course).map(({ id, title, parts }) => ({
      id, title,
      pages: parts.flatMap((part) => part.pages.map((page) => ({ part: part.title, page }))).map(({ part, page }) => ({ id: page.id.replace(/\/index$/, ''), title: page.title, minutes: page.minutes, level: page.level, part, address: addressIn(edition, page.id) })),
    })),
  }));
}

/** Moves within an edition; a page that went to another edition keeps its progress where it was made. */
function listMoved(edition: SiteEdition, editions: readonly SiteEdition[], redirects: Readonly<Record<string, string>>): Record<string, string> {
  const editionOf = (address: string): SiteEdition | undefined => editions.find(({ prefix }) => prefix !== '' && address.startsWith(`/${prefix}`)) ?? editions.find(({ prefix }) => prefix === '');
  const idOf = (address: string): string => address.slice(edition.prefix.length + 1).replace(/\/$/, '');
  return Object.fromEntries(Object.entries(redirects).filter((pair) => pair.every((address) => editionOf(address) === edition)).map(([from, to]) => [idOf(from), idOf(to)]));
}
