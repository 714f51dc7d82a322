import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lokiRules } from '../../harness/backends/loki-rules.ts';
import { hurry } from '../../harness/backends/loki-rules/ruler.ts';
import type { BackendContext, RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import type { RulesOutput } from '../../harness/model/transcript.ts';
import { START_MS, queueDataset } from '../rules/queue-dataset.ts';
import { makeBlock } from '../rules/support.ts';
import { openContext, root, saidOf, signal } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

/** Ten minutes in which checkout fails an order every 5 s from minute 2 to 8; the fault begins at minute 2. */
function failing(name: string, everyS: number): Dataset {
  const entries = Array.from({ length: 600 / everyS }, (_, index) => index * everyS).filter((second) => second >= 120 && second < 480)
    .map((second) => ({ timestampNs: `${START_MS + second * 1000}000000`, line: '{"event":"payment_failed"}' }));
  const heartbeat = Array.from({ length: 60 }, (_, index) => ({ timestampNs: `${START_MS + index * 10_000}000000`, line: '{"event":"alive"}' }));
  const logs = [{ labels: { service: 'checkout', level: 'info' }, entries: heartbeat }, ...(entries.length === 0 ? [] : [{ labels: { service: 'checkout', level: 'error' }, entries }])];
  return { ...queueDataset(name, [[0, 0]]), logs };
}
const datasets: Readonly<Record<string, Dataset>> = Object.fromEntries([failing('busy', 5), failing('rare', 60), failing('calm', 700)].map((dataset) => [dataset.name, dataset]));
const rule = (expr: string, more = ''): string => `groups:
  - name: orders
    rules:
      - alert: PaymentsFail
        expr: |
          ${expr}
        for: 2m
        labels: {severity: page}
        annotations: {summary: '{{ $labels.service }}: {{ $value }} in a minute', runbook_url: /runbooks/payments/}
${more}`;
const FAILS = 'sum by (service) (count_over_time({service="checkout", level="error"} | json | event="payment_failed" [1m])) > 6';
const make = (name: string, text: string, attributes: Readonly<Record<string, string>>): Block => makeBlock(text, { name, ...attributes }, { title: 'orders.loki.yml', page: `day-1/${name}` });

async function run(blocks: readonly Block[]): Promise<ReadonlyMap<string, RunResult>> {
  const named = (name: string): Dataset => datasets[name] ?? (() => { throw new Error(`no dataset ${name}`); })();
  const results = new Map<string, RunResult>();
  await using started = await lokiRules.start(context, signal);
  await started.run(blocks.map((block) => ({ block, dataset: named('busy'), named, allBlocks: blocks })), (result) => void results.set(String(result.block.name), result), signal);
  return results;
}
function outputOf(result: RunResult | undefined): RulesOutput {
  if (result?.output?.kind !== 'rules') throw new Error(`no rules output: ${saidOf(result).join('; ')}`);
  return result.output;
}

describe('rules of Loki\'s ruler', () => {
  it('are evaluated by Loki at every step, held for `for`, and carried once by the ruler', async () => {
    const record = '      - record: service:failures:count1m\n        expr: sum by (service) (count_over_time({service="checkout"} | json | event="payment_failed" [1m]))\n';
    const results = await run([
      make('fires', rule(FAILS, record), { fires: 'PaymentsFail', after: '2m30s', quiet: 'rare,calm' }),
      make('late', rule(FAILS), { fires: 'PaymentsFail', after: '2m', quiet: 'rare' }),
      make('loud', rule(FAILS.replace('6', '0')), { fires: 'PaymentsFail', after: '2m', quiet: 'rare' }),
      make('mute', rule(FAILS.replace('6', '60')), { fires: 'PaymentsFail', after: '2m15s', quiet: 'calm' }),
      make('nothing', rule(FAILS, record.replace('payment_failed', 'payment_lost')), { fires: 'PaymentsFail', after: '2m30s', quiet: 'calm' }),
      make('wrong', rule('sum by (service, level) (count_over_time({service="checkout"}[5m])) / on (service) sum by (service, level) (count_over_time({service="checkout"}[5m])) > 0'), { fires: 'PaymentsFail', after: '2m', quiet: 'calm' }),
    ]);
    const output = outputOf(results.get('fires'));
    const [first, ...others] = output.runs;
    expect(first).toEqual({
      alert: 'PaymentsFail', dataset: 'busy', faultStartMs: START_MS + 120_000, pendingMs: START_MS + 150_000, firingMs: START_MS + 270_000, resolvedMs: START_MS + 510_000,
      labels: { alertname: 'PaymentsFail', service: 'checkout', severity: 'page' }, annotations: { summary: 'checkout: 12 in a minute', runbook_url: '/runbooks/payments/' },
    });
    expect(others.map(({ dataset, firingMs }) => [dataset, firingMs])).toEqual([['rare', undefined], ['calm', undefined]]);
    expect(output.notifications.map(({ receiver, status, alerts }) => [receiver, status, alerts.map(({ labels }) => labels['alertname'])])).toEqual([['on-call', 'firing', ['PaymentsFail']], ['on-call', 'resolved', ['PaymentsFail']]]);
    expect(output.carried).toEqual(['PaymentsFail']);
    expect(output.notifications.map(({ alerts }) => alerts[0]?.generatorURL)).toEqual(Array(2).fill(expect.stringMatching(/^http:\/\/loki\.technow\.example\/explore\?left=.*payment_failed/)));

    expect(saidOf(results.get('late'))).toEqual([expect.stringMatching(/^wrong-delay: PaymentsFail fired on busy 2m30s after the fault .*, later than after=2m\. If that is right, write after=2m30s/)]);
    expect(saidOf(results.get('loud'))).toEqual([expect.stringMatching(/^fired-when-quiet: PaymentsFail fired on rare/)]);
    expect(saidOf(results.get('mute'))).toEqual([expect.stringMatching(/^never-fired: PaymentsFail did not fire on busy; .*ask it as a query/)]);
    expect(saidOf(results.get('nothing'))).toEqual([expect.stringMatching(/^records-nothing: service:failures:count1m recorded no sample over/)]);
    expect(saidOf(results.get('wrong'))).toEqual([expect.stringMatching(/^evaluation-failed: Loki could not evaluate PaymentsFail: /)]);
  }, 300_000);
});

describe('hurry', () => {
  it('changes nothing but how long one waits', () => {
    const text = readFileSync(join(root, 'snippets/stack/rules/checkout.rules.yml'), 'utf8');
    const words = (one: string): string => one.replaceAll(/^.*\b(?:for|interval):.*\n/gm, '').replaceAll(/\s+/g, ' ');
    expect(words(hurry(text)).length).toBeGreaterThan(100);
    expect(parse(hurry('groups: [{name: a, interval: 1m, rules: [{alert: A, expr: x, for: 5m}, {record: b, expr: y}]}]'))).toEqual({ groups: [{ name: 'a', interval: '1s', rules: [{ alert: 'A', expr: 'x', for: '1s' }, { record: 'b', expr: 'y' }] }] });
  });
});
