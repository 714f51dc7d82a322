import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackendContext } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import { evaluateRules } from '../../harness/backends/alerting.ts';
import { judgeCase } from '../../harness/backends/alerting/judge.ts';
import { openPromtool } from '../../harness/backends/alerting/promtool.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { faults } from '../../harness/mutate/faults/index.ts';
import { seedMutants } from '../../harness/mutate/mutant.ts';
import { placeRange } from '../../harness/parse/index.ts';
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
/** Faults of `npm run mutate` that leave a file which promtool loads, over series that there are. */
const SEEDED = ['threshold', 'comparison', 'window', 'for', 'aggregation', 'quantile'];
/** Closer to the rule than those: what only a near miss tells apart. Each changes the recommended rule into one that a reader should not copy. */
const FINER: readonly (readonly [name: string, from: string, to: string])[] = [
  ['threshold a tenth lower', '> 1', '> 0.9'], ['threshold a tenth higher', '> 1', '> 1.1'],
  ['at or above', '> 1', '>= 1'], ['equal', '> 1', '== 1'], ['unequal', '> 1', '!= 1'],
  ['for a step longer', 'for: 5m', 'for: 5m15s'], ['for a step shorter', 'for: 5m', 'for: 4m45s'],
  ['p90', '(0.99', '(0.9'], ['p98', '(0.99', '(0.98'], ['p99.9', '(0.99', '(0.999'],
  ['window of ten minutes', '[5m]', '[10m]'], ['increase', 'rate(', 'increase('], ['irate', 'rate(', 'irate('],
  ['other service', 'service="checkout"', 'service="payment"'], ['every service', '{service="checkout"}', ''],
  ['per instance', 'sum by (service, le)', 'sum by (service, le, instance)'], ['per route', 'sum by (service, le)', 'sum by (service, le, route)'],
  ['le lost', 'sum by (service, le)', 'sum by (service)'], ['avg for sum', 'sum by', 'avg by'],
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
  const seeded = seedMutants(blocks[0] as Block, 'rules', faults, placeRange).filter(({ fault }) => SEEDED.includes(fault));
  expect(new Set(seeded.map(({ fault }) => fault))).toEqual(new Set(SEEDED));
  for (const { fault, from, to, text } of seeded) blocks.push(makeBlock(text, { ...attributes, name: `${fault} ${from} → ${to}` }));
  for (const [name, from, to] of FINER) {
    expect(rule.split(from), name).toHaveLength(2);
    const text = rule.replace(from, to);
    // What `mutate` makes stands there.
    expect(seeded.map((mutant) => mutant.text), name).not.toContain(text);
    blocks.push(makeBlock(text, { ...attributes, name }));
  }
  await using promtool = await openPromtool(context, signal);
  const cases = await evaluateRules(blocks.map((block) => ({ block, dataset: named('checkout-lag'), named, allBlocks: [block] })), promtool, signal);
  const survivors = cases.filter((one) => judgeCase(one).findings.length === 0).map((one) => one.block.name);
  expect(survivors).toEqual(['as recommended', ...EQUIVALENT]);
}, 120_000);
