import { describe, expect, test } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import { tryIgnored, type Attempt } from '../../harness/ignored.ts';
import { HarnessError, type HarnessErrorCode } from '../../harness/model/verdict.ts';
import { datasetsOf, displayAttributes, parsePage } from '../../harness/parse/index.ts';
import { commonAttributes } from '../../harness/plan/attributes.ts';
import { planBlocks } from '../../harness/plan/plan.ts';

const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
const IGNORE = 'ignore reason="later" until=2099-01-01';
const output = { kind: 'process', stdout: '', stderr: '', exitCode: 0 } as const;
type Checked = Awaited<ReturnType<Attempt['check']>> extends ReadonlyMap<string, infer One> ? One : never;
type Ran = Awaited<ReturnType<Attempt['run']>> extends ReadonlyMap<string, infer One> ? One : never;
const mistake = { ruleId: 'any/mistake', level: 'error', message: 'm', related: [], place: { file: 'p', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } } as const;
const sound: Checked = { diagnostics: [], error: undefined, depth: 'checked', elapsedMs: 0 };
const answered: Ran = { output, diagnostics: [], error: undefined, elapsedMs: 0, versions: [] };
const broken = (code: HarnessErrorCode): Ran => ({ ...answered, output: undefined, error: new HarnessError(code, 'no') });

/** Plans a page of these fences, tries what is ignored, and tells what was found, checked and run. */
async function attempt(fences: readonly string[], { check = sound, run = answered }: { readonly check?: Checked; readonly run?: Ran } = {}) {
  const source = `---\ntitle: t\n---\n\n${fences.map((info) => `\`\`\`${info}\nx\n\`\`\`\n`).join('\n')}`;
  const page = parsePage({ root: '/nowhere', file: 'docs/content/docs/p.mdx', source, knownAttributes });
  const plan = planBlocks({ pages: [page], checkers, datasetsOf, displayAttributes, today: '2026-11-21', explainBadDataset: (name) => (name === 'known' ? undefined : 'none') });
  const seen: { readonly checked: string[]; readonly ran: string[] } = { checked: [], ran: [] };
  const tried = await tryIgnored({
    plan, pageOf: new Map([[page.id, page]]),
    check: async (blocks) => { seen.checked.push(...blocks.map(({ block }) => block.id)); return new Map(blocks.map(({ block }) => [block.id, check])); },
    run: async (blocks) => { seen.ran.push(...blocks.map(({ block }) => block.id)); return new Map(blocks.map(({ block }) => [block.id, run])); },
  });
  const found = [...tried.plan.diagnostics].flatMap(([id, all]) => all.map(({ ruleId, place, message }) => ({ id, ruleId, at: `${place.start.line}:${place.start.column}`, message })));
  return { found, errors: tried.errors, ...seen };
}

describe('an ignored block that passes', () => {
  test('is a mistake on the word, and the message says what to do', async () => {
    const { found } = await attempt([`promql name=a dataset=known ${IGNORE}`]);
    expect(found).toEqual([{ id: 'p#a', ruleId: 'plan/ignore-passes', at: '5:32', message: 'Found an ignored block that passes when it is checked and run, expected one that fails because of "later". Remove `ignore`, `reason` and `until`, and store its answer with `npm run verify -- --update p`.' }]);
  });
  test('is one also when it is only checked, and then has no answer to store', async () => {
    const { found, ran } = await attempt([`json ${IGNORE}`]);
    expect(found.map(({ message }) => message)).toEqual(['Found an ignored block that passes when it is checked, expected one that fails because of "later". Remove `ignore`, `reason` and `until`.']);
    expect(ran).toEqual([]);
  });
  test('needs no name for that: it gets one with its answer', async () => {
    expect((await attempt([`ts ${IGNORE}`])).found.map(({ ruleId }) => ruleId)).toEqual(['plan/ignore-passes']);
  });
  test('is tried with the live block that it continues, and with no other', async () => {
    const { found, checked, ran } = await attempt(['ts name=service scrapes=2', 'ts name=other scrapes=2', `promql name=a continues=service ${IGNORE}`]);
    expect(found.map(({ id }) => id)).toEqual(['p#a']);
    expect(checked).toEqual(['p#a']);
    expect(ran.sort()).toEqual(['p#a', 'p#service']);
  });
});

describe('an ignored block is left in peace', () => {
  const block = [`promql name=a dataset=known ${IGNORE}`];
  test.each([
    ['its check finds a mistake', { check: { ...sound, diagnostics: [mistake] } }],
    ['its checker crashes', { check: { ...sound, error: new HarnessError('checker-crashed', 'no') } }],
    ['its answer contradicts the page', { run: { ...answered, diagnostics: [mistake] } }],
    ['it is refused', { run: { ...answered, output: undefined } }],
    ['it breaks its backend', { run: broken('backend-lost') }],
    ['it never ends', { run: broken('timed-out') }],
  ])('when %s', async (_, how) => {
    expect(await attempt(block, how)).toMatchObject({ found: [], errors: [] });
  });
  test('when a tool was missing, so that it was only parsed', async () => {
    expect((await attempt([`json ${IGNORE}`], { check: { ...sound, depth: 'parsed' } })).found).toEqual([]);
  });
  test.each([`cobol ${IGNORE}`, `promql name=a dataset=unheard ${IGNORE}`, `promql name=a ${IGNORE}`, `promql name=a dataset=known at=25:00 ${IGNORE}`, `ts name=a file=nowhere.ts ${IGNORE}`])('when nobody could run it: %s', async (info) => {
    const { found, checked } = await attempt([info]);
    expect([found, checked]).toEqual([[], []]);
  });
  test('when it has expired, which is said already', async () => {
    const { found, checked } = await attempt(['promql name=a dataset=known ignore reason="later" until=2026-01-01']);
    expect(found.map(({ ruleId }) => ruleId)).toEqual(['plan/ignore-expired']);
    expect(checked).toEqual([]);
  });
});

test('where nothing can be run nobody knows whether it passes: that is told, once', async () => {
  const { found, errors } = await attempt([`promql name=a dataset=known ${IGNORE}`, `promql name=b dataset=known ${IGNORE}`], { run: broken('engine-missing') });
  expect(found).toEqual([]);
  expect(errors.map(({ code }) => code)).toEqual(['engine-missing']);
});

test('what is not ignored is not tried', async () => {
  expect(await attempt(['promql name=a dataset=known'])).toEqual({ found: [], errors: [], checked: [], ran: [] });
});
