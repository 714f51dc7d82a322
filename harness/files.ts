import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every file under a folder, absolute, sorted; the path itself where it is a file. Links are followed, but for one that leads to a
 * folder above itself: below that everything would be there again. A link that leads nowhere counts as a file: whoever reads it says so.
 * Folders called `node_modules` are left out.
 */
export function listFilesUnder(path: string): string[] {
  return walk(path, new Set()).sort();
}

function walk(path: string, above: ReadonlySet<string>): string[] {
  if (!isFolder(path)) return [path];
  const real = realpathSync(path);
  if (above.has(real)) return [];
  const inside = new Set([...above, real]);
  return readdirSync(path).flatMap((name) => (name === 'node_modules' ? [] : walk(join(path, name), inside)));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
