import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const CONTENT = 'docs/content/docs';

/** Every page of the course, repository-relative, sorted. */
export function listPages(root: string): string[] {
  const folder = join(root, CONTENT);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mdx'))
    .map((name) => `${CONTENT}/${name.split(sep).join('/')}`)
    .sort();
}

/**
 * Pages that arguments mean: a page id (`day-1/checkout-lag`), a folder of pages (`day-1`), or a path to either.
 * @throws UsageError naming the argument that means nothing, with the nearest page ids
 */
export function selectPages(root: string, wanted: readonly string[], workingDirectory: string, suggest: (word: string, words: readonly string[]) => string | undefined): string[] {
  const all = listPages(root);
  if (wanted.length === 0) return all;
  const selected = new Set<string>();
  for (const argument of wanted) {
    const path = relative(root, join(workingDirectory, argument)).split(sep).join('/');
    const forms = [argument, path].map((form) => form.replace(/^\.\//, '').replace(/\/$/, '').replace(new RegExp(`^${CONTENT}/`), '').replace(/\.mdx$/, ''));
    const matching = all.filter((file) => forms.some((form) => idOf(file) === form || idOf(file).startsWith(`${form}/`)));
    if (matching.length === 0) {
      const near = suggest(argument, all.map(idOf));
      throw new UsageError(`there is no page or folder "${argument}"${near === undefined ? '' : `; did you mean ${near}?`} Pages are under ${CONTENT}/.`);
    }
    matching.forEach((file) => selected.add(file));
  }
  return [...selected].sort();
}

function idOf(file: string): string {
  return file.slice(CONTENT.length + 1, -'.mdx'.length);
}

/** The command line means nothing: exit code 2, with `--help`'s first line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
