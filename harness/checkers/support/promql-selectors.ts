import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../../model/place.ts';
import { rangeOf } from './ranges.ts';
import { childrenOf, findNodes, unquote } from './syntax.ts';

export interface Matcher {
  readonly label: string;
  readonly labelRange: TextRange;
  readonly op: string;
  readonly value: string;
  readonly valueRange: TextRange;
}
export interface Selector {
  readonly node: SyntaxNode;
  /** Undefined when the selector names no metric: it asks what there is. */
  readonly metric: string | undefined;
  readonly metricRange: TextRange;
  /** Without a matcher on `__name__` that only names the metric. */
  readonly matchers: readonly Matcher[];
}

/** The vector selectors under a node of a PromQL tree without errors, in source order. */
export function readSelectors(root: SyntaxNode, text: string): Selector[] {
  return findNodes(root, 'VectorSelector').map((node) => readSelector(node, text));
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const identifier = node.getChild('Identifier');
  const list = node.getChild('LabelMatchers');
  const matchers = list === null ? [] : childrenOf(list).flatMap((child) => readMatcher(child, text));
  const quoted = list?.getChild('QuotedLabelName') ?? null;
  const named = matchers.find((matcher) => matcher.label === '__name__' && matcher.op === '=');
  const metric = identifier !== null ? text.slice(identifier.from, identifier.to) : quoted !== null ? unquote(text.slice(quoted.from, quoted.to)) : named?.value;
  const place = identifier ?? quoted;
  return {
    node,
    metric,
    metricRange: place !== null ? rangeOf(place) : named?.valueRange ?? rangeOf(node),
    matchers: matchers.filter((matcher) => matcher !== named),
  };
}

function readMatcher(node: SyntaxNode, text: string): Matcher[] {
  const name = node.getChild('LabelName') ?? node.getChild('QuotedLabelName');
  const op = node.getChild('MatchOp');
  const value = node.getChild('StringLiteral');
  if (name === null || op === null || value === null) return [];
  const written = text.slice(name.from, name.to);
  return [{
    label: name.name === 'QuotedLabelName' ? unquote(written) : written,
    labelRange: rangeOf(name),
    op: text.slice(op.from, op.to),
    value: unquote(text.slice(value.from, value.to)),
    valueRange: rangeOf(value),
  }];
}
