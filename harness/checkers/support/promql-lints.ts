import type { SyntaxNode } from '@lezer/common';
import type { MetricIndex } from './metric-index.ts';
import type { Mistake } from './promql-syntax.ts';
import type { Selector } from './promql-selectors.ts';
import { rangeOf } from './ranges.ts';
import { childrenOf, findNodes } from './syntax.ts';

export interface Lint extends Mistake {
  readonly rule: 'type-error' | 'rate-of-gauge' | 'short-range' | 'quantile-without-le';
}
/** Functions over a range that answer nothing for a single sample. */
const NEEDS_TWO_SAMPLES = new Set(['Rate', 'Increase', 'Irate', 'Idelta', 'Delta', 'Deriv', 'PredictLinear']);
/** Functions that count resets of a counter as increases. */
const COUNTER_FUNCTIONS = new Set(['Rate', 'Increase', 'Irate']);
const OTHER_RANGE_FUNCTIONS = new Set(['Changes', 'Resets', 'DoubleExponentialSmoothing']);
/** Aggregations that keep every label. */
const KEEPS_LABELS = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);

function takesRange(functionName: string): boolean {
  return NEEDS_TWO_SAMPLES.has(functionName) || OTHER_RANGE_FUNCTIONS.has(functionName) || /OverTime$|^TsOf/.test(functionName);
}

/** What is wrong by definition, whatever the data says. */
export function findLints(root: SyntaxNode, text: string, selectors: readonly Selector[], index: MetricIndex | undefined): Lint[] {
  return [
    ...findNodes(root, 'FunctionCall').flatMap((call) => checkCall(call, text, selectors, index)),
    ...findNodes(root, 'MatrixSelector').flatMap((range) => checkStrayRange(range, text)),
  ];
}

function checkCall(call: SyntaxNode, text: string, selectors: readonly Selector[], index: MetricIndex | undefined): Lint[] {
  const identifier = call.getChild('FunctionIdentifier');
  const name = identifier?.firstChild?.name ?? '';
  const callee = identifier === null ? '' : text.slice(identifier.from, identifier.to);
  const found = childrenOf(call.getChild('FunctionCallBody') ?? call).map(stripParens);
  if (name === 'HistogramQuantile' && found[1] !== undefined) return [...checkShare(found[0], found[1], text), ...checkQuantile(found[1], text, selectors)];
  if (!takesRange(name)) return [];
  // The range is the last argument, but for those that take numbers after it.
  const range = found.find((argument) => !['NumberDurationLiteral', 'StringLiteral', 'UnaryExpr'].includes(argument.name));
  if (range === undefined) return [];
  const selected = withoutModifiers(range);
  if (selected.name === 'SubqueryExpr') return [];
  if (selected.name !== 'MatrixSelector') {
    return [{ rule: 'type-error', range: rangeOf(range), message: `Found an instant vector, expected a range: ${callee}() reads several samples of each series. Add one, such as \`[5m]\`.` }];
  }
  return [...checkShortRange(name, callee, selected, text, index), ...checkGauge(name, callee, selected, selectors, index)];
}

function checkShortRange(name: string, callee: string, range: SyntaxNode, text: string, index: MetricIndex | undefined): Lint[] {
  const duration = range.getChild('DurationExpr');
  const rangeMs = duration === null ? undefined : readDurationMs(text.slice(duration.from, duration.to));
  if (!NEEDS_TWO_SAMPLES.has(name) || index?.stepMs === undefined || duration === null || rangeMs === undefined || rangeMs >= 2 * index.stepMs) return [];
  return [{
    rule: 'short-range',
    range: rangeOf(duration),
    message: `Found a range of ${rangeMs / 1000} s, expected at least ${(2 * index.stepMs) / 1000} s: ${callee}() needs two samples, and ${index.owner} has one every ${index.stepMs / 1000} s. Take four scrapes, \`[${(4 * index.stepMs) / 1000}s]\`, or more.`,
  }];
}

