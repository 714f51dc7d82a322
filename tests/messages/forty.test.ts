import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readParts, type ExampleFile } from '../../docs/rule-pages/rule-text.ts';
import { makeExampleCourse, proveStored, runCourse, type PageResult } from '../rule-pages/prove.ts';

const file = join(import.meta.dirname, 'forty.md');
interface Mistake {
  readonly title: string;
  readonly page: string;
  readonly failing: string;
  /** Undefined where the mistake needs no stored answer. */
  readonly before: string | undefined;
}
const [, ...sections] = readFileSync(file, 'utf8').split(/^## /m);
const mistakes = sections.map((section, index): Mistake => {
  const [title = '', ...body] = section.split('\n');
  const source = (role: ExampleFile['role']): string | undefined => readParts(file, body.join('\n')).find((part): part is ExampleFile => typeof part !== 'string' && part.role === role)?.source;
  return { title, page: `mistakes/m${String(index + 1).padStart(2, '0')}`, failing: source('failing') ?? '', before: source('before') };
});

let results: ReadonlyMap<string, PageResult>;
beforeAll(async () => {
  const plain = mistakes.filter(({ before }) => before === undefined);
  using course = makeExampleCourse(Object.fromEntries(plain.map(({ page, failing }) => [page, failing])));
  const stored = mistakes.flatMap(({ page, failing, before }) => (before === undefined ? [] : [{ page, failing, before, files: [] }]));
  results = new Map([...await runCourse(course, ['verify', '--update']), ...await proveStored(stored)]);
}, 600_000);

test('there are forty, and six of later kinds', () => {
  expect(mistakes).toHaveLength(46);
});

test.each(mistakes)('$title: something is said, and each message ends with what to do', ({ page }) => {
  const said = results.get(page)?.said ?? [];
  expect(said.length).toBeGreaterThan(0);
  expect(said.map(({ message }) => message).filter((message) => !/[.?]$/.test(message))).toEqual([]);
});

test('what the terminal prints of all of them is as reviewed (renew with -u, then read the diff)', async () => {
  const text = mistakes.map(({ title, page }, index) => `${index + 1}. ${title}\n\n${results.get(page)?.printed ?? ''}\n`).join('\n');
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'forty.txt'));
});
