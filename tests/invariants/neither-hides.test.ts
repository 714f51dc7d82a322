import { expect, test } from 'vitest';
import { checkBlocks } from '../../harness/check/check.ts';
import { placeFinding } from '../../harness/check/place.ts';
import { findAnswerable, findHiddenErrors, judgePage } from '../../harness/evidence.ts';
import { judge } from '../../harness/judge.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Checker, Finding } from '../../harness/model/checker.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import { HarnessError, type Verdict } from '../../harness/model/verdict.ts';
import { placeRange } from '../../harness/parse/index.ts';
import { exitCode, reporters } from '../../harness/report/index.ts';
import { block, diagnostic, failed, passed, place, report } from '../report/sample.ts';

const crash = new HarnessError('checker-crashed', 'out of memory');
const mistake = diagnostic('a comma is missing', place(2, 1, 2));
const errored = (name: string): Verdict => ({ kind: 'errored', block: block(name), depth: 'parsed', elapsedMs: 0, error: crash });
const both = report({ verdicts: [failed('broken-text', [mistake]), errored('broken-tool'), passed('fine')] });

test.each([
  ['all passed', report({ verdicts: [passed('a')] }), 0],
  ['a block failed', report({ verdicts: [failed('a', [mistake])] }), 1],
  ['a page is wrong outside its blocks', report({ pageDiagnostics: [mistake] }), 1],
  ['a warning', report({ pageDiagnostics: [diagnostic('odd', place(1, 1, 2), { level: 'warning' })] }), 0],
  ['a block errored', report({ verdicts: [errored('a')] }), 2],
  ['something broke outside blocks', report({ errors: [crash] }), 2],
  ['both', both, 2],
  ['interrupted', { ...both, interrupted: true }, 130],
])('exit code: %s', (_name, value, code) => {
  expect(exitCode(value)).toBe(code);
});

test.each(reporters.map((reporter) => [reporter.name, reporter] as const))('%s tells of a block that failed and of one that errored', (_name, reporter) => {
  const text = reporter.render(both, { color: false, readSource: () => undefined });
  for (const words of ['a comma is missing', 'broken-tool', 'out of memory']) expect(text).toContain(words);
});

test('a query whose live block is not run for its own mistakes is skipped with the reason: nothing of ours broke', () => {
  const attribute = (name: string, value: string) => new Map([[name, { name, value, place: place(1, 1, 2) }]]);
  const make = (one: Block, backend: string): PlannedBlock => ({ block: one, action: { kind: 'run', checker: checker('promql', []), backend, datasets: [] } });
  const service = make(block('service', { attributes: attribute('scrapes', '3') }), 'live');
  const query = make(block('query', { attributes: attribute('continues', 'service') }), 'live');
  const alone = make(block('alone'), 'prometheus');
  expect(findAnswerable([service, query, alone])).toEqual([service, query, alone]);
  expect(findAnswerable([query, alone])).toEqual([alone]);
  const input = { block: query.block, diagnostics: [], error: undefined, depth: 'checked', elapsedMs: 0 } as const;
  const plan = { blocks: [query], diagnostics: new Map() };
  const recorded = { diagnostics: new Map(), compared: new Set<string>(), changes: [], lock: [], errors: new Map(), broken: [] };
  const page = { id: 'p', file: 'p.mdx', frontmatter: {}, blocks: [query.block], diagnostics: [] };
  expect(judgePage(page, { plan, checked: new Map([[query.block.id, input]]), answered: new Map(), unanswerable: new Set([query.block.id]), recorded }))
    .toMatchObject([{ kind: 'skipped', reason: expect.stringContaining('service') }]);
});

test('an error on a block that failed anyway is kept for the report, once, and not twice where a verdict shows it', () => {
  const evidence = { block: block('a'), skipReason: undefined, diagnostics: [mistake], error: crash, depth: 'parsed', elapsedMs: 0 } as const;
  const outcome = { diagnostics: [mistake], error: crash, depth: 'parsed', elapsedMs: 0 } as const;
  const checked = new Map([['a', outcome], ['b', outcome]]);
  const verdict = judge(evidence);
  expect(verdict.kind).toBe('failed');
  expect(findHiddenErrors([verdict], { checked, answered: new Map() })).toEqual([crash]);
  expect(findHiddenErrors([verdict, errored('b')], { checked, answered: new Map() })).toEqual([]);
});

const finding = (on: Block, rule: string): Finding => ({ block: on, rule, range: { offset: 0, length: 1 }, message: 'm' });
const checker = (name: string, findings: readonly Finding[]): Checker =>
  ({ name, languages: ['json'], attributes: [], rules: { known: { level: 'error', summary: '' } }, check: async () => findings });
const check = async (...planned: readonly (readonly [Block, Checker])[]) => checkBlocks({
  planned: planned.map(([one, by]) => ({ block: one, action: { kind: 'check', checker: by } })),
  context: { root: '/', allBlocks: [], tool: async () => undefined, datasetOf: () => undefined, dataset: () => { throw new Error('no dataset'); } },
  toDiagnostic: (found, by) => placeFinding(found, by, placeRange),
  signal: new AbortController().signal,
});

test.each([
  ['names a rule that it does not declare', (one: Block) => finding(one, 'unknown')],
  ['reports on a block that it was not given', () => finding(block('elsewhere'), 'known')],
])('a checker that %s makes its own blocks errored and no others', async (_name, make) => {
  const [mine, other] = [block('mine'), block('other')];
  const outcomes = await check([mine, checker('crooked', [make(mine)])], [other, checker('sound', [finding(other, 'known')])]);
  expect(outcomes.get(mine.id)?.error).toMatchObject({ code: 'checker-crashed' });
  expect(outcomes.get(other.id)).toMatchObject({ error: undefined, diagnostics: [{ ruleId: 'sound/known' }] });
});

test('a text over which a parser runs out of stack is the only one at fault, whatever the parser’s error was wrapped in', async () => {
  const blocks = ['one', 'deep', 'two', 'three'].map((name) => block(name));
  const recurse = (): number => recurse() + 1;
  const deep = { ...checker('deep', []), check: async (asked: readonly Block[]) => {
    try {
      if (asked.some(({ id }) => id.endsWith('#deep'))) recurse();
    } catch (cause) {
      throw new HarnessError('checker-crashed', 'the parser broke', { cause });
    }
    return asked.map((one) => finding(one, 'known'));
  } };
  const outcomes = await check(...blocks.map((one) => [one, deep] as const));
  expect(blocks.map(({ id }) => [id.replace(/.*#/, ''), outcomes.get(id)?.error, ...(outcomes.get(id)?.diagnostics.map(({ ruleId }) => ruleId) ?? [])]))
    .toEqual([['one', undefined, 'deep/known'], ['deep', undefined, 'mdx/too-deep'], ['two', undefined, 'deep/known'], ['three', undefined, 'deep/known']]);
});
