import { expect, test } from 'vitest';
import { copyWithFault } from '../../harness/mutate/copy.ts';
import { faults } from '../../harness/mutate/faults/index.ts';
import { sampleMutants, seedMutants, type Mutant } from '../../harness/mutate/mutant.ts';
import { placeRange } from '../../harness/parse/index.ts';
import type { Block } from '../../harness/model/block.ts';
import { makeBlock } from './support.ts';

const seed = (block: Block, kind = 'promql'): Mutant[] => seedMutants(block, kind, faults, placeRange);
const idsOf = (mutants: readonly Mutant[]): string[] => mutants.map(({ id }) => id);

test('a mutant is named by what is changed, and keeps its name while lines move', () => {
  const first = seed(makeBlock('up > 1\nor\nup > 1'));
  expect(idsOf(first).slice(0, 3)).toEqual(['day-1/page#block threshold "1" → "0.5"', 'day-1/page#block threshold "1" → "2"', 'day-1/page#block threshold "1" → "0.5" (2)']);
  expect(idsOf(seed(makeBlock('\n\nup > 1\nor\nup > 1')))).toEqual(idsOf(first));
  expect(first[2]).toMatchObject({ kind: 'promql', fault: 'threshold', text: 'up > 1\nor\nup > 0.5', place: { start: { line: 4, column: 6 } } });
});

test('neither hidden lines, comments nor prose are changed', () => {
  const text = 'x > 1\n# y > 2\nz > 3';
  expect(seed(makeBlock(text, { hidden: [0] })).map(({ place }) => place.start.line)).toEqual(expect.arrayContaining([4]));
  expect(new Set(seed(makeBlock(text, { hidden: [0] })).map(({ place }) => place.start.line))).toEqual(new Set([4]));
  const rules = 'groups:\n  - name: a\n    rules:\n      - alert: B\n        expr: up == 0\n        annotations:\n          summary: One target > 1 is down';
  expect(seed(makeBlock(rules), 'rules').filter(({ place }) => place.start.line === 8)).toEqual([]);
});

test('two faults that come to the same text are one mutant', () => {
  const texts = seed(makeBlock('histogram_quantile(0.95, sum by (le) (rate(a_bucket{service="b"}[5m]))) > 1')).map(({ text }) => text);
  expect(texts).toHaveLength(new Set(texts).size);
});

test('the seed alone decides which are taken', () => {
  const mutants = seed(makeBlock('a > 1 and b > 2 and c > 3 and d > 4'));
  const taken = (words: string): string[] => idsOf(sampleMutants(mutants, words, 2));
  expect(taken('1')).toEqual(taken('1'));
  expect(taken('1').filter((id) => id.includes(' threshold '))).toHaveLength(2);
  expect(new Set(['1', '2', '3', '4'].map((words) => taken(words).join())).size).toBeGreaterThan(1);
  // What else the page holds changes nothing.
  const other = seed(makeBlock('e > 5', { name: 'other' }));
  expect(idsOf(sampleMutants([...other, ...mutants], '1', 2)).filter((id) => id.includes('#block '))).toEqual(taken('1'));
});

test('a fault in a file reaches every block that shows it, and what continues these', () => {
  const source = 'snippets/technow/a.ts';
  const setup = makeBlock('one;', { language: 'ts', name: 'setup', ordinal: 0, source });
  const service = makeBlock('one;', { language: 'ts', name: 'service', ordinal: 1, source, attributes: { scrapes: '3' } });
  const query = makeBlock('up', { name: 'query', ordinal: 2, attributes: { continues: 'service' } });
  const other = makeBlock('up', { name: 'other', ordinal: 3 });
  const mutant = { id: 'm', block: setup, kind: 'typescript', fault: 'x', place: setup.fence, from: 'one', to: 'two', text: 'two;' };
  const copies = copyWithFault(mutant, 'm0', [setup, service, query, other]);
  expect(copies.map(({ id, text, source: path }) => [id, text, path])).toEqual([
    ['day-1/page#setup~m0', 'two;', 'snippets/technow/a-m0.ts'], ['day-1/page#service~m0', 'two;', 'snippets/technow/a-m0.ts'], ['day-1/page#query~m0', 'up', undefined],
  ]);
  expect(copies[2]).toMatchObject({ name: 'query-m0', continuedText: 'two;' });
  expect(copies[2]?.attributes.get('continues')?.value).toBe('service-m0');
});

test('a fault in a file reaches what imports it, which keeps its own text and finds the fault beside it', () => {
  const work = makeBlock('one;', { language: 'ts', name: 'work', ordinal: 0, source: 'snippets/work.ts', attributes: { no_run: 'true' } });
  const service = makeBlock("import './work.ts';", { language: 'ts', name: 'service', ordinal: 1, source: 'snippets/service.ts', attributes: { scrapes: '3' } });
  const query = makeBlock('up', { name: 'query', ordinal: 2, attributes: { continues: 'service' } });
  const mutant = { id: 'm', block: work, kind: 'typescript', fault: 'x', place: work.fence, from: 'one', to: 'two', text: 'two;' };
  const copies = copyWithFault(mutant, 'm0', [work, service, query], new Set([service]));
  expect(copies.map(({ id, text, overlay }) => [id, text, overlay])).toEqual([
    ['day-1/page#work~m0', 'two;', undefined], ['day-1/page#service~m0', "import './work.ts';", [{ path: 'snippets/work.ts', text: 'two;' }]], ['day-1/page#query~m0', 'up', undefined],
  ]);
});

test('a fault in what continues asks what stands above it as it is', () => {
  const setup = makeBlock('a=1', { language: 'sh', name: 'setup', ordinal: 0 });
  const end = makeBlock('echo $a', { language: 'sh', name: 'end', ordinal: 1, attributes: { continues: 'setup' } });
  const [copy] = copyWithFault({ id: 'm', block: end, kind: 'shell', fault: 'x', place: end.fence, from: 'a', to: 'b', text: 'echo $b' }, 'm0', [setup, end]);
  expect([copy?.text, copy?.continuedText, copy?.attributes.get('continues')?.value]).toEqual(['echo $b', 'a=1', 'setup']);
});
