import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a repository-relative path lies for the course in `root`: an edition in a folder of its own has no harness, and takes ours.
 */
export function coursePath(root: string, path: string): string {
  const own = join(root, path);
  return path.startsWith('harness') && !existsSync(own) ? join(import.meta.dirname, '../..', path) : own;
}
