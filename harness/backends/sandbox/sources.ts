import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What decides, beside a block's own text, what it prints: the runner, and the services that it may import. */
const FOLDERS = ['harness/images/sandbox/runner', 'harness/images/sandbox/runner/python', 'snippets/technow'];

/** Repository-relative paths of those files, sorted: part of the key of every transcript of a block that ran. */
export function listSources(): string[] {
  return FOLDERS
    .flatMap((folder) => readdirSync(`${ROOT}${folder}`, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|mjs|json|py)$/.test(entry.name))
    .map((entry) => relative(ROOT, `${entry.parentPath}/${entry.name}`).replaceAll('\\', '/'))
    .sort();
}
