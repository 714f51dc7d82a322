import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCase } from '../../harness/backends/alerting/judge.ts';
import type { Case } from '../../harness/backends/alerting/judge.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import { readAssertions } from '../../harness/rule-file/assertions.ts';
import { readRuleFile } from '../../harness/rule-file/rule-file.ts';
import { datasets, gauge, queueDataset, START_MS } from './queue-dataset.ts';
import { outputOf, promtoolOnly, runRules, saidOf } from './run-rules.ts';
import { makeBlock } from './support.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await promtoolOnly(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const minute = (count: number): number => START_MS + count * 60_000;
function alert(name: string, expr: string, hold = '1m', annotations = ''): string {
  return `groups:\n  - name: ${name}\n    rules:\n      - alert: ${name}\n        expr: ${expr}\n        for: ${hold}\n        labels: {severity: page}\n${annotations}`;
}
async function run(text: string, attributes: Record<string, string>, more: Readonly<typeof datasets> = {}) {
  return (await runRules(context, [makeBlock(text, attributes)], { ...datasets, ...more }, 'busy')).get('rules');
}
// A claim whose dataset is a variant proves a threshold; nobody is told of it, so no container is needed.
const fires = (after: string) => ({ fires: 'Queue', dataset: 'busy(length=4)', after, quiet: 'calm,busy(length=3)' });

describe('an alerting rule in virtual time', () => {
  it('is pending, fires and resolves at exact steps, with labels and annotations', async () => {
    const annotations = '        annotations:\n          summary: "é \\"{{ $labels.service }}\\", {{ $value }}"\n';
    const { runs } = outputOf(await run(alert('Queue', 'queue_length > 3', '1m', annotations), fires('1m')));
    expect(runs[0]).toEqual({
      alert: 'Queue', dataset: 'busy(length=4)', faultStartMs: minute(2), pendingMs: minute(2), firingMs: minute(3), resolvedMs: minute(8),
      labels: { alertname: 'Queue', service: 'checkout', severity: 'page' }, annotations: { summary: 'é "checkout", 4' },
    });
    expect(runs.slice(1).map(({ dataset, pendingMs, firingMs }) => [dataset, pendingMs, firingMs])).toEqual([['calm', undefined, undefined], ['busy(length=3)', undefined, undefined]]);
  });
  it('rounds `for` up to the step', async () => {
    expect(outputOf(await run(alert('Queue', 'queue_length > 3', '50s'), fires('1m'))).runs[0]?.firingMs).toBe(minute(3));
    expect(outputOf(await run(alert('Queue', 'queue_length > 3', '0s'), fires('0s'))).runs[0]).toMatchObject({ pendingMs: minute(2), firingMs: minute(2) });
  });
  it('tells instances apart and orders them by labels', async () => {
    const other = queueDataset('busy(length=4)', [[0, 0], [2, 4]], { more: [gauge('queue_length', [[0, 0], [3, 4], [5, null]], { service: 'a"b\\c' })] });
    const { runs } = outputOf(await run(alert('Queue', 'queue_length > 3'), fires('1m'), { 'busy(length=4)': other }));
    expect(runs.slice(0, 2).map(({ labels, firingMs, resolvedMs }) => [labels['service'], firingMs, resolvedMs])).toEqual([['a"b\\c', minute(4), minute(5)], ['checkout', minute(3), undefined]]);
  });
  it('reads what recording rules of its own and of other blocks write, in order', async () => {
    const first = makeBlock('groups:\n  - name: z\n    rules:\n      - record: queue:max\n        expr: max by (service) (queue_length)', { name: 'first' });
    const second = makeBlock('groups:\n  - name: y\n    rules:\n      - record: queue:twice\n        expr: queue:max * 2', { name: 'second' });
    const third = makeBlock(alert('Queue', 'queue:twice > 6'), { name: 'third', ...fires('1m') });
    const results = await runRules(context, [third, second, first], datasets, 'busy');
    expect(outputOf(results.get('third')).runs[0]?.firingMs).toBe(minute(3));
    expect(outputOf(results.get('second'))).toEqual({ kind: 'rules', runs: [], notifications: [], carried: [] });
  });
  it('evaluates native histograms', async () => {
    const histograms = Array.from({ length: 41 }, (_, step) => ({
      timestampMs: START_MS + step * 15_000, schema: 0, count: step, sum: step * 3, zeroThreshold: 0, zeroCount: 0, buckets: [[-1, 0], [2, step]] as const,
    }));
    const native = queueDataset('busy(length=4)', [[0, 0]], { more: [{ labels: { __name__: 'latency', service: 'checkout' }, samples: [], histograms, exemplars: [] }] });
    const quiet = { calm: queueDataset('calm', [[0, 0]], { hasFault: false }), 'busy(length=4)': native };
    // All observations lie in (2, 4]; two scrapes make a rate, so it is true from the second on.
    const { runs } = outputOf(await run(alert('Queue', 'histogram_quantile(0.99, rate(latency[1m])) > 2', '2m15s'), { ...fires('30s') }, quiet));
    expect(runs[0]).toMatchObject({ pendingMs: START_MS + 15_000, firingMs: START_MS + 150_000 });
  });
});

