import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** What a number of a result counts. `undefined`: not known, so nothing is claimed. */
export type Unit = 'seconds' | 'bytes' | 'ratio' | 'count' | 'per second' | 'bytes per second';

const perSecondFunctions = new Set(['rate', 'irate', 'deriv']);
const keepingFunctions = /^(increase|delta|idelta|(avg|min|max|sum|last|quantile|stddev)_over_time|abs|ceil|floor|round|clamp(_min|_max)?|sort(_desc)?|label_(replace|join)|histogram_(avg|stddev)|predict_linear)$/;
const countFunctions = /^(histogram_count|count_over_time|changes|resets)$/;

function unitOfMetric(name: string): Unit | undefined {
  if (/_(count|bucket)$/.test(name)) return 'count';
  const base = name.replace(/_(total|sum)$/, '');
  if (base.endsWith('_seconds')) return 'seconds';
  if (base.endsWith('_bytes')) return 'bytes';
  if (base.endsWith('_ratio') || name === 'up') return undefined;
  // `bytes_received_total` counts bytes, `seconds_over_limit_total` who knows what.
  return name.endsWith('_total') && !/(?:^|_)(?:bytes|seconds)_/.test(base) ? 'count' : undefined;
}

function perSecond(unit: Unit | undefined): Unit | undefined {
  if (unit === 'seconds') return 'ratio';
  if (unit === 'bytes') return 'bytes per second';
  return unit === 'count' ? 'per second' : undefined;
}

function divide(left: Unit | undefined, right: Unit | undefined): Unit | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return 'ratio';
  // Seconds per second over events per second: seconds an event, the mean of a histogram.
  if (left === 'ratio' && right === 'per second') return 'seconds';
  return left === 'seconds' && right === 'count' ? 'seconds' : undefined;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function unitOfCall(node: SyntaxNode, text: string): Unit | undefined {
  const name = text.slice(node.firstChild?.from ?? 0, node.firstChild?.to ?? 0);
  const body = node.getChild('FunctionCallBody');
  const units = body ? childrenOf(body).map((child) => unitOf(child, text)) : [];
  const argument = units.find((unit) => unit !== undefined);
  if (perSecondFunctions.has(name)) return perSecond(argument);
  if (name === 'histogram_quantile' || name === 'histogram_sum' || name === 'histogram_avg') {
    return /_seconds(_bucket)?\b/.test(text.slice(node.from, node.to)) ? 'seconds' : undefined;
  }
  if (name === 'histogram_fraction') return 'ratio';
  if (countFunctions.test(name)) return 'count';
  return keepingFunctions.test(name) ? argument : undefined;
}

function unitOfBinary(node: SyntaxNode, text: string): Unit | undefined {
  const children = childrenOf(node);
  const left = children[0];
  const right = children.at(-1);
  if (!left || !right) return undefined;
  const names = new Set(children.map((child) => child.name));
  const leftUnit = unitOf(left, text);
  if (names.has('BoolModifier')) return undefined;
  if (names.has('Div')) return divide(leftUnit, unitOf(right, text));
  if (names.has('Mul') || names.has('Pow') || names.has('Mod')) return undefined;
  return leftUnit ?? (left.name === 'NumberDurationLiteral' && !isComparison(names) ? unitOf(right, text) : undefined);
}

function isComparison(names: ReadonlySet<string>): boolean {
  return ['Eql', 'EqlC', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte'].some((name) => names.has(name));
}

function unitOf(node: SyntaxNode, text: string): Unit | undefined {
  switch (node.name) {
    case 'VectorSelector': {
      const identifier = node.getChild('Identifier');
      return identifier ? unitOfMetric(text.slice(identifier.from, identifier.to)) : undefined;
    }
    case 'FunctionCall':
      return unitOfCall(node, text);
    case 'BinaryExpr':
      return unitOfBinary(node, text);
    case 'AggregateExpr': {
      const operator = node.getChild('AggregateOp');
      const name = operator ? text.slice(operator.from, operator.to) : '';
      if (name === 'count' || name === 'count_values' || name === 'group') return 'count';
      const body = node.getChild('FunctionCallBody');
      return body ? childrenOf(body).map((child) => unitOf(child, text)).find((unit) => unit !== undefined) : undefined;
    }
    default:
      return childrenOf(node).map((child) => unitOf(child, text)).find((unit) => unit !== undefined);
  }
}

/**
 * Unit of a PromQL query's result by Prometheus' naming conventions (base units as suffixes, `_total`, `_count`, `_bucket`).
 * @see https://prometheus.io/docs/practices/naming/
 */
export function unitOfQuery(language: string, query: string): Unit | undefined {
  if (language === 'logql') return /^\s*(sum|topk|count|max|min|avg)?[^|]*(count_over_time)/.test(query) && !query.includes('/') ? 'count' : undefined;
  if (language !== 'promql') return undefined;
  return unitOf(parser.parse(query).topNode, query);
}
