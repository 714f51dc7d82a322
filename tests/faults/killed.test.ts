import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { readImageSpec } from '../../harness/backends/engine-specs.ts';
import { prometheus } from '../../harness/backends/prometheus.ts';
import { sandbox } from '../../harness/backends/sandbox.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import { runBlocks, type RunOutcome } from '../../harness/run/run.ts';
import { Stack } from '../../harness/run/stack.ts';
import { smallDataset } from '../checkers/small-dataset.ts';
import { leftOvers, never, root } from '../engine/with-engine.ts';
import { makeBlock } from '../sandbox/block.ts';

const at = { at: '14:01' };
const queries = Array.from({ length: 12 }, (_, index) => ({ ...makeBlock(`sum(count_over_time(http_requests_total[1h:5ms])) + ${index}`, { name: `query-${index}`, attributes: at }), language: 'promql' }));
const hello = makeBlock("console.log('hello');", { name: 'hello' });
const planned = [...queries.map((block) => ({ block, action: { kind: 'run', backend: 'prometheus', datasets: ['small'] } })), { block: hello, action: { kind: 'run', backend: 'sandbox', datasets: [] } }] as unknown as PlannedBlock[];

const stack = new Stack({ root, backends: [prometheus, sandbox], openEngine: () => openEngine({ root, log: () => undefined, signal: never }) });
const broken: Error[] = [];
let outcomes: ReadonlyMap<string, RunOutcome>;
let answeredBefore = 0;

/** Ends the one that answers, as the kernel does when memory is used up: no goodbye to anybody. */
async function killPrometheus(): Promise<void> {
  const { dockerode } = (await connectEngine(() => undefined)).container;
  const all = await dockerode.listContainers({ filters: { label: [`course.pid=${process.pid}`], ancestor: [readImageSpec(root, 'prometheus').reference] } });
  await Promise.all(all.map(({ Id }) => dockerode.getContainer(Id).kill()));
}

beforeAll(async () => {
  let killing = Promise.resolve();
  outcomes = await runBlocks({
    planned, allBlocks: planned.map(({ block }) => block), stack, simulate: () => smallDataset, signal: never,
    toDiagnostic: () => { throw new Error('no finding'); }, onProgress: () => undefined, onBroken: (error) => broken.push(error),
    onDone: (block) => {
      if (block.language !== 'promql') return;
      answeredBefore += 1;
      if (answeredBefore === 1) killing = killPrometheus();
    },
  });
  await killing;
  await stack[Symbol.asyncDispose]().catch((error: Error) => broken.push(error));
}, 120_000);
afterAll(async () => expect(await leftOvers()).toEqual([]));

test('a backend that is killed in the middle keeps what it answered, and errors what it did not', () => {
  const of = queries.map(({ id }) => outcomes.get(id));
  expect(of.filter((one) => one?.output !== undefined)).toHaveLength(answeredBefore);
  expect(answeredBefore).toBeLessThan(queries.length);
  for (const one of of.slice(answeredBefore)) expect(one?.error).toMatchObject({ code: 'backend-lost', message: expect.stringContaining('no answer from /api/v1/query') });
});

test('blocks of other backends are answered as ever', () => {
  expect(outcomes.get(hello.id)).toMatchObject({ error: undefined, output: { stdout: 'hello\n' } });
});

test('and nothing else broke', () => {
  expect(broken).toEqual([]);
});
