import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { listFilesUnder } from './files.ts';
import { pageId } from './parse/index.ts';

const CONTENT = 'docs/content/docs';
const INCIDENTS = 'snippets/incidents';

/** Every page of the course, repository-relative, sorted: lessons, then the incident files that state expectations, which are their blocks. */
export function listPages(root: string): string[] {
  const lessons = existsSync(join(root, CONTENT)) ? listFilesUnder(join(root, CONTENT)) : [];
  const incidents = existsSync(join(root, INCIDENTS)) ? readdirSync(join(root, INCIDENTS)).map((name) => join(root, INCIDENTS, name)).sort() : [];
  return [...lessons.filter((file) => file.endsWith('.mdx')), ...incidents.filter((file) => file.endsWith('.yaml') && statesExpectations(file))].map((file) => relative(root, file).split(sep).join('/'));
}

/** True of one that cannot be read: as a page it says why. */
function statesExpectations(file: string): boolean {
  try {
    return /^expectations:/m.test(readFileSync(file, 'utf8'));
  } catch {
    return true;
  }
}

/**
 * Pages that arguments mean: a page id (`day-1/checkout-lag`, `incidents/checkout-lag`), a folder of pages (`day-1`), or a path to either.
 * @throws UsageError naming the argument that means nothing, with the nearest page ids
 */
export function selectPages(root: string, wanted: readonly string[], workingDirectory: string, suggest: (word: string, words: readonly string[]) => string | undefined): string[] {
  const all = listPages(root);
  if (wanted.length === 0) return all;
  const selected = new Set<string>();
  for (const argument of wanted) {
    const path = relative(root, join(workingDirectory, argument)).split(sep).join('/');
    const forms = [argument, path].map((form) => form.replace(/^\.\//, '').replace(/\/$/, '').replace(new RegExp(`^${CONTENT}/`), '').replace(new RegExp(`^${INCIDENTS}(?=/|$)`), 'incidents').replace(/\.(?:mdx|yaml)$/, ''));
    const matching = all.filter((file) => forms.some((form) => pageId(file) === form || pageId(file).startsWith(`${form}/`)));
    if (matching.length === 0) {
      const near = suggest(argument, all.map(pageId));
      throw new UsageError(`there is no page or folder "${argument}"${near === undefined ? '' : `; did you mean ${near}?`} Pages are under ${CONTENT}/; a file under ${INCIDENTS}/ is one once it states \`expectations:\`.`);
    }
    matching.forEach((file) => selected.add(file));
  }
  return [...selected].sort();
}

/** The command line means nothing: exit code 2, with `--help`'s first line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
