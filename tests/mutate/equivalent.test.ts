import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EQUIVALENT_FILE, excuse, findOutdated, readEquivalents } from '../../harness/mutate/equivalent.ts';
import type { Judged, Outcome } from '../../harness/mutate/outcome.ts';
import { tally } from '../../harness/mutate/tally.ts';
import { makeBlock } from './support.ts';

const block = makeBlock('up');
const judged = (id: string, outcome: Outcome): Judged => ({ mutant: { id, block, kind: 'promql', fault: 'unit', place: block.fence, from: 'a', to: 'b', text: 'b' }, outcome, advice: 'some' });
const caught: Outcome = { kind: 'caught', depth: 'expect', rule: 'answer/empty', message: '', by: block.id };
const reason = 'both mean the same here';
const listed = (mutant: string): { mutant: string; reason: string }[] => [{ mutant, reason }];

test('reads ids and reasons, and refuses an entry without a reason', () => {
  expect(readEquivalents(`'a/b#c unit "x" → "y"': ${reason}`)).toEqual([{ mutant: 'a/b#c unit "x" → "y"', reason }]);
  expect(readEquivalents('')).toEqual([]);
  expect(() => readEquivalents("'a/b#c': same")).toThrow('Found no reason for a/b#c');
  expect(() => readEquivalents('- a')).toThrow('Found no map');
  expect(() => readEquivalents('a: [')).toThrow('is not YAML');
});

test('the list of the course can be read', () => {
  expect(() => readEquivalents(readFileSync(join(resolve(import.meta.dirname, '../..'), EQUIVALENT_FILE), 'utf8'))).not.toThrow();
});

test('a survivor that is listed is equivalent; nothing else becomes so', () => {
  expect(excuse([judged('p#b m', { kind: 'survived' })], listed('p#b m'))[0]?.outcome).toEqual({ kind: 'equivalent', reason });
  for (const outcome of [caught, { kind: 'differs' } as const]) expect(excuse([judged('p#b m', outcome)], listed('p#b m'))[0]?.outcome).toEqual(outcome);
});

test('an entry that no longer applies is told', () => {
  const outdated = (outcome: Outcome, existing: readonly string[] = ['p#b m'], pages = ['p']): string[] => findOutdated(listed('p#b m'), pages, new Set(existing), [judged('p#b m', outcome)]);
  expect(outdated({ kind: 'survived' })).toEqual([]);
  expect(outdated(caught)).toEqual([expect.stringContaining('it is caught now')]);
  expect(outdated({ kind: 'differs' })).toEqual([expect.stringContaining('its answer is another')]);
  expect(findOutdated(listed('p#b m'), ['p'], new Set(), [])).toEqual([expect.stringContaining('the block has changed')]);
  expect(findOutdated(listed('p#b m'), ['p'], new Set(['p#b m']), [])).toEqual([]);
  expect(findOutdated(listed('p#b m'), ['another'], new Set(), [])).toEqual([]);
});

test('the share is of those that are judged: neither equivalent nor unknown ones count', () => {
  const kinds: Outcome[] = [caught, caught, caught, { kind: 'differs' }, { kind: 'survived' }, { kind: 'equivalent', reason }, { kind: 'unknown', why: '' }];
  const all = kinds.map((outcome, index) => judged(String(index), outcome));
  expect(tally('all', all)).toMatchObject({ mutants: 7, caught: 3, differs: 1, survived: 1, equivalent: 1, unknown: 1, share: 0.6, atDepth: { expect: 3, parse: 0 } });
  expect(tally('all', [...all, judged('x', { kind: 'not-run' })]).share).toBeUndefined();
});
