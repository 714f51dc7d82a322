import { describe, expect, test } from 'vitest';
import { runBlocks, type RunInput } from '../../harness/run/run.ts';
import { Stack } from '../../harness/run/stack.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import type { Backend, Engine, RunRequest, RunResult, StartedBackend } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';

const fence = { file: 'p.mdx', start: { line: 1, column: 1 }, end: { line: 1, column: 4 } };
const block = (name: string, attributes: Record<string, string | true> = {}): Block =>
  ({ id: `p#${name}`, page: 'p', name, text: 'up', fence, attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, { name: key, value, place: { ...fence, start: { line: 1, column: 9 } } }])) }) as unknown as Block;
const planned = (one: Block, backend: string): PlannedBlock => ({ block: one, action: { kind: 'run', backend, datasets: [], checker: { name: 'promql', rules: {} } } }) as unknown as PlannedBlock;
const one = { kind: 'vector', atMs: 0, samples: [{ labels: {}, value: '1' }] } as const;
const none = { kind: 'vector', atMs: 0, samples: [] } as const;

interface Log { disposed: string[] }
function fakeEngine(log: Log): Engine {
  const network = { name: 'n', [Symbol.asyncDispose]: async () => {} };
  return { network: async () => network, version: () => '1', [Symbol.asyncDispose]: async () => void log.disposed.push('engine') } as unknown as Engine;
}
function fakeBackend(name: string, log: Log, run: (request: RunRequest) => RunResult | undefined, onStart = async (): Promise<void> => {}): Backend {
  return {
    name, images: [], rules: {}, configFiles: () => [],
    start: async (): Promise<StartedBackend> => {
      await onStart();
      return {
        versions: [{ name, version: '1' }],
        run: async (requests, onResult) => requests.forEach((request) => { const result = run(request); if (result) onResult(result); }),
        [Symbol.asyncDispose]: async () => void log.disposed.push(name),
      };
    },
  };
}
const answer = (output: RunResult['output']) => ({ block: asked }: RunRequest): RunResult => ({ block: asked, output, findings: [], elapsedMs: 1 });
interface More extends Partial<RunInput> {
  readonly openEngine?: () => Promise<Engine>;
  /** Called with what could not be ended. */
  readonly onStuck?: (error: Error) => void;
}
const run = async (blocks: readonly PlannedBlock[], backends: readonly Backend[], log: Log, { openEngine = async () => fakeEngine(log), onStuck, ...more }: More = {}) => {
  const stack = new Stack({ root: '/', backends, openEngine });
  const outcomes = await runBlocks({
    planned: blocks, allBlocks: blocks.map((each) => each.block), stack,
    simulate: () => { throw new Error('no dataset'); }, onProgress: () => {}, onDone: () => {}, onBroken: (error) => { throw error; }, signal: new AbortController().signal,
    toDiagnostic: () => { throw new Error('no finding'); }, ...more,
  });
  await stack[Symbol.asyncDispose]().catch((error: Error) => (onStuck ?? ((): never => { throw error; }))(error));
  return outcomes;
};

test('nothing to run opens no engine', async () => {
  const outcomes = await run([], [], { disposed: [] }, { openEngine: () => { throw new Error('opened'); } });
  expect(outcomes.size).toBe(0);
});

test('a backend that breaks makes its blocks errored and no others, and everything is disposed of', async () => {
  const log: Log = { disposed: [] };
  const outcomes = await run([planned(block('good'), 'sound'), planned(block('bad'), 'broken'), planned(block('lost'), 'unstartable'), planned(block('unknown'), 'nowhere')], [
    fakeBackend('sound', log, answer(one)),
    fakeBackend('broken', log, () => { throw new Error('boom'); }),
    fakeBackend('unstartable', log, answer(one), async () => { throw new HarnessError('backend-not-ready', 'not up', { logTail: 'bind: in use' }); }),
  ], log);
  expect(outcomes.get('p#good')).toMatchObject({ output: one, error: undefined, diagnostics: [] });
  expect(outcomes.get('p#bad')?.error).toMatchObject({ code: 'backend-lost', cause: expect.objectContaining({ message: 'boom' }) });
  expect(outcomes.get('p#lost')?.error).toMatchObject({ code: 'backend-not-ready', logTail: 'bind: in use' });
  expect(outcomes.get('p#unknown')?.error?.message).toContain('harness/backends/index.ts');
  expect(log.disposed.sort()).toEqual(['broken', 'engine', 'sound']);
});

