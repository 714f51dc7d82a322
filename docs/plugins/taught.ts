import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Page } from '../../harness/model/block.ts';
import { h, type Element } from '../readings/hast.ts';
import { toHtml } from '../readings/index.ts';
import type { Course } from './course.ts';
import type { SiteEdition } from './editions.ts';
import { addressOf } from './outline.ts';

interface Row {
  readonly asks: string;
  readonly planned?: string;
  readonly dropped?: string;
}
/** Modules by the letters that their rows begin with. */
const MODULES: readonly (readonly [prefix: string, title: string])[] = [
  ['D1a', 'Day 1'], ['D1b', 'Day 1, brick by brick'], ['D2', 'Day 2'], ['G5', 'Incident management'], ['M5', 'Module 5'],
];

function listLessons(course: Course): Page[] {
  const folder = join(course.root, 'docs/content/docs');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mdx')).sort()
    .flatMap((name) => course.pageById(name.slice(0, -'.mdx'.length)) ?? []);
}

/** `<Taught />`: what each edition has to hold, from its `docs/curriculum.yml`, and the page that holds it. What is only planned says so. */
export function renderTaught(editions: readonly SiteEdition[]): string {
  return editions.map((edition) => renderEdition(edition, editions.length > 1 && !edition.isCurrent)).join('');
}

function renderEdition({ course, id: edition, title: name, prefix: folder }: SiteEdition, isNamed: boolean): string {
  const file = join(course.root, 'docs/curriculum.yml');
  if (!existsSync(file)) return '';
  const { rows } = parse(readFileSync(file, 'utf8')) as { readonly rows: Readonly<Record<string, Row>> };
  const pages = new Map(listLessons(course).flatMap((page) => ((page.frontmatter['covers'] ?? []) as readonly string[]).map((row) => [row, page] as const)));
  return toHtml(h('div', MODULES.flatMap(([prefix, title]) => {
    const own = Object.entries(rows).filter(([id]) => id.startsWith(`${prefix}-`));
    if (own.length === 0) return [];
    const written = own.filter(([id]) => pages.has(id)).length;
    return [h('h2', { id: `${prefix.toLowerCase()}${isNamed ? `-${edition}` : ''}` }, isNamed ? `${name}: ${title}` : title), h('p', `${written} of ${own.length} written.`), table(own, pages, folder)];
  })));
}

function table(rows: readonly (readonly [string, Row])[], pages: ReadonlyMap<string, Page>, prefix: string): Element {
  return h('table', [
    h('thead', [h('tr', ['What', 'Where'].map((column) => h('th', { scope: 'col' }, column)))]),
    h('tbody', rows.map(([id, row]) => h('tr', { id: `${prefix.replace('/', '-')}${id.toLowerCase()}` }, [h('td', row.asks), h('td', [where(row, pages.get(id), prefix)])]))),
  ]);
}

function where({ dropped }: Row, page: Page | undefined, prefix: string): Element | string {
  if (page !== undefined) return h('a', { href: `/${prefix}${addressOf(page.id).slice(1)}` }, String(page.frontmatter['title']));
  return dropped === undefined ? 'not written yet' : `left out: ${dropped}`;
}
