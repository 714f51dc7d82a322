import { createHash } from 'node:crypto';
import { existsSync, readFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { coursePath } from './backends/course-path.ts';
import { listFilesUnder } from './files.ts';
import type { Page } from './model/block.ts';
import type { Depth } from './model/verdict.ts';

/** What this machine has seen pass. Git-ignored: a fresh clone proves everything itself. */
const FILE = '.cache/verified.json';
/** Everything a verdict depends on beside the page and its transcripts. */
const WORLD = ['harness', 'snippets', 'diagrams', 'docs/editions.json', 'docs/curriculum.yml', 'package-lock.json'];

export interface PassedBlock {
  readonly id: string;
  readonly kind: 'passed' | 'skipped';
  readonly depth: Depth;
  readonly reason?: string;
}
interface Entry {
  readonly hash: string;
  readonly blocks: readonly PassedBlock[];
}
/** Pages that passed as they are now need no engine. `check` and `verify` keep apart: neither vouches for the other. */
export interface Cache {
  /** The verdicts of a page that is, with all it depends on, as it was when it passed. */
  lookUp(page: Page): readonly PassedBlock[] | undefined;
  store(page: Page, blocks: readonly PassedBlock[]): void;
  /** A page that did not pass this time vouches for nothing, whatever was seen before. */
  forget(page: Page): void;
  /** Pages whose prose passed: what `check` and `verify` say of it is the same. */
  readonly prose: { has(page: Page): boolean; add(page: Page): void };
  save(): void;
}

/**
 * @param pages what vouches for itself: hashed now, so that a page edited while it is being proven is proven again
 * @param shared what every verdict depends on beside files that always count, e.g. rules of other pages
 */
export function openCache(root: string, command: string, pages: readonly Page[], shared = ''): Cache {
  const path = join(root, FILE);
  const entries = readEntries(path);
  // Of this run: another one may save in the meantime, and what it saw counts too.
  const changes = new Map<string, Entry | undefined>();
  const change = (name: string, entry: Entry | undefined): void => {
    changes.set(name, entry);
    if (entry === undefined) delete entries[name];
    else entries[name] = entry;
  };
  const world = createHash('sha256').update(hashFiles(root, WORLD)).update(shared).digest('hex');
  const sources = new Map(pages.map((page) => [page.id, hashFiles(root, [page.file])]));
  const hashOf = (page: Page): string => `${world}:${sources.get(page.id)}:${hashFiles(root, [`docs/transcripts/${page.id}`, 'docs/transcripts/lock.json'])}`;
  const key = (page: Page): string => `${command} ${page.id}`;
  const glossary = hashFiles(root, ['docs/glossary.yml']);
  const proseHashOf = (page: Page): string => `${world}:${sources.get(page.id)}:${glossary}`;
  return {
    prose: {
      has: (page) => entries[`prose ${page.id}`]?.hash === proseHashOf(page),
      add: (page) => change(`prose ${page.id}`, { hash: proseHashOf(page), blocks: [] }),
    },
    lookUp: (page) => {
      const entry = entries[key(page)];
      return entry?.hash === hashOf(page) ? entry.blocks : undefined;
    },
    store: (page, blocks) => change(key(page), { hash: hashOf(page), blocks }),
    forget: (page) => change(key(page), undefined),
    save: () => saveEntries(path, Object.fromEntries([...Object.entries(readEntries(path)).filter(([name]) => !changes.has(name)), ...[...changes].flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry] as const]))])),
  };
}

/** Whole or not at all. Throws what the file system says. */
function saveEntries(path: string, entries: Readonly<Record<string, Entry>>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, JSON.stringify(entries));
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function readEntries(path: string): Record<string, Entry> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Entry>;
  } catch {
    return {};
  }
}

/** SHA-256 over all that verdicts depend on: pages and stored answers, and everything beside them. */
export function hashCourse(root: string): string {
  return hashFiles(root, [...WORLD, 'docs/content', 'docs/transcripts']);
}

/** SHA-256 over the names and bytes of files and of all files under folders; what does not exist counts as absent. */
export function hashFiles(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const full = coursePath(root, path);
    if (!existsSync(full)) return void hash.update(`${path}\0-\0`);
    for (const file of listFilesUnder(full)) hash.update(`${file.slice(full.length)}\0`).update(readBytes(file)).update('\0');
  };
  paths.forEach(add);
  return hash.digest('hex');
}

/** What cannot be read counts as what the file system says of it: whoever needs the file tells it. */
function readBytes(file: string): Uint8Array | string {
  try {
    return readFileSync(file);
  } catch (cause) {
    return `\0${(cause as NodeJS.ErrnoException).code}`;
  }
}
