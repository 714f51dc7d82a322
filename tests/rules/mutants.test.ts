import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackendContext } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import { evaluateRules } from '../../harness/backends/alerting.ts';
import { judgeCase } from '../../harness/backends/alerting/judge.ts';
import { openPromtool } from '../../harness/backends/alerting/promtool.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { simulate } from '../../harness/simulate/index.ts';
import { promtoolOnly, root, signal } from './run-rules.ts';
import { makeBlock } from './support.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await promtoolOnly(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const rule = readFileSync(join(root, 'snippets/stack/rules/checkout.rules.yml'), 'utf8').trimEnd();
const attributes = {
  fires: 'HighLatencyP99,HighLatencyP99', dataset: 'checkout-lag,checkout-lag(discount.latency=0.9s)', after: '5m30s,9m',
  quiet: 'healthy,checkout-lag(discount.latency=0.8s)',
};
/** Each changes the recommended rule into one that a reader should not copy. */
const mutations: readonly (readonly [name: string, from: string, to: string])[] = [
  ['threshold halved', '> 1', '> 0.5'], ['threshold doubled', '> 1', '> 2'],
  ['threshold a tenth lower', '> 1', '> 0.9'], ['threshold a tenth higher', '> 1', '> 1.1'],
  ['below', '> 1', '< 1'], ['at or above', '> 1', '>= 1'], ['equal', '> 1', '== 1'], ['unequal', '> 1', '!= 1'],
  ['for a step longer', 'for: 5m', 'for: 5m15s'], ['for a step shorter', 'for: 5m', 'for: 4m45s'], ['no for', 'for: 5m', 'for: 0s'],
  ['median', '(0.99', '(0.5'], ['p90', '(0.99', '(0.9'], ['p95', '(0.99', '(0.95'], ['p98', '(0.99', '(0.98'], ['p99.9', '(0.99', '(0.999'],
  ['window of a minute', '[5m]', '[1m]'], ['window of ten minutes', '[5m]', '[10m]'],
  ['increase', 'rate(', 'increase('], ['irate', 'rate(', 'irate('],
  ['other service', 'service="checkout"', 'service="payment"'], ['every service', '{service="checkout"}', ''],
  ['per instance', 'sum by (service, le)', 'sum by (service, le, instance)'], ['per route', 'sum by (service, le)', 'sum by (service, le, route)'],
  ['le lost', 'sum by (service, le)', 'sum by (service)'], ['max for sum', 'sum by', 'max by'], ['avg for sum', 'sum by', 'avg by'],
];
// Equal on these datasets, and meant to be: what they ask is the same question of this shop.
const EQUIVALENT = ['at or above', 'increase', 'per route', 'avg for sum'];

it('the attributes of the recommended rule kill every mutant that is not equivalent', async () => {
  const cache = new Map<string, Dataset>();
  const named = (name: string): Dataset => {
    const dataset = cache.get(name) ?? simulate(name, root);
    cache.set(name, dataset);
    return dataset;
  };
  const blocks: Block[] = [makeBlock(rule, { ...attributes, name: 'as recommended' })];
  for (const [name, from, to] of mutations) {
    expect(rule.split(from), name).toHaveLength(2);
    blocks.push(makeBlock(rule.replace(from, to), { ...attributes, name }));
  }
  await using promtool = await openPromtool(context, signal);
  const cases = await evaluateRules(blocks.map((block) => ({ block, dataset: named('checkout-lag'), named, allBlocks: [block] })), promtool, signal);
  const survivors = cases.filter((one) => judgeCase(one).findings.length === 0).map((one) => one.block.name);
  expect(survivors).toEqual(['as recommended', ...EQUIVALENT]);
}, 120_000);
