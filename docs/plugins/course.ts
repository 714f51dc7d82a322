import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Block, Page } from '../../harness/model/block.ts';
import type { Transcript, TranscriptLock } from '../../harness/model/transcript.ts';
import { datasetsOf, parsePage, transcriptKey } from '../../harness/parse/index.ts';
import type { DatasetClock, ReadingContext } from '../readings/index.ts';

/** A block of a page with its stored answer. */
export interface Answer {
  readonly block: Block;
  readonly transcript: Transcript;
  readonly context: ReadingContext;
}
/** The course as the site sees it: pages, stored answers and their lock, read from the working tree. */
export interface Course {
  readonly root: string;
  /** @param file absolute path, or one relative to the root */
  page(file: string): Page;
  /** The page with this id, `day-1/checkout-lag`; undefined when there is none. */
  pageById(id: string): Page | undefined;
  /**
   * The stored answer of a block that is executed; undefined for one that is not.
   * @throws Error when it is missing, unreadable or stale
   */
  answer(block: Block, page: Page): Answer | undefined;
}

/** Planning executes every block that has a name, unless it is marked otherwise. */
export function isExecuted(block: Block): boolean {
  return block.name !== undefined && !block.attributes.has('no_run') && !block.attributes.has('ignore');
}

function fail(block: Block, what: string, update = true): never {
  const { file, start } = block.fence;
  const next = update ? ` Run \`npm run verify -- --update ${block.page}\`, read what it wrote, and commit it.` : '';
  throw new Error(`${file}:${start.line}: block "${block.name ?? block.ordinal}": ${what}${next}`);
}

function readTranscript(root: string, block: Block): Transcript {
  const file = `docs/transcripts/${block.page}/${block.name ?? ''}.json`;
  if (!existsSync(join(root, file))) return fail(block, `its stored answer ${file} is missing.`);
  const text = readFileSync(join(root, file), 'utf8');
  let transcript: Transcript;
  try {
    transcript = JSON.parse(text) as Transcript;
  } catch (cause) {
    return fail(block, `its stored answer ${file} is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`);
  }
  if (transcript.formatVersion !== 1) return fail(block, `its stored answer ${file} has format ${String(transcript.formatVersion)}; this site reads format 1.`);
  return transcript;
}

function readLock(root: string): TranscriptLock {
  const file = join(root, 'docs/transcripts/lock.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TranscriptLock) : { formatVersion: 1, datasets: {}, backends: {} };
}

function requireFresh(block: Block, page: Page, transcript: Transcript, lock: TranscriptLock): void {
  const datasets = transcript.uses.datasets.toSorted();
  const named = datasetsOf(block, page).sort();
  // The page's default is no attribute of the block: its key alone would not tell that it changed.
  if (datasets.length > 0 && datasets.join() !== named.join()) fail(block, `its stored answer is stale: it was given over ${datasets.join(', ')}, and the page now asks ${named.join(', ') || 'none'}.`);
  let key: string;
  try {
    key = transcriptKey(block, transcript.uses, lock);
  } catch (cause) {
    return fail(block, `its stored answer cannot be judged: ${cause instanceof Error ? cause.message : String(cause)}`, false);
  }
  if (key !== transcript.key) fail(block, `its stored answer is stale: the block, its dataset or its backend changed since (key ${transcript.key}, now ${key}).`);
}

/** Opens the course in a folder. Files are read anew when they change, so that a running preview stays true. */
export function openCourse(root: string): Course {
  const pages = new Map<string, { readonly mtimeMs: number; readonly page: Page }>();
  const page = (file: string): Page => {
    const path = file.startsWith(root) ? relative(root, file) : file;
    const { mtimeMs } = statSync(join(root, path));
    const known = pages.get(path);
    if (known?.mtimeMs === mtimeMs) return known.page;
    const parsed = parsePage({ root, file: path });
    pages.set(path, { mtimeMs, page: parsed });
    return parsed;
  };
  const clockOf = (name: string | undefined, lock: TranscriptLock): DatasetClock | undefined => (name !== undefined && Object.hasOwn(lock.datasets, name) ? lock.datasets[name] : undefined);
  return {
    root,
    page,
    pageById: (id) => {
      const file = [`docs/content/docs/${id}.mdx`, `docs/content/docs/${id}/index.mdx`].find((candidate) => existsSync(join(root, candidate)));
      return file === undefined ? undefined : page(file);
    },
    answer: (block, ofPage) => {
      if (!isExecuted(block)) return undefined;
      const lock = readLock(root);
      const transcript = readTranscript(root, block);
      requireFresh(block, ofPage, transcript, lock);
      const dataset = transcript.dataset ?? datasetsOf(block, ofPage)[0];
      return { block, transcript, context: { language: block.language, text: block.text, attributes: block.attributes, dataset: transcript.dataset, clock: clockOf(dataset, lock), moments: [] } };
    },
  };
}