function checkGauge(name: string, callee: string, range: SyntaxNode, selectors: readonly Selector[], index: MetricIndex | undefined): Lint[] {
  const selector = selectors.find(({ node }) => range.from <= node.from && node.to <= range.to);
  if (!COUNTER_FUNCTIONS.has(name) || selector?.metric === undefined || index?.metrics.get(selector.metric)?.type !== 'gauge') return [];
  return [{
    rule: 'rate-of-gauge',
    range: selector.metricRange,
    message: `Found the gauge \`${selector.metric}\` in ${callee}(), expected a counter: each time a gauge falls, ${callee}() takes it for a restart and counts from zero. Use delta(), deriv() or avg_over_time().`,
  }];
}

/** A range vector where an instant vector belongs. Alone it is a valid query: it prints raw samples. */
function checkStrayRange(range: SyntaxNode, text: string): Lint[] {
  let node: SyntaxNode = range;
  while (node.parent !== null && ['ParenExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr'].includes(node.parent.name)) node = node.parent;
  const body = node.parent;
  if (body === null || body.name === 'PromQL') return [];
  const call = body.name === 'FunctionCallBody' ? body.parent : null;
  const identifier = call?.getChild('FunctionIdentifier') ?? call?.getChild('AggregateOp');
  const callee = identifier?.firstChild?.name ?? '';
  if (takesRange(callee)) return [];
  const user = identifier ? `${text.slice(identifier.from, identifier.to)}()` : 'this operator';
  return [{ rule: 'type-error', range: rangeOf(range), message: `Found a range, expected an instant vector: ${user} reads one value of each series. Remove the \`[…]\`, or put rate() or an …_over_time() function around it.` }];
}

/** The quantile comes first, and is a share. */
function checkShare(first: SyntaxNode | undefined, second: SyntaxNode, text: string): Lint[] {
  if (first === undefined) return [];
  const share = Number(text.slice(first.from, first.to));
  if (second.name === 'NumberDurationLiteral' && first.name !== 'NumberDurationLiteral') {
    return [{ rule: 'type-error', range: rangeOf(second), message: `Found \`${text.slice(second.from, second.to)}\` as the second argument, expected it as the first: histogram_quantile(share, buckets). Swap them.` }];
  }
  if (first.name !== 'NumberDurationLiteral' || !(share > 1)) return [];
  return [{ rule: 'type-error', range: rangeOf(first), message: `Found the quantile ${share}, expected a share from 0 to 1: above 1 the answer is +Inf. ${share <= 100 ? `Write ${share / 100}.` : 'Correct it.'}` }];
}

/** `le` must survive every aggregation between the quantile and the buckets. */
function checkQuantile(argument: SyntaxNode, text: string, selectors: readonly Selector[]): Lint[] {
  const classic = selectors.some(({ node, metric }) => argument.from <= node.from && node.to <= argument.to && metric?.endsWith('_bucket') === true);
  if (!classic) return [];
  return findNodes(argument, 'AggregateExpr').flatMap((aggregate): Lint[] => {
    const op = aggregate.getChild('AggregateOp');
    const modifier = aggregate.getChild('AggregateModifier');
    if (op === null || KEEPS_LABELS.has(op.firstChild?.name ?? '')) return [];
    const names = modifier === null ? [] : findNodes(modifier, 'LabelName').map((label) => text.slice(label.from, label.to));
    const without = modifier !== null && modifier.getChild('Without') !== null;
    if (without ? !names.includes('le') : names.includes('le')) return [];
    return [{
      rule: 'quantile-without-le',
      range: rangeOf(modifier ?? op),
      message: `Found an aggregation that drops \`le\`, expected one that keeps it: histogram_quantile() reads the buckets by it, and answers nothing without. ${without ? 'Take `le` out of without(…).' : 'Write `by (le, …)`.'}`,
    }];
  });
}

function stripParens(node: SyntaxNode): SyntaxNode {
  return node.name === 'ParenExpr' && node.firstChild !== null ? stripParens(node.firstChild) : node;
}
function withoutModifiers(node: SyntaxNode): SyntaxNode {
  const inner = stripParens(node);
  return ['OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr'].includes(inner.name) && inner.firstChild !== null ? withoutModifiers(inner.firstChild) : inner;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };
/** A PromQL duration (`1h30m`) or number of seconds; undefined for an expression. */
function readDurationMs(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((total, [, amount, unit]) => total + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
