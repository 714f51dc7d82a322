import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../model/place.ts';
import { readOnce } from '../model/read-once.ts';
import type { Series } from '../model/dataset.ts';

/** One vector selector: the metric's name (undefined when only matchers say it) and its exact `=` matchers. */
export interface Selector {
  readonly metric: string | undefined;
  readonly equals: readonly (readonly [label: string, value: string])[];
  readonly range: TextRange;
}
export interface Expression {
  readonly selectors: readonly Selector[];
  /** Where the text stops being PromQL; undefined when it parses. */
  readonly error: TextRange | undefined;
}

/** Parses PromQL. Ranges are offsets within `text`. Never throws. */
export const readExpression = readOnce(parseExpression);

function parseExpression(text: string): Expression {
  const selectors: Selector[] = [];
  let error: TextRange | undefined;
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) error ??= { offset: node.from, length: Math.max(1, node.to - node.from) };
      if (node.name === 'VectorSelector') selectors.push(readSelector(node.node, text));
    },
  });
  return { selectors, error: text.trim() === '' ? { offset: 0, length: text.length } : error };
}

/** Whether a series can be selected by one of the selectors. Only `=` matchers narrow: the rest is the engine's business. */
export function isSelected(series: Series, selectors: readonly Selector[]): boolean {
  return selectors.some((selector) =>
    (selector.metric === undefined || series.labels['__name__'] === selector.metric)
    && selector.equals.every(([label, value]) => (series.labels[label] ?? '') === value));
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const read = (child: SyntaxNode): string => text.slice(child.from, child.to);
  const named = node.getChild('Identifier');
  let metric = named === null ? undefined : read(named);
  let nameNode: SyntaxNode = named ?? node;
  const equals: (readonly [string, string])[] = [];
  const matchers = node.getChild('LabelMatchers');
  for (let child = matchers?.firstChild ?? null; child !== null; child = child.nextSibling) {
    const label = child.getChild('LabelName') ?? child.getChild('QuotedLabelName');
    const value = child.getChild('StringLiteral');
    if (child.name === 'QuotedLabelName') {
      metric = unquote(read(child));
      nameNode = child;
    } else if (label !== null && value !== null && text.slice(label.to, value.from).trim() === '=') {
      const name = label.name === 'QuotedLabelName' ? unquote(read(label)) : read(label);
      if (name === '__name__') metric = unquote(read(value));
      else equals.push([name, unquote(read(value))]);
    }
  }
  return { metric, equals, range: { offset: nameNode.from, length: nameNode.to - nameNode.from } };
}

/** The text of a Go string literal: "…" and '…' know escapes, `…` does not. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  const simple: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  return body.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_, hex?: string, four?: string, eight?: string, octal?: string, char?: string) => {
      const code = hex ?? four ?? eight;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return simple[char ?? ''] ?? char ?? '';
    });
}
