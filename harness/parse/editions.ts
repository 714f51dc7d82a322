import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'docs/editions.json';
/** Where editions that are not the current one lie: each a course in a folder of its own. */
const FOLDER = 'docs/editions';

/** One entry of `docs/editions.json`. */
export interface EditionEntry {
  /** `2.0`. */
  readonly id: string;
  readonly title: string;
  readonly isCurrent: boolean;
  /** Of an edition that is not the current one, repository-relative with a slash at the end: its pages, answers, snippets and diagrams lie below it as the current one's lie below the repository. */
  readonly folder: string;
  /** What its page ids begin with in reports, and its addresses after the first slash: empty for the current one, else `1.0/`. */
  readonly prefix: string;
  /** Backend → version that it is verified against. */
  readonly stack: Readonly<Record<string, string>>;
}
interface EditionsFile {
  readonly current: string;
  readonly editions: Readonly<Record<string, { readonly title: string; readonly stack: Readonly<Record<string, string>> }>>;
}

/**
 * The editions of a course, the current one first, then as the file lists them. A course without the file is one edition.
 * @throws Error naming an entry without a folder, and a current edition without an entry
 */
export function readEditions(root: string): readonly EditionEntry[] {
  const file = join(root, FILE);
  if (!existsSync(file)) return [{ id: '', title: '', isCurrent: true, folder: '', prefix: '', stack: {} }];
  const { current, editions } = JSON.parse(readFileSync(file, 'utf8')) as EditionsFile;
  const entries = Object.entries(editions).map(([id, { title, stack }]): EditionEntry => {
    const isCurrent = id === current;
    return { id, title, isCurrent, stack, folder: isCurrent ? '' : `${FOLDER}/${id}/`, prefix: isCurrent ? '' : `${id}/` };
  });
  if (!entries.some(({ isCurrent }) => isCurrent)) throw new Error(`${FILE} says that ${current} is current, but has no such edition. Add it under \`editions\`, or name one of ${Object.keys(editions).join(', ')}.`);
  const missing = entries.find(({ folder }) => folder !== '' && !existsSync(join(root, folder)));
  if (missing !== undefined) throw new Error(`${FILE} names the edition ${missing.id}, but there is no folder ${missing.folder}. Add it, or remove the entry.`);
  return entries.toSorted((left, right) => Number(right.isCurrent) - Number(left.isCurrent));
}
