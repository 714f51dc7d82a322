import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { TranscriptLock } from '../model/transcript.ts';

const TRANSCRIPTS = 'docs/transcripts';
const LOCK = `${TRANSCRIPTS}/lock.json`;
const EMPTY_LOCK: TranscriptLock = { formatVersion: 1, datasets: {}, backends: {} };

/** Repository-relative path of a block's transcript. */
export function transcriptFile(page: string, name: string): string {
  return `${TRANSCRIPTS}/${page}/${name}.json`;
}

export function readText(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Whole or not at all: a reader, or a killed run, never sees half a file. */
export function writeTextAtomically(root: string, file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

export function removeFile(root: string, file: string): void {
  rmSync(join(root, file), { force: true });
}

export function readLock(root: string): TranscriptLock {
  const text = readText(root, LOCK);
  if (text === undefined) return EMPTY_LOCK;
  try {
    return JSON.parse(text) as TranscriptLock;
  } catch {
    // A merge left its marks in it: what it says counts for nothing.
    return EMPTY_LOCK;
  }
}
export const lockFile = LOCK;

/** Every transcript stored for a page, repository-relative; files of a killed run (`*.tmp`) are not among them. */
export function listTranscripts(root: string, page?: string): string[] {
  const folder = join(root, TRANSCRIPTS, page ?? '');
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return listIn(folder, page === undefined)
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter((file) => file.endsWith('.json') && file !== LOCK)
    .sort();
}

/** Links are not followed, as Node's own recursion would: an answer is removed by its path, and must not be some other page's. */
function listIn(folder: string, recursive: boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? (recursive ? listIn(path, true) : []) : entry.isFile() ? [path] : [];
  });
}
