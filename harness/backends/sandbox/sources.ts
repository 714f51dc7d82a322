import { existsSync, readdirSync } from 'node:fs';
import { coursePath } from '../course-path.ts';

/** What decides, beside a block's own text, what it prints: the runner, and the services that it may import. */
const FOLDERS = ['harness/images/sandbox/runner', 'harness/images/sandbox/runner/python', 'snippets/technow'];

/** Repository-relative paths of those files, sorted: part of the key of every transcript of a block that ran. */
export function listSources(root: string): string[] {
  return FOLDERS.flatMap((folder) => {
    const path = coursePath(root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|json|py)$/.test(entry.name))
      .map((entry) => `${folder}/${entry.name}`);
  }).sort();
}
