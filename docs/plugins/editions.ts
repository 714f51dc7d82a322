import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '../../harness/model/block.ts';
import { readEditions, type EditionEntry } from '../../harness/parse/index.ts';
import { openCourse, type Course } from './course.ts';
import { addressOf } from './outline.ts';

/** An edition as the site shows it. */
export interface SiteEdition extends EditionEntry {
  readonly course: Course;
}

/** Every edition of the course, the current one first. @param preview see `openCourse`; only the current one is previewed */
export function openEditions(root: string, preview?: string): readonly SiteEdition[] {
  return readEditions(root).map((entry) => ({ ...entry, course: entry.isCurrent ? openCourse(root, preview) : openCourse(join(root, entry.folder).replace(/\/$/, ''), undefined, entry.prefix) }));
}

/** The edition that a page's file belongs to. @param editions the current one first */
export function editionOf(editions: readonly SiteEdition[], url: URL | undefined): SiteEdition {
  const file = url === undefined ? '' : fileURLToPath(url);
  return editions.find(({ isCurrent, course }) => !isCurrent && file.startsWith(`${course.root}/`)) ?? editions[0] as SiteEdition;
}

/** `/1.0/day-1/what-it-is/` */
export function addressIn({ prefix }: EditionEntry, id: string): string {
  return `/${prefix}${addressOf(id).slice(1)}`;
}

/** Lessons and other pages of an edition; not its incident files. */
export function listEditionPages({ course }: SiteEdition): readonly Page[] {
  const folder = join(course.root, 'docs/content/docs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mdx')).sort()
    .flatMap((name) => course.pageById(name.slice(0, -'.mdx'.length).replaceAll('\\', '/')) ?? []);
}

/** Address of a page → edition → address of the page about the same there. */
export type Counterparts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Which pages of different editions are about the same: those that say so (`counterpart: 2.0/day-1/checkout-lag`), and those of the same id
 * where the older one says nothing. What holds of two pairs holds of all three.
 * @throws Error naming a page whose counterpart is none
 */
export function findCounterparts(editions: readonly SiteEdition[]): Counterparts {
  const pages = new Map<string, { readonly edition: SiteEdition; readonly page: Page }>(editions.flatMap((edition) => listEditionPages(edition).map((page) => [`${edition.id}/${page.id}`, { edition, page }] as const)));
  const groups = new Map([...pages.keys()].map((key) => [key, new Set([key])]));
  const unite = (left: string, right: string): void => {
    const together = new Set([...groups.get(left) ?? [], ...groups.get(right) ?? []]);
    for (const key of together) groups.set(key, together);
  };
  for (const [key, { edition, page }] of pages) {
    const named = page.frontmatter['counterpart'];
    if (typeof named === 'string') {
      if (!pages.has(named)) throw new Error(`${edition.folder}${page.file}: counterpart names ${named}, expected a page of another edition such as ${[...pages.keys()].find((other) => !other.startsWith(`${edition.id}/`)) ?? '2.0/day-1/index'}.`);
      unite(key, named);
    } else if (named === undefined && !edition.isCurrent) {
      for (const newer of editions.slice(0, editions.indexOf(edition))) if (pages.has(`${newer.id}/${page.id}`)) unite(key, `${newer.id}/${page.id}`);
    }
  }
  return Object.fromEntries([...pages].map(([key, { edition, page }]) => [addressIn(edition, page.id), Object.fromEntries([...groups.get(key) ?? []].flatMap((other) => {
    const found = pages.get(other);
    return found === undefined || other === key ? [] : [[found.edition.id, addressIn(found.edition, found.page.id)]];
  }))]));
}
