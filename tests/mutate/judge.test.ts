import { expect, test } from 'vitest';
import type { Diagnostic, RuleId } from '../../harness/model/diagnostic.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import type { Output } from '../../harness/model/transcript.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { judgeMutant, type Evidence, type Trial } from '../../harness/mutate-judge.ts';
import { makeBlock } from './support.ts';

const checker = checkers.find(({ name }) => name === 'promql') as (typeof checkers)[number];
const block = makeBlock('up > 1');
const mutant = { id: `${block.id} threshold "1" → "2"`, block, kind: 'promql', fault: 'threshold', place: block.fence, from: '1', to: '2', text: 'up > 2' };
const ran: PlannedBlock = { block: { ...block, id: `${block.id}~m0` as typeof block.id }, action: { kind: 'run', checker, backend: 'prometheus', datasets: ['healthy'] } };
const trial: Trial = { mutant, mark: 'm0', planned: [ran] };
const vector = (value: string): Output => ({ kind: 'vector', atMs: 0, samples: [{ labels: {}, value }] });
const outcome = (output: Output | undefined, diagnostics: readonly Diagnostic[] = [], error?: HarnessError) => ({ output, diagnostics, error, elapsedMs: 0, versions: [] });
const find = (ruleId: RuleId, level: Diagnostic['level'] = 'error'): Diagnostic => ({ ruleId, level, message: 'words', place: block.fence, related: [] });
const soundCheck = { diagnostics: [], error: undefined, depth: 'checked' as const, elapsedMs: 0 };

function judge(evidence: Partial<Evidence>, of: Trial = trial): ReturnType<typeof judgeMutant> {
  return judgeMutant(of, { checked: new Map([[ran.block.id as string, soundCheck]]), answered: new Map(), prose: new Map(), broken: new Map(), chosen: new Set([mutant]), runs: true, ...evidence });
}
const answers = (copy: ReturnType<typeof outcome>, original = outcome(vector('1'))): Partial<Evidence> => ({ answered: new Map([[ran.block.id as string, copy], [block.id as string, original]]) });

test('caught is what a check says is wrong, at the depth of that check', () => {
  const ofCheck = (ruleId: RuleId): unknown => judge({ checked: new Map([[ran.block.id as string, { ...soundCheck, diagnostics: [find(ruleId)] }]]) }).outcome;
  expect(ofCheck('promql/syntax-error')).toMatchObject({ kind: 'caught', depth: 'parse', by: block.id });
  expect(ofCheck('promql/unknown-label')).toMatchObject({ kind: 'caught', depth: 'type' });
  expect(ofCheck('rules/promtool-refuses')).toMatchObject({ kind: 'caught', depth: 'load' });
  expect(judge(answers(outcome(undefined, [find('promql/rejected')]))).outcome).toMatchObject({ kind: 'caught', depth: 'load' });
  expect(judge(answers(outcome(vector('2'), [find('answer/unmet-expectation')]))).outcome).toMatchObject({ kind: 'caught', depth: 'expect' });
  expect(judge(answers(outcome(undefined, [find('rules/never-fired')]))).outcome).toMatchObject({ kind: 'caught', depth: 'behaviour' });
});

test('a sentence of the page that says otherwise catches, too', () => {
  expect(judge({ ...answers(outcome(vector('1'))), prose: new Map([['m0', [find('page/figure')]]]) }).outcome).toMatchObject({ kind: 'caught', depth: 'expect', rule: 'page/figure', by: 'day-1/page' });
});

test('what continues a block, or shows the same file, may catch its fault', () => {
  const query: PlannedBlock = { ...ran, block: { ...block, id: 'day-1/page#query~m0' as typeof block.id } };
  const both: Trial = { ...trial, planned: [ran, query] };
  const checked = new Map([ran, query].map((one) => [one.block.id as string, soundCheck]));
  const answered = new Map([[ran.block.id as string, outcome(vector('1'))], [block.id as string, outcome(vector('1'))], [query.block.id as string, outcome(vector('1'), [find('answer/unmet-expectation')])]]);
  expect(judge({ checked, answered }, both).outcome).toMatchObject({ kind: 'caught', depth: 'expect', by: 'day-1/page#query' });
});

test('another answer is not caught, nor is a warning', () => {
  expect(judge(answers(outcome(vector('2')))).outcome).toEqual({ kind: 'differs' });
  expect(judge(answers(outcome(vector('2')))).advice).toContain('`expect` with both bounds');
  expect(judge(answers(outcome(vector('1'), [find('promql/short-range', 'warning')]))).outcome).toEqual({ kind: 'survived' });
});

test('the name of a copy is no difference', () => {
  const said = (text: string): Output => ({ kind: 'process', stdout: text, stderr: '', exitCode: 0 });
  expect(judge(answers(outcome(said('block-m0.ts')), outcome(said('block.ts')))).outcome).toEqual({ kind: 'survived' });
});

test('what broke, or fails without the fault, is unknown', () => {
  expect(judge(answers(outcome(undefined, [], new HarnessError('backend-lost', 'gone')))).outcome).toEqual({ kind: 'unknown', why: 'gone' });
  const failing = judge({ ...answers(outcome(undefined, [find('promql/rejected')])), broken: new Map([[block.id as string, 'why']]) });
  expect(failing.outcome).toEqual({ kind: 'unknown', why: `${block.id} does not pass as it stands` });
  // A backend that ended without a word about this block is no answer that differs.
  expect(judge({ answered: new Map([[block.id as string, outcome(vector('1'))]]) }).outcome.kind).toBe('unknown');
});

test('without an engine, what static checks pass is not run', () => {
  expect(judge({ runs: false, chosen: new Set() }).outcome).toEqual({ kind: 'not-run' });
  const onlyChecked: Trial = { ...trial, planned: [{ block: ran.block, action: { kind: 'check', checker } }] };
  expect(judge({ runs: false, chosen: new Set() }, onlyChecked)).toMatchObject({ outcome: { kind: 'survived' }, advice: expect.stringContaining('checked and not run') as string });
});
