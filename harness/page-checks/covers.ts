import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { definePageCheck, type MarkdownPage, type PageContext, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';

const rules = {
  'unknown-row': { level: 'error', summary: '`covers` names a row that the curriculum does not have.' },
  'row-state': { level: 'error', summary: 'The curriculum still plans or drops a row that a page covers, or a page covers it twice.' },
  'uncovered-row': { level: 'warning', summary: 'The curriculum plans a row for this page, which does not cover it.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

interface Row {
  readonly planned?: string;
  readonly dropped?: string;
}
const FILE = 'docs/curriculum.yml';
const curricula = new WeakMap<PageContext, ReadonlyMap<string, Row>>();

/** `covers` against the rows of the curriculum. A course without one has nothing to hold to. */
export const covers = definePageCheck({
  scope: 'page',
  rules,
  check(page, context) {
    const rows = readRows(context);
    if (rows.size === 0) return [];
    const { covers: list } = page.frontmatter;
    const covered = Array.isArray(list) ? list.map(String) : [];
    return [...covered.flatMap((row, index) => checkRow(row, covered.indexOf(row) !== index, rows, page, context)), ...checkPlanned(covered, rows, page)];
  },
});

function readRows(context: PageContext): ReadonlyMap<string, Row> {
  let rows = curricula.get(context);
  if (rows === undefined) {
    const path = join(context.root, FILE);
    const read = existsSync(path) ? (parse(readFileSync(path, 'utf8')) as { readonly rows?: Readonly<Record<string, Row | null>> } | null) : null;
    curricula.set(context, (rows = new Map(Object.entries(read?.rows ?? {}).map(([id, row]) => [id, row ?? {}]))));
  }
  return rows;
}

function checkRow(row: string, isRepeated: boolean, rows: ReadonlyMap<string, Row>, page: MarkdownPage, { suggest }: PageContext): Found[] {
  const at = placeRow(row, page);
  const { planned, dropped } = rows.get(row) ?? {};
  if (!rows.has(row)) {
    const near = suggest(row, rows.keys());
    return [{ rule: 'unknown-row', at, message: `There is no row \`${row}\` in ${FILE}.${near === undefined ? '' : ` Did you mean \`${near}\`?`} Name one that it has.` }];
  }
  if (isRepeated) return [{ rule: 'row-state', at, message: `The row \`${row}\` stands twice in \`covers\`, expected once. Remove one.` }];
  if (dropped !== undefined) return [{ rule: 'row-state', at, message: `${FILE} drops the row \`${row}\`, and this page covers it. Remove \`dropped\` there, or the row here.` }];
  return planned === undefined ? [] : [{ rule: 'row-state', at, message: `${FILE} still plans the row \`${row}\`${planned === page.id ? '' : ` for ${planned}`}, and this page covers it. Remove \`planned\` there.` }];
}

function checkPlanned(covered: readonly string[], rows: ReadonlyMap<string, Row>, page: MarkdownPage): Found[] {
  const missing = [...rows].filter(([row, { planned }]) => planned === page.id && !covered.includes(row)).map(([row]) => row);
  if (missing.length === 0) return [];
  const at = page.keys?.get('covers') ?? page.keys?.get('title') ?? { offset: 0, length: 0 };
  return [{ rule: 'uncovered-row', at, message: `${FILE} plans ${missing.map((row) => `\`${row}\``).join(', ')} for this page, which ${missing.length === 1 ? 'is' : 'are'} not in \`covers\`. Cover ${missing.length === 1 ? 'it' : 'them'}, or plan another page.` }];
}

/** The row where `covers` names it; the last of equals, since the first is not at fault. */
function placeRow(row: string, { keys, markdown: { source } }: MarkdownPage): Place | { offset: number; length: number } {
  const from = source.search(/^covers\s*:/m);
  const within = /^covers\s*:[^\n]*(?:\n[ \t-][^\n]*)*/m.exec(source)?.[0] ?? '';
  const at = within.lastIndexOf(row);
  return from < 0 || at < 0 ? (keys?.get('covers') ?? { offset: 0, length: 0 }) : { offset: from + at, length: row.length };
}
