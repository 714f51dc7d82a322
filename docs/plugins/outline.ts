import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Page } from '../../harness/model/block.ts';
import type { Course } from './course.ts';

/** A page of the outline that exists. */
export interface OutlinePage {
  readonly id: string;
  readonly title: string;
  readonly kind: string | undefined;
  readonly level: string | undefined;
  /** 0 where the page says nothing. */
  readonly minutes: number;
}
export interface OutlinePart {
  readonly title: string;
  readonly pages: readonly OutlinePage[];
}
export interface OutlineModule {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly OutlinePart[];
}
type RawOutline = Readonly<Record<string, { readonly title: string; readonly parts: readonly { readonly title: string; readonly pages: readonly string[] }[] }>>;

/** Modules of `docs/outline.yml`, in its order; pages that are not written yet are left out, and parts without pages. A small course has none. */
export function readOutline(course: Course): readonly OutlineModule[] {
  const file = join(course.root, 'docs/outline.yml');
  if (!existsSync(file)) return [];
  return Object.entries(parse(readFileSync(file, 'utf8')) as RawOutline).map(([id, { title, parts }]) => ({
    id, title,
    parts: parts.map((part) => ({ title: part.title, pages: part.pages.flatMap((page) => describe(course.pageById(page))) })).filter(({ pages }) => pages.length > 0),
  }));
}

function describe(page: Page | undefined): OutlinePage[] {
  if (page === undefined) return [];
  const { title, kind, level, minutes } = page.frontmatter as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return [{ id: page.id, title: text(title) ?? page.id, kind: text(kind), level: text(level), minutes: typeof minutes === 'number' ? minutes : 0 }];
}

export function sumMinutes(pages: readonly OutlinePage[]): number {
  return pages.reduce((sum, { minutes }) => sum + minutes, 0);
}

/** `/day-1/checkout-lag/`; a module's index is the module's own address. */
export function addressOf(id: string): string {
  return `/${id.replace(/\/?index$/, '')}/`.replace('//', '/');
}

/** Starlight's sidebar for the modules: a group a part, the minutes of each page beside it. @param prefix `1.0/` */
export function sidebarOf(course: Course, prefix = '') {
  return readOutline(course).map(({ title, parts }) => ({
    label: title,
    items: parts.map((part) => ({
      label: part.title,
      items: part.pages.map(({ id, title: name, minutes }) => ({ label: id.endsWith('/index') ? 'Overview' : name, link: `/${prefix}${addressOf(id).slice(1)}`, ...(minutes > 0 && { badge: { text: `${minutes} min`, variant: 'default' as const } }) })),
    })),
  }));
}
