import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ImageTags } from './backends/engine-specs.ts';
import { listPages, UsageError } from './pages.ts';
import { pageId, readEditions, type EditionEntry } from './parse/index.ts';

/** One edition of the course, with the stack that it is verified against. */
export interface Edition extends Omit<EditionEntry, 'stack'> {
  /** Absolute: what a course of one edition has as its root. */
  readonly root: string;
  /** Image → version; undefined for the current one, whose versions are the pinned ones. */
  readonly stack: ImageTags | undefined;
}

/** @throws UsageError for what is wrong in `docs/editions.json` */
export function listEditions(root: string): readonly Edition[] {
  try {
    return readEditions(root).map((entry) => ({ ...entry, root: entry.isCurrent ? root : resolve(root, entry.folder), stack: entry.isCurrent ? undefined : new Map(Object.entries(entry.stack)) }));
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * Edition → ids of its lessons, for all editions of the repository but that of the course in `root`, be it the current one or one in a folder
 * of its own. Listed when it is first asked for; that throws UsageError for what is wrong in `docs/editions.json`.
 */
export function pagesElsewhere(root: string): () => ReadonlyMap<string, readonly string[]> {
  let listed: ReadonlyMap<string, readonly string[]> | undefined;
  return () => (listed ??= listPagesElsewhere(root));
}

function listPagesElsewhere(root: string): ReadonlyMap<string, readonly string[]> {
  const repository = /^(.*)[/\\]docs[/\\]editions[/\\][^/\\]+$/.exec(root)?.[1] ?? root;
  return new Map(listEditions(repository).filter((edition) => edition.root !== root)
    .map((edition) => [edition.id, listPages(edition.root).filter((file) => file.endsWith('.mdx')).map(pageId)]));
}

/** What page arguments ask of each edition, in the editions' order: those of which nothing is asked are left out. No argument asks for everything. */
export function splitByEdition(editions: readonly Edition[], wanted: readonly string[], workingDirectory: string): readonly { readonly edition: Edition; readonly pages: readonly string[] }[] {
  if (wanted.length === 0) return editions.map((edition) => ({ edition, pages: [] }));
  const asked = wanted.map((argument) => {
    const path = resolve(workingDirectory, argument);
    const edition = editions.find((one) => !one.isCurrent && (isNamed(one, argument) || isWithin(one.root, path))) ?? editions[0] as Edition;
    return { edition, page: withoutEdition(edition, argument, path) };
  });
  return editions.flatMap((edition) => {
    const own = asked.filter((one) => one.edition === edition);
    if (own.length === 0) return [];
    return [{ edition, pages: own.some(({ page }) => page === '') ? [] : own.map(({ page }) => page) }];
  });
}

function isNamed({ id, prefix }: Edition, argument: string): boolean {
  return argument === id || argument.startsWith(prefix);
}

function isWithin(root: string, path: string): boolean {
  const inside = relative(root, path);
  return !inside.startsWith('..') && !isAbsolute(inside) && existsSync(path);
}

/** The argument as the edition itself takes it; empty: all of it. */
function withoutEdition(edition: Edition, argument: string, path: string): string {
  if (edition.isCurrent) return argument;
  if (isNamed(edition, argument)) return argument.slice(edition.prefix.length).replace(/\/$/, '');
  return relative(edition.root, path).split(sep).join('/');
}
