import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Document } from './model.ts';
import { readDocument } from './read-document.ts';

const ENDINGS = /\.(?:md|mdx|markdown|mdown|mkd)$/i;
/** What others put there, and no author reads. */
const SKIPPED = new Set(['node_modules', '.git', '.cache', 'vendor', 'dist']);
/** A text that large is data. */
const LARGEST_BYTES = 20 * 1024 * 1024;

export interface Listed {
  readonly documents: readonly Document[];
  /** Files that could not be read; a scan goes on without them. */
  readonly errors: readonly Error[];
}

/**
 * Reads every Markdown document that files and folders name, each once, whatever links lead to it, in order of name.
 * @param paths absolute; files are read whatever their ending is
 * @param base what names in the report are relative to
 * @throws Error for a path that does not exist, naming it
 */
export function listDocuments(paths: readonly string[], base: string): Listed {
  const seen = new Set<string>();
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? walk(path, seen) : [path]));
  const documents: Document[] = [];
  const errors: Error[] = [];
  for (const file of new Set(files)) {
    try {
      if (statSync(file).size > LARGEST_BYTES) errors.push(new Error(`${nameOf(file, base)} is larger than ${LARGEST_BYTES / 1024 / 1024} MB, and was not read. Is it a document?`));
      else documents.push(readDocument(nameOf(file, base), readFileSync(file, 'utf8')));
    } catch (cause) {
      errors.push(new Error(`${nameOf(file, base)} could not be read`, { cause }));
    }
  }
  return { documents, errors };
}

function nameOf(file: string, base: string): string {
  const name = relative(base, file).split(sep).join('/');
  return name.startsWith('../') ? file : name;
}

/** A folder's documents. A folder that links lead to twice, or into itself, is walked once. */
function walk(folder: string, seen: Set<string>): string[] {
  const real = realpathSync(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind === undefined || SKIPPED.has(name)) return [];
    if (kind.isDirectory()) return walk(path, seen);
    return kind.isFile() && ENDINGS.test(name) ? [path] : [];
  });
}