describe('findings', () => {
  const cases: readonly (readonly [string, string, Record<string, string>, readonly string[]])[] = [
    ['never-fired', alert('Queue', 'queue_length > 4'), fires('1m'), ['never-fired: Queue did not fire on busy(length=4); expected it to, 1m after the fault. Its expression was never true there']],
    ['never-fired while pending', alert('Queue', 'queue_length > 3'), { ...fires('1m'), dataset: 'short' }, ['never-fired: Queue did not fire on short; expected it to, 1m after the fault. It was pending from 14:02:00 and gave up']],
    ['wrong-delay', alert('Queue', 'queue_length > 3', '75s'), fires('1m'), ['wrong-delay: Queue fired on busy(length=4) 1m15s after the fault (at 14:03:15), later than after=1m. If that is right, write after=1m15s']],
    ['wrong-delay without fault', alert('Queue', 'queue_length >= 0'), { fires: 'Queue', dataset: 'calm', after: '1m' }, ['wrong-delay: calm has no fault']],
    ['fired-when-quiet', alert('Queue', 'queue_length >= 3'), fires('1m'), ['fired-when-quiet: Queue fired on busy(length=3) at 14:03:00; expected silence.']],
    ['fired-but-never', alert('Queue', 'queue_length > 3'), { never: 'Queue', control: 'crash' }, ['fired-but-never: Queue fired on busy at 14:03:00']],
    ['control-did-not-fire', alert('Queue', 'queue_length > 3 and on () up == 0'), { never: 'Queue', control: 'crash' }, ['control-did-not-fire: Queue did not fire on its control crash either, so its silence on busy proves nothing.']],
    ['wrong-delay on the control', alert('Queue', 'queue_length > 3 and on (service) errors > 0'), { never: 'Queue', control: 'crash', after: '30s' }, ['wrong-delay: Queue fired on crash 1m after the fault (at 14:03:00), later than after=30s.']],
    ['control-did-not-fire, whenever it should', alert('Queue', 'queue_length > 3 and on () up == 0'), { never: 'Queue', control: 'crash', after: '1m' }, ['control-did-not-fire: Queue did not fire on its control crash either']],
    ['records-nothing', 'groups:\n  - name: a\n    rules:\n      - record: nothing\n        expr: queue_length{service="other"}', {}, ['records-nothing: nothing recorded no sample over busy']],
  ];
  it.each(cases)('%s', async (_, text, attributes, wanted) => {
    const said = saidOf(await run(text, attributes));
    expect(said).toHaveLength(wanted.length);
    wanted.forEach((words, index) => expect(said[index]).toContain(words));
  });
  it('evaluation-failed, and says nothing else that could follow from it', async () => {
    const two = queueDataset('busy(length=4)', [[0, 4]], { more: [gauge('queue_length', [[0, 4]], { service: 'other' })] });
    const result = await run(alert('Queue', 'queue_length * on (job) queue_length'), fires('1m'), { 'busy(length=4)': two });
    expect(saidOf(result)).toEqual([expect.stringMatching(/^evaluation-failed: Prometheus could not evaluate Queue: found duplicate series .* Aggregate both sides/)]);
    expect(result?.findings[0]?.block.text.slice(result.findings[0].range.offset).startsWith('queue_length * on')).toBe(true);
  });
  it.each([{}, { after: '1m' }])('proves a mistake by its silence and its control, %o', async (more) => {
    const { runs } = outputOf(await run(alert('Queue', 'queue_length > 3 and on (service) errors > 0'), { never: 'Queue', control: 'crash', ...more }));
    expect(runs.map(({ dataset, firingMs }) => [dataset, firingMs])).toEqual([['busy', undefined], ['crash', minute(3)]]);
  });
  it('pending-too-short, should Prometheus ever not respect `for`', () => {
    const block = makeBlock(alert('Queue', 'queue_length > 3'), fires('1m'));
    const main = datasets['busy(length=4)'];
    if (main === undefined) throw new Error('no dataset');
    const instance = { labels: { alertname: 'Queue', severity: 'page' }, pendingMs: minute(2.25), firingMs: minute(3), resolvedMs: undefined, annotations: {} };
    const one: Case = {
      block, file: readRuleFile(block.text), needs: [], assertions: readAssertions(block), main, named: () => main,
      result: { runs: new Map([[main.name, { alerts: new Map([['Queue', [instance]]]), recorded: new Set() }]]), failures: [] },
    };
    expect(judgeCase(one).findings[0]?.message).toContain('fired on busy(length=4) after 45s of pending; its `for` rounded up to the step is 1m');
  });
  it('throws for a sample off the clock of the dataset, which promtool cannot be told', async () => {
    const dataset = datasets['busy(length=4)'];
    if (dataset === undefined) throw new Error('no dataset');
    await expect(run(alert('Queue', 'queue_length > 3'), fires('1m'), { 'busy(length=4)': { ...dataset, startMs: START_MS + 1 } })).rejects.toThrow(/is not on the dataset's steps of 15000 ms/);
  });
});

describe('rejects', () => {
  const refused = 'groups:\n  - name: a\n    rules:\n      - record: x\n        expr: sum(';
  it('stores the words of promtool', async () => {
    expect((await run(refused, { rejects: 'unclosed left parenthesis' }))?.output).toEqual({
      kind: 'rejection', tool: 'promtool', message: '5:15: group "a", rule 1, "x": could not parse expression: 1:5: parse error: unclosed left parenthesis',
    });
  });
  it('not-rejected: other words, or none', async () => {
    expect(saidOf(await run(refused, { rejects: 'duration' }))[0]).toMatch(/^not-rejected: promtool says: 5:15: .*rejects="duration" expects/);
    expect(saidOf(await run(alert('Queue', 'up'), { rejects: 'duration' }))[0]).toMatch(/^not-rejected: promtool takes this file/);
  });
});
