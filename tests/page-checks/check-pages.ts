import { join } from 'node:path';
import { checkPages } from '../../harness/check/pages.ts';
import type { Page } from '../../harness/model/block.ts';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import { pagesElsewhere } from '../../harness/editions.ts';
import { pageChecks } from '../../harness/page-checks/index.ts';
import { listPages } from '../../harness/pages.ts';
import { parsePage, placeSource, readGlossary, suggestWord } from '../../harness/parse/index.ts';

/** A course of its own: pages, glossary, curriculum, public files. */
export const fixtures = join(import.meta.dirname, 'fixtures');
export const fixtureFiles = listPages(fixtures);

/** What all page checks say about pages of a course, after an edit of each page's text. Throws what a check threw. */
export async function checkCourse(sources: ReadonlyMap<string, string>, root = fixtures): Promise<readonly Diagnostic[]> {
  const course: Page[] = [...sources].map(([file, source]) => parsePage({ root, file, source }));
  const broken = course.flatMap(({ diagnostics }) => diagnostics);
  if (broken.length > 0) throw new Error(JSON.stringify(broken));
  const context = { root, course, glossary: readGlossary(root), pagesElsewhere: pagesElsewhere(root), suggest: suggestWord };
  const { diagnostics, errors } = await checkPages({ pages: course, checks: pageChecks, context, placeSource, remembered: { has: () => false, add: () => undefined } });
  if (errors.length > 0) throw errors[0];
  return diagnostics;
}

/** The text that a diagnostic points at; of several lines, the first and `…`. */
export function pointedAt({ place: { start, end } }: Diagnostic, source: string): string {
  const line = source.split(/\r\n|\n/)[start.line - 1] ?? '';
  return start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)}…`;
}

/** A finding, or the wish for one. */
export interface Said {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly rule: string;
  readonly message: string;
}
/** `{/* want 2 up "text" error page/rule "part of the message" *​/}`: the line above, what is pointed at there, `2 up 3` for its third. */
const WANT = /^\{\/\* want (\d+) up (?:(\d+) )?"(.*)" (error|warning) page\/(\S+) "(.*)" \*\/\}$/;

export function readWants(source: string): Said[] {
  const lines = source.split('\n');
  return lines.flatMap((raw, index) => {
    const note = raw.replace(/^[\s>]*/, '');
    if (!note.startsWith('{/*')) return [];
    const [, up, nth = '1', text = '', level, rule, message = ''] = WANT.exec(note) ?? [];
    if (rule === undefined) throw new Error(`line ${index + 1} is no want: ${raw}`);
    const line = index + 1 - Number(up);
    let column = 0;
    for (let count = 0; count < Number(nth); count += 1) column = (lines[line - 1] ?? '').indexOf(text.replace(/…$/, ''), column) + 1;
    if (column === 0) throw new Error(`line ${line} has no “${text}”, which line ${index + 1} wants`);
    return [{ line, column, text, rule: `${level} page/${rule}`, message }];
  });
}
