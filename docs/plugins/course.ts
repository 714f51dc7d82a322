import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Block, Page } from '../../harness/model/block.ts';
import type { Transcript, TranscriptLock } from '../../harness/model/transcript.ts';
import { datasetsOf, parsePage, transcriptKey } from '../../harness/parse/index.ts';
import type { ReadingContext } from '../readings/index.ts';

/** A block of a page with its stored answer. */
export interface Answer {
  readonly block: Block;
  readonly transcript: Transcript;
  readonly context: ReadingContext;
}
/** A block has no answer that is true of it as it stands: a build fails, a preview waits for the next run. */
export class UnprovenError extends Error {
  override readonly name = 'UnprovenError';
}
/** The course as the site sees it: pages, stored answers and their lock, read from the working tree. */
export interface Course {
  readonly root: string;
  /** @param file absolute path, or one relative to the root */
  page(file: string): Page;
  /** The page with this id, `day-1/checkout-lag` or `incidents/checkout-lag`; undefined when there is none. */
  pageById(id: string): Page | undefined;
  /**
   * The stored answer of a block that is executed; undefined for one that is not.
   * @throws UnprovenError when it is missing, unreadable or stale
   */
  answer(block: Block, page: Page): Answer | undefined;
  /** Pages that were drawn without an answer, by id; only a preview draws such pages. */
  readonly unproven: Set<string>;
  readonly isPreview: boolean;
}

/** Planning executes every block that has a name, unless it is marked otherwise. */
export function isExecuted(block: Block): boolean {
  return block.name !== undefined && !block.attributes.has('no_run') && !block.attributes.has('ignore');
}

/** An edition's page as the command line names it. */
interface OfEdition {
  readonly block: Block;
  readonly prefix: string;
}

function fail({ block, prefix }: OfEdition, what: string, update = true): never {
  const { file, start } = block.fence;
  const next = update ? ` Run \`npm run verify -- --update ${prefix}${block.page}\`, read what it wrote, and commit it.` : '';
  throw new UnprovenError(`${file}:${start.line}: block "${block.name ?? block.ordinal}": ${what}${next}`);
}

function readTranscript(root: string, asked: OfEdition): Transcript {
  const { block } = asked;
  const file = `docs/transcripts/${block.page}/${block.name ?? ''}.json`;
  if (!existsSync(join(root, file))) return fail(asked, `its stored answer ${file} is missing.`);
  const text = readFileSync(join(root, file), 'utf8');
  let transcript: Transcript;
  try {
    transcript = JSON.parse(text) as Transcript;
  } catch (cause) {
    return fail(asked, `its stored answer ${file} is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`);
  }
  if (transcript.formatVersion !== 1) return fail(asked, `its stored answer ${file} has format ${String(transcript.formatVersion)}; this site reads format 1.`);
  return transcript;
}

function readLock(root: string): TranscriptLock {
  const file = join(root, 'docs/transcripts/lock.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TranscriptLock) : { formatVersion: 1, datasets: {}, backends: {} };
}

function requireFresh(asked: OfEdition, page: Page, transcript: Transcript, lock: TranscriptLock): void {
  const { block } = asked;
  const datasets = transcript.uses.datasets.toSorted();
  const named = datasetsOf(block, page).sort();
  // The page's default is no attribute of the block: its key alone would not tell that it changed.
  if (datasets.length > 0 && datasets.join() !== named.join()) fail(asked, `its stored answer is stale: it was given over ${datasets.join(', ')}, and the page now asks ${named.join(', ') || 'none'}.`);
  let key: string;
  try {
    key = transcriptKey(block, transcript.uses, lock);
  } catch (cause) {
    return fail(asked, `its stored answer cannot be judged: ${cause instanceof Error ? cause.message : String(cause)}`, false);
  }
  if (key !== transcript.key) fail(asked, `its stored answer is stale: the block, its dataset or its backend changed since (key ${transcript.key}, now ${key}).`);
}

/** The stored answer under `folder`, which holds `docs/transcripts`. */
function readFresh(folder: string, asked: OfEdition, page: Page): Answer {
  const { block, prefix } = asked;
  const lock = readLock(folder);
  const transcript = readTranscript(folder, asked);
  requireFresh(asked, page, transcript, lock);
  const dataset = transcript.dataset ?? datasetsOf(block, page)[0];
  const clock = dataset !== undefined && Object.hasOwn(lock.datasets, dataset) ? lock.datasets[dataset] : undefined;
  return { block, transcript, context: { language: block.language, text: block.text, attributes: block.attributes, dataset: transcript.dataset, clock, moments: [], edition: prefix } };
}

/**
 * Opens the course in a folder. Files are read anew when they change, so that a running preview stays true.
 * @param preview folder with the answers of the last run of a page that is being written; they come before the stored ones
 * @param prefix of an edition in a folder of its own: what the command line puts before its pages, `1.0/`
 */
export function openCourse(root: string, preview?: string, prefix = ''): Course {
  const pages = new Map<string, { readonly mtimeMs: number; readonly page: Page }>();
  const unproven = new Set<string>();
  const page = (file: string): Page => {
    const path = file.startsWith(root) ? relative(root, file) : file;
    const { mtimeMs } = statSync(join(root, path));
    const known = pages.get(path);
    if (known?.mtimeMs === mtimeMs) return known.page;
    const parsed = parsePage({ root, file: path });
    pages.set(path, { mtimeMs, page: parsed });
    return parsed;
  };
  const answer = (block: Block, ofPage: Page): Answer | undefined => {
    if (!isExecuted(block)) return undefined;
    if (preview === undefined) return readFresh(root, { block, prefix }, ofPage);
    for (const folder of [preview, root]) {
      try {
        return readFresh(folder, { block, prefix }, ofPage);
      } catch (error) {
        if (!(error instanceof UnprovenError)) throw error;
      }
    }
    unproven.add(ofPage.id);
    return fail({ block, prefix }, 'it has no answer yet.');
  };
  return {
    root,
    page,
    pageById: (id) => {
      const file = [`docs/content/docs/${id}.mdx`, `docs/content/docs/${id}/index.mdx`, `snippets/${id}.yaml`].find((candidate) => existsSync(join(root, candidate)));
      return file === undefined ? undefined : page(file);
    },
    answer,
    unproven,
    isPreview: preview !== undefined,
  };
}