test('a block that its backend says nothing about is ours to answer for', async () => {
  const outcomes = await run([planned(block('a'), 'silent')], [fakeBackend('silent', { disposed: [] }, () => undefined)], { disposed: [] });
  expect(outcomes.get('p#a')?.error).toMatchObject({ code: 'backend-lost' });
});

test('without an engine its blocks are errored, and nothing is thrown that would hide what else was found', async () => {
  const missing = new HarnessError('engine-missing', 'no socket answers');
  const outcomes = await run([planned(block('a'), 'sound')], [fakeBackend('sound', { disposed: [] }, answer(one))], { disposed: [] }, { openEngine: async () => { throw missing; } });
  expect(outcomes.get('p#a')?.error).toBe(missing);
});

test('a container that cannot be removed takes no answer away, and is told when all else is down', async () => {
  const stuck = new HarnessError('backend-lost', 'device busy');
  const told: Error[] = [];
  const backend = fakeBackend('sound', { disposed: [] }, answer(one));
  const start: Backend['start'] = async (...args) => ({ ...(await backend.start(...args)), [Symbol.asyncDispose]: async () => { throw stuck; } });
  const outcomes = await run([planned(block('a'), 'sound')], [{ ...backend, start }], { disposed: [] }, { onStuck: (error) => told.push(error) });
  expect(outcomes.get('p#a')).toMatchObject({ output: one, error: undefined });
  expect(told).toEqual([stuck]);
});

test('a stack that is kept starts a backend once, and anew after it was ended', async () => {
  const log: Log = { disposed: [] };
  let [starts, engines] = [0, 0];
  const backend = fakeBackend('sound', log, answer(one), async () => void (starts += 1));
  const stack = new Stack({ root: '/', backends: [backend], openEngine: async () => { engines += 1; return fakeEngine(log); } });
  const { signal } = new AbortController();
  await Promise.all([stack.backend('sound', signal), stack.backend('sound', signal)]);
  await stack.backend('sound', signal);
  expect([starts, engines, log.disposed]).toEqual([1, 1, []]);
  await stack[Symbol.asyncDispose]();
  expect(log.disposed).toEqual(['sound', 'engine']);
  await stack.backend('sound', signal);
  expect([starts, engines]).toEqual([2, 2]);
});

test('interrupted while it runs, a block is cancelled, not failed', async () => {
  const interrupt = new AbortController();
  const outcomes = await run([planned(block('a'), 'slow')], [fakeBackend('slow', { disposed: [] }, () => { interrupt.abort(); throw new Error('socket closed'); })], { disposed: [] }, { signal: interrupt.signal });
  expect(outcomes.get('p#a')?.error?.code).toBe('cancelled');
});

describe('an answer is held against its page', () => {
  test.each([
    ['empty answer', {}, none, ['answer/empty']],
    ['empty on purpose', { empty: true }, none, []],
    ['not empty after all', { empty: true }, one, ['answer/not-empty']],
    ['expectation met', { expect: 'value == 1' }, one, []],
    ['expectation not met', { expect: 'value == 2' }, one, ['answer/unmet-expectation']],
  ] as const)('%s', async (_name, attributes, output, rules) => {
    const outcomes = await run([planned(block('a', attributes), 'b')], [fakeBackend('b', { disposed: [] }, answer(output))], { disposed: [] });
    expect(outcomes.get('p#a')?.diagnostics.map((found) => found.ruleId)).toEqual(rules);
  });

  test('an unmet expectation points at the attribute', async () => {
    const outcomes = await run([planned(block('a', { expect: 'value == 2' }), 'b')], [fakeBackend('b', { disposed: [] }, answer(one))], { disposed: [] });
    expect(outcomes.get('p#a')?.diagnostics[0]?.place.start).toEqual({ line: 1, column: 9 });
  });
});

