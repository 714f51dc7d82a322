import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressIn, listEditionPages, openEditions, type SiteEdition } from '../plugins/editions.ts';
import { readOutline } from '../plugins/outline.ts';

/** A page of the site as part of a book. */
export interface Chapter {
  /** `/day-1/checkout-lag/` */
  readonly address: string;
  /** `day-1-checkout-lag.xhtml` */
  readonly file: string;
  readonly title: string;
}
export interface BookPart {
  readonly title: string;
  readonly chapters: readonly Chapter[];
}
/** A module of an edition. */
export interface Book {
  /** Of its file, without the ending: `day-1-2.0`. */
  readonly name: string;
  readonly title: string;
  readonly edition: SiteEdition;
  readonly parts: readonly BookPart[];
}

/** One book a module and edition, in the order of the outline. A small course without an outline has none. */
export function planBooks(root: string, dist: string): readonly Book[] {
  return openEditions(root).flatMap((edition) => readOutline(edition.course).map((module): Book => {
    const parts = module.parts.map(({ title, pages }) => ({ title, chapters: pages.map(({ id, title: name }) => chapterOf(edition, id, name)) }));
    return { name: `${module.id}-${edition.id}`, title: module.title, edition, parts: [...parts, ...lookedUp(edition, dist, parts.flatMap(({ chapters }) => chapters))] };
  }).filter(({ parts }) => parts.length > 0));
}

function chapterOf(edition: SiteEdition, id: string, title: string): Chapter {
  return { address: addressIn(edition, id), file: `${id.replaceAll('/', '-')}.xhtml`, title };
}

/** What chapters lead to and a reader without network would miss: runbooks that they or their alerts name, and the glossary. */
function lookedUp(edition: SiteEdition, dist: string, chapters: readonly Chapter[]): BookPart[] {
  const known = listEditionPages(edition).filter(({ id }) => id === 'glossary' || id.startsWith('runbooks/')).map(({ id, frontmatter }) => chapterOf(edition, id, String(frontmatter['title'])));
  const found = new Set<Chapter>();
  const waiting = [...chapters];
  for (const chapter of waiting) {
    const html = readPage(dist, chapter.address);
    for (const other of known) {
      if (found.has(other) || !new RegExp(`href="${other.address}[#"]`).test(html)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  const among = known.filter((chapter) => found.has(chapter));
  return among.length === 0 ? [] : [{ title: 'Look up', chapters: among }];
}

/** The built page at an address. @throws Error when it is not there */
export function readPage(dist: string, address: string): string {
  return readFileSync(join(dist, address, 'index.html'), 'utf8');
}
