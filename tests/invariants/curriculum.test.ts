import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { listPages } from '../../harness/pages.ts';
import { parsePage } from '../../harness/parse/index.ts';

const root = resolve(import.meta.dirname, '../..');
interface Row {
  readonly asks: string;
  /** Page that will cover it; a row that a page covers has none. */
  readonly planned?: string;
  /** Why the course leaves it out. */
  readonly dropped?: string;
}
const { rows } = parse(readFileSync(join(root, 'docs/curriculum.yml'), 'utf8')) as { rows: Record<string, Row> };
const covered = new Map(listPages(root).flatMap((file) => {
  const { id, frontmatter } = parsePage({ root, file });
  return ((frontmatter['covers'] ?? []) as string[]).map((row) => [row, id] as const);
}));

describe('the brief of the course', () => {
  test('every row says what it asks', () => {
    expect(Object.keys(rows).length).toBeGreaterThan(300);
    expect(Object.entries(rows).filter(([, row]) => !row.asks)).toEqual([]);
  });

  test('each row is covered by a page, planned for one, or dropped with a reason: exactly one of these', () => {
    const states = Object.entries(rows).map(([id, row]) => [id, [covered.has(id), row.planned !== undefined, row.dropped !== undefined].filter(Boolean).length] as const);
    expect(states.filter(([, count]) => count !== 1)).toEqual([]);
  });

  test('no page covers a row that does not exist', () => {
    expect([...covered].filter(([row]) => !Object.hasOwn(rows, row))).toEqual([]);
  });
});