describe('a control: the same query where it must be answered otherwise', () => {
  const over = (attributes: Record<string, string | true>, answers: Readonly<Record<string, RunResult['output']>>): Promise<readonly string[]> => {
    const asked = fakeBackend('sound', { disposed: [] }, (request) => ({ block: request.block, output: answers[`${request.dataset?.name ?? 'own'}@${String(request.block.attributes.get('at')?.value ?? 'end')}`], findings: [], elapsedMs: 1 }));
    return run([planned(block('a', attributes), 'sound')], [asked], { disposed: [] }, { simulate: (name) => ({ name }) as never })
      .then((outcomes) => outcomes.get('p#a')?.diagnostics.map(({ ruleId, message }) => `${ruleId} ${message}`) ?? ['no outcome']);
  };
  test('where nothing is to be found, the control finds something', async () => {
    expect(await over({ empty: true, at: '13:58', control: '@14:10' }, { 'own@13:58': none, 'own@14:10': one })).toEqual([]);
    expect(await over({ empty: true, control: 'lag@14:10' }, { 'own@end': none, 'lag@14:10': none })).toEqual([expect.stringMatching(/^answer\/control-tells-nothing Found nothing at the control lag@14:10, expected an answer/)]);
  });
  test('what it finds there is what expect= speaks of', async () => {
    expect(await over({ empty: true, control: 'lag', expect: 'value == 1' }, { 'own@end': none, 'lag@end': one })).toEqual([]);
    expect(await over({ empty: true, control: 'lag', expect: 'value == 2' }, { 'own@end': none, 'lag@end': one })).toEqual([expect.stringContaining('answer/unmet-expectation At the control lag, expected `value == 2`: the answer is 1')]);
  });
  test('elsewhere the expectation is not met there', async () => {
    const two = { ...one, samples: [{ labels: {}, value: '2' }] };
    expect(await over({ control: 'lag', expect: 'value == 1' }, { 'own@end': one, 'lag@end': two })).toEqual([]);
    expect(await over({ control: 'lag', expect: 'value == 1' }, { 'own@end': one, 'lag@end': none })).toEqual([]);
    expect(await over({ control: 'lag', expect: 'value == 1' }, { 'own@end': one, 'lag@end': one })).toEqual([expect.stringContaining('Found `value == 1` met by the control lag, too')]);
  });
  test('why it gives no answer is told at the control', async () => {
    const limit = ({ block: asked }: RunRequest): RunResult => (asked.id.endsWith('~control') ? { block: asked, output: undefined, findings: [{ block: asked, rule: 'limit-reached', range: { offset: 0, length: 1 }, message: 'As many as the limit.' }], elapsedMs: 1 } : { block: asked, output: none, findings: [], elapsedMs: 1 });
    const outcomes = await run([planned(block('a', { empty: true, control: '@14:10' }), 'sound')], [fakeBackend('sound', { disposed: [] }, limit)], { disposed: [] }, { toDiagnostic: ({ rule, message }) => ({ ruleId: `jaeger/${rule}`, level: 'error', message, place: fence, related: [] }) });
    expect(outcomes.get('p#a')?.diagnostics).toMatchObject([{ ruleId: 'jaeger/limit-reached', message: 'At the control @14:10: As many as the limit.', place: { start: { column: 9 } } }]);
  });
  test('one that is not answered is ours to answer for', async () => {
    const outcomes = await run([planned(block('a', { empty: true, control: '@14:10' }), 'sound')], [fakeBackend('sound', { disposed: [] }, ({ block: asked }) => (asked.id.endsWith('~control') ? undefined : { block: asked, output: none, findings: [], elapsedMs: 1 }))], { disposed: [] });
    expect(outcomes.get('p#a')).toMatchObject({ output: undefined, error: { code: 'backend-lost' } });
  });
});
