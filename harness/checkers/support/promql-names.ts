import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../../model/place.ts';
import { variableMessage, type Mistake } from './promql-syntax.ts';
import type { MetricFacts, MetricIndex } from './metric-index.ts';
import type { Matcher, Selector } from './promql-selectors.ts';
import { rangeOf } from './ranges.ts';
import { explainAnchors } from './regex.ts';
import { hintAt } from './suggest.ts';
import { findNodes } from './syntax.ts';

export interface NameMistake extends Mistake {
  readonly rule: 'unknown-metric' | 'unknown-label' | 'unknown-label-value' | 'syntax-error';
}
/** Functions whose result carries labels that no series has. */
const LABEL_MAKERS = ['LabelReplace', 'LabelJoin', 'CountValues', 'Info'];

/** Metrics, labels and values that a query names and that what it is asked of does not have. */
export function findNameMistakes(root: SyntaxNode, text: string, selectors: readonly Selector[], index: MetricIndex): NameMistake[] {
  return [
    ...findSelectorMistakes(selectors, index),
    ...findNodes(root, 'GroupingLabels').flatMap((list) => checkGrouping(list, text, selectors, index)),
  ];
}

/** The same without what is grouped by. */
export function findSelectorMistakes(selectors: readonly Selector[], index: MetricIndex): NameMistake[] {
  return selectors.flatMap((selector) => checkSelector(selector, index));
}

/** Grafana variables inside quotes: they parse, and match nothing. */
export function findQuotedVariables(selectors: readonly Selector[]): Mistake[] {
  return selectors.flatMap((selector) => selector.matchers).flatMap((matcher) => {
    const variable = /\$\{?[A-Za-z_]\w*\}?|\{\{[^}]*\}\}|\[\[\w+\]\]/.exec(matcher.value)?.[0];
    return variable === undefined ? [] : [{ range: matcher.valueRange, message: variableMessage(variable) }];
  });
}

function checkSelector(selector: Selector, index: MetricIndex): NameMistake[] {
  if (selector.metric === undefined) return checkNameless(selector, index);
  const facts = index.metrics.get(selector.metric);
  if (facts === undefined) {
    if (index.alsoNamed?.test(selector.metric) === true) return [];
    return [{ rule: 'unknown-metric', range: selector.metricRange, message: unknownMetric(selector.metric, index) }];
  }
  return selector.matchers.flatMap((matcher) => checkMatcher(matcher, selector.metric ?? '', facts, index));
}

function unknownMetric(metric: string, index: MetricIndex): string {
  const parts = ['_bucket', '_sum', '_count'].map((suffix) => metric + suffix).filter((name) => index.metrics.has(name));
  const found = `Found \`${metric}\`, expected a metric of ${index.owner}.`;
  if (parts.length > 0) return `${found} It is a histogram, whose series are ${parts.map((name) => `\`${name}\``).join(', ')}: query one of these.`;
  return found + hintAt(metric, index.metrics.keys());
}

/** Without a metric name a label is unknown when no metric has it. */
function checkNameless(selector: Selector, index: MetricIndex): NameMistake[] {
  const union = new Map<string, undefined>([['__name__', undefined]]);
  for (const facts of index.metrics.values()) for (const label of facts.labels?.keys() ?? []) union.set(label, undefined);
  return selector.matchers.flatMap((matcher) => checkMatcher(matcher, undefined, { type: 'gauge', labels: union }, index));
}

function checkMatcher(matcher: Matcher, metric: string | undefined, facts: MetricFacts, index: MetricIndex): NameMistake[] {
  const { label, op, value } = matcher;
  // `label=""` selects the series that lack the label.
  if (facts.labels === undefined || (op === '=' && value === '')) return [];
  const owner = metric === undefined ? `a metric of ${index.owner}` : `\`${metric}\` in ${index.owner}`;
  if (!facts.labels.has(label)) {
    return [{ rule: 'unknown-label', range: matcher.labelRange, message: `Found \`${label}\`, expected a label of ${owner}.${hintAt(label, facts.labels.keys())}` }];
  }
  const values = facts.labels.get(label);
  if (values === undefined) return [];
  const anchors = op === '=~' ? explainAnchors(value, values, 'Prometheus') : undefined;
  if (anchors !== undefined) return [{ rule: 'unknown-label-value', range: matcher.valueRange, message: `Found ${label}=~"${value}", which matches no series of ${owner}: ${anchors}` }];
  if (op !== '=' || values.has(value)) return [];
  return [{ rule: 'unknown-label-value', range: matcher.valueRange, message: `Found ${label}="${value}", which no series of ${owner} has.${hintAt(value, values)}` }];
}

/** `by (…)`, `without (…)`, `on (…)`: labels that some series beneath carries. A misspelt one is silently empty in PromQL. */
function checkGrouping(list: SyntaxNode, text: string, selectors: readonly Selector[], index: MetricIndex): NameMistake[] {
  const expression = list.parent?.parent ?? null;
  if (expression === null || findNodes(expression, ...LABEL_MAKERS).length > 0) return [];
  const inside = selectors.filter((selector) => contains(expression, selector.node));
  const facts = inside.map((selector) => (selector.metric === undefined ? undefined : index.metrics.get(selector.metric)));
  // An unknown metric was reported already, and one whose labels nobody knows may have any.
  if (facts.length === 0 || facts.some((each) => each?.labels === undefined)) return [];
  const known = new Set(facts.flatMap((each) => [...(each?.labels?.keys() ?? [])]));
  return findNodes(list, 'LabelName', 'QuotedLabelName').flatMap((node): NameMistake[] => {
    const label = text.slice(node.from, node.to).replace(/^["'`]|["'`]$/g, '');
    if (known.has(label) || label === '__name__') return [];
    const range: TextRange = rangeOf(node);
    return [{ rule: 'unknown-label', range, message: `Found \`${label}\`, expected a label of the series that are grouped or matched here.${hintAt(label, known)}` }];
  });
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
