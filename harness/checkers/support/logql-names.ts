import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../../model/place.ts';
import type { FieldIndex } from './field-index.ts';
import { readPipeline, type Scope } from './logql-scope.ts';
import type { Mistake } from './promql-syntax.ts';
import { rangeOf } from './ranges.ts';
import { explainAnchors, toRegex } from './regex.ts';
import { hintAt } from './suggest.ts';
import { findNodes, unquote } from './syntax.ts';

export interface LogqlMistake extends Mistake {
  readonly rule: 'type-error' | 'unknown-label' | 'unknown-label-value' | 'unknown-field' | 'unknown-field-value' | 'anchored-regex' | 'matches-everything';
}
/** Made by Loki itself. */
const BUILT_IN = new Set(['__error__', '__error_details__', '__line__', '__timestamp__']);

/** Stream labels, fields and values that a query names and that the dataset's lines do not have. */
export function findLogqlMistakes(root: SyntaxNode, text: string, index: FieldIndex): LogqlMistake[] {
  const pipelines = findNodes(root, 'LogExpr', 'LogRangeExpr').map((node) => ({ node, ...readPipeline(node, text, index) }));
  return [
    ...findNodes(root, 'Selector').flatMap((selector) => findNodes(selector, 'Matcher')).flatMap((matcher) => checkMatcher(matcher, text, index)),
    ...pipelines.flatMap(({ uses }) => uses.flatMap(({ node, scope }) => checkField(node, text, scope, index))),
    ...findNodes(root, 'Grouping').flatMap((grouping) => {
      const aggregate = grouping.parent;
      const inside = pipelines.filter(({ node }) => aggregate !== null && aggregate.from <= node.from && node.to <= aggregate.to);
      const scopes = inside.map(({ end }) => end);
      // A grouping over several pipelines may take labels of any.
      return findNodes(grouping, 'Identifier').flatMap((node) => {
        const problems = scopes.map((scope) => checkField(node, text, scope, index));
        return problems.every((each) => each.length > 0) ? problems[0] ?? [] : [];
      });
    }),
  ];
}

/** Selectors that Loki refuses because they could match every stream. True by definition, dataset or not. */
export function findOpenSelectors(root: SyntaxNode, text: string): LogqlMistake[] {
  return findNodes(root, 'Selector').filter((selector) => !findNodes(selector, 'Matcher').some((matcher) => isSelective(matcher, text))).map((selector) => ({
    rule: 'matches-everything',
    range: rangeOf(selector),
    message: `Found the selector \`${text.slice(selector.from, selector.to)}\`, expected at least one matcher that cannot match an absent label: Loki refuses the query. Write label="value", or label=~".+".`,
  }));
}

/** Range functions over numbers: they need `unwrap` to have any. */
const NEEDS_UNWRAP = new Set(['AvgOverTime', 'SumOverTime', 'MinOverTime', 'MaxOverTime', 'StddevOverTime', 'StdvarOverTime', 'QuantileOverTime', 'FirstOverTime', 'LastOverTime', 'RateCounter']);

/** Lines where numbers belong: Loki's parser refuses both, the editor's grammar does not. */
export function findTypeMistakes(root: SyntaxNode, text: string): LogqlMistake[] {
  const unwrapped = findNodes(root, 'RangeAggregationExpr').flatMap((call): LogqlMistake[] => {
    const op = call.getChild('RangeOp');
    if (op === null || !NEEDS_UNWRAP.has(op.firstChild?.name ?? '') || findNodes(call, 'UnwrapExpr').length > 0) return [];
    return [{ rule: 'type-error', range: rangeOf(op), message: `Found ${text.slice(op.from, op.to)}() over lines, expected over numbers: say which field holds them. Add \`| unwrap duration_ms\` or the like before the range.` }];
  });
  const operands = findNodes(root, 'BinOpExpr').flatMap((operation) => operation.getChildren('Expr')).filter((operand) => operand.firstChild?.name === 'LogExpr');
  return [...unwrapped, ...operands.map((operand): LogqlMistake => ({ rule: 'type-error', range: rangeOf(operand), message: 'Found log lines as an operand, expected numbers: only metric queries can be calculated with or compared. Put count_over_time(… [5m]) around them.' }))];
}

function isSelective(matcher: SyntaxNode, text: string): boolean {
  const { op, value } = readMatcher(matcher, text);
  if (op === '=') return value !== '';
  // One that only Go can read is left to Loki.
  return op === '=~' && toRegex(value, true)?.test('') !== true;
}

function checkMatcher(node: SyntaxNode, text: string, index: FieldIndex): LogqlMistake[] {
  const { label, labelRange, op, value, valueRange } = readMatcher(node, text);
  const values = index.labels.get(label);
  if (values === undefined) {
    if (value === '') return [];
    const isField = index.fields.has(label);
    const hint = isField ? ` It is a field of the lines: read it with \`| json\` and compare after that, \`{…} | json | ${label}${op}"${value}"\`.` : hintAt(label, index.labels.keys());
    return [{ rule: 'unknown-label', range: labelRange, message: `Found \`${label}\`, expected a label of the streams of ${index.owner}.${hint}` }];
  }
  return checkValue({ name: label, op, value, valueRange }, values, 'unknown-label-value', index);
}

function checkField(node: SyntaxNode, text: string, scope: Scope, index: FieldIndex): LogqlMistake[] {
  const name = text.slice(node.from, node.to);
  if (scope.isOpen || BUILT_IN.has(name)) return [];
  const values = scope.names.get(name);
  if (!scope.names.has(name)) {
    const isField = index.fields.has(name);
    const hint = isField ? ' Lines have such a field, but nothing has read it yet: put `| json` before.' : hintAt(name, scope.names.keys());
    return [{ rule: 'unknown-field', range: rangeOf(node), message: `Found \`${name}\`, expected a label or a field of the lines of ${index.owner}.${hint}` }];
  }
  const matcher = node.parent;
  if (matcher?.name !== 'Matcher' || values === undefined) return [];
  const { op, value, valueRange } = readMatcher(matcher, text);
  return checkValue({ name, op, value, valueRange }, values, 'unknown-field-value', index);
}

function checkValue(compared: { name: string; op: string; value: string; valueRange: TextRange }, values: ReadonlySet<string>, rule: LogqlMistake['rule'], index: FieldIndex): LogqlMistake[] {
  const { name, op, value, valueRange } = compared;
  if (op === '=' && value !== '' && !values.has(value)) {
    return [{ rule, range: valueRange, message: `Found ${name}="${value}", which nothing in ${index.owner} has.${values.size > 200 ? ` It has ${values.size} other values.` : hintAt(value, values)}` }];
  }
  if (op !== '=~') return [];
  const anchors = explainAnchors(value, values, 'Loki');
  return anchors === undefined ? [] : [{ rule: 'anchored-regex', range: valueRange, message: `Found ${name}=~"${value}", which matches no value of ${index.owner}: ${anchors}` }];
}

interface ReadMatcher {
  readonly label: string;
  readonly labelRange: TextRange;
  readonly op: string;
  readonly value: string;
  readonly valueRange: TextRange;
}
function readMatcher(node: SyntaxNode, text: string): ReadMatcher {
  const [name, op, value] = [node.firstChild, node.firstChild?.nextSibling ?? null, node.lastChild];
  return {
    label: name === null ? '' : text.slice(name.from, name.to),
    labelRange: rangeOf(name ?? node),
    op: op === null ? '' : text.slice(op.from, op.to),
    value: value === null ? '' : unquote(text.slice(value.from, value.to)),
    valueRange: rangeOf(value ?? node),
  };
}
