import { parser } from '@prometheus-io/lezer-promql';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { isRun } from './support/attributes.ts';
import { readContract } from './support/contract.ts';
import { indexContract, indexDataset, withRecordings, type MetricIndex } from './support/metric-index.ts';
import { findLints } from './support/promql-lints.ts';
import { findNameMistakes, findQuotedVariables } from './support/promql-names.ts';
import { readSelectors, type Selector } from './support/promql-selectors.ts';
import { findPromqlMistake } from './support/promql-syntax.ts';
import { readPythonContract } from './support/python-contract.ts';
import { rangeOf } from './support/ranges.ts';
import { suggest } from './support/suggest.ts';
import { findWorld, type World } from './support/world.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The query is not PromQL.' },
  'type-error': { level: 'error', summary: 'A range stands where an instant vector belongs, or the other way round.' },
  'unknown-metric': { level: 'error', summary: 'The query names a metric that nothing exposes.' },
  'unknown-label': { level: 'error', summary: 'The query names a label that its series do not have.' },
  'unknown-label-value': { level: 'error', summary: 'A label is compared with a value that no series has.' },
  'rate-of-gauge': { level: 'error', summary: 'A function for counters is applied to a gauge.' },
  'short-range': { level: 'error', summary: 'A range is too short to hold the two samples that its function needs.' },
  'quantile-without-le': { level: 'error', summary: 'The buckets reach histogram_quantile() without their `le` label.' },
  'needs-alone': { level: 'error', summary: 'The answer depends on what else is loaded, and the block is not marked `alone`.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;

/** PromQL: parsed, and every name looked up in the dataset, or in what the code of the continued block declares. */
export const promql = defineChecker({
  name: 'promql',
  languages: ['promql'],
  attributes: ['dataset', 'expect', 'at', 'range', 'step', 'empty', 'alone', 'continues', 'control', 'rejects'],
  rules,
  backend: 'prometheus',
  check: async (blocks, context) => (await Promise.all(blocks.map(async (block) => checkBlock(block, context)))).flat(),
});

async function checkBlock(block: Block, context: CheckContext): Promise<Finding<RuleName>[]> {
  // The real Prometheus decides whether it refuses, and with which words.
  if (block.attributes.has('rejects')) return [];
  const mistake = findPromqlMistake(block.text);
  if (mistake !== undefined) return [{ block, rule: 'syntax-error', ...mistake }];
  const root = parser.parse(block.text).topNode;
  const selectors = readSelectors(root, block.text);
  const world = findWorld(block, context);
  const index = await indexWorld(world, context);
  const allowed = new Set<RuleName>(block.attributes.has('empty') ? ['unknown-metric', 'unknown-label', 'unknown-label-value', 'short-range', 'quantile-without-le'] : []);
  const found: readonly Omit<Finding<RuleName>, 'block'>[] = [
    ...findQuotedVariables(selectors).map((each) => ({ rule: 'syntax-error', ...each }) as const),
    ...findNameless(block, selectors),
    ...findLints(root, block.text, selectors, index),
    ...(index === undefined ? [] : findNameMistakes(root, block.text, selectors, index)),
  ];
  // A variable in quotes is no label value either: one finding a place is enough.
  const places = new Set<string>();
  return found.filter((each) => !allowed.has(each.rule) && !places.has(placeOf(each)) && places.add(placeOf(each))).map((each) => ({ block, ...each, ...relatedOf(each.rule, each.range, block, world, index) }));
}

function placeOf({ range }: Omit<Finding, 'block'>): string {
  return `${range.offset}+${range.length}`;
}

function findNameless(block: Block, selectors: readonly Selector[]): Omit<Finding<RuleName>, 'block'>[] {
  if (block.attributes.has('alone') || block.attributes.has('continues') || !isRun(block)) return [];
  return selectors.filter(({ metric }) => metric === undefined).map(({ node }) => ({
    rule: 'needs-alone',
    range: rangeOf(node),
    message: 'Found a selector without a metric name, expected one, or `alone` on the block: it selects whatever else the Prometheus of the course has loaded. Name the metric, or add alone.',
  }));
}

async function indexWorld(world: World, context: CheckContext): Promise<MetricIndex | undefined> {
  if (world.kind === 'dataset') return withRecordings(indexDataset(world.dataset), context.allBlocks);
  if (world.kind === 'none') return undefined;
  const owner = `block ${world.block.name ?? ''}`;
  if (['python', 'py'].includes(world.block.language)) return indexContract(owner, await readPythonContract(world.block, context.root));
  return ['ts', 'typescript'].includes(world.block.language) ? indexContract(owner, await readContract([world.block], context.root)) : undefined;
}

/** Where a live block declares what a query most likely means; its beginning where that is said in a file that it imports. */
function relatedOf(rule: RuleName, range: TextRange, block: Block, world: World, index: MetricIndex | undefined): Pick<Finding, 'related'> {
  if (world.kind !== 'live' || index === undefined || !rule.startsWith('unknown-')) return {};
  const near = suggest(block.text.slice(range.offset, range.offset + range.length), index.metrics.keys())?.replace(/_(?:total|bucket|sum|count|created)$/, '');
  const offset = near === undefined ? -1 : world.block.text.indexOf(near);
  const at = { block: world.block, range: offset < 0 ? { offset: 0, length: 0 } : { offset, length: near?.length ?? 0 } };
  return { related: [{ message: offset < 0 ? 'the service that it asks is this' : `\`${near}\` is declared here`, at }] };
}
