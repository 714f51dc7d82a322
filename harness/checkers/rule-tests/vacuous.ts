import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { TextRange } from '../../model/place.ts';
import { readExpression } from '../../rule-file/expression.ts';
import { isNear, type PrometheusRule } from '../../rule-file/rule-file.ts';
import { hintAt } from '../support/suggest.ts';
import type { Assertion, RuleTest } from './read-tests.ts';

/** Why a test would pass whatever the rules say. */
export interface Vacuous {
  readonly rule: 'asserts-nothing' | 'unknown-alert' | 'unknown-series';
  readonly range: TextRange;
  readonly message: string;
}

/** What of a test proves nothing. @param rules of all files that it names; undefined where one of them cannot be read */
export function findVacuous(test: RuleTest, rules: readonly PrometheusRule[] | undefined): Vacuous[] {
  if (test.assertions.length === 0) {
    return [{ rule: 'asserts-nothing', range: test.range, message: 'Found a test with neither alert_rule_test nor promql_expr_test, expected one of them: it passes whatever the rules say. Add what must come out.' }];
  }
  return rules === undefined ? [] : test.assertions.flatMap((assertion) => judge(assertion, test, rules));
}

function judge({ kind, subject, range }: Assertion, { loaded }: RuleTest, rules: readonly PrometheusRule[]): Vacuous[] {
  const alerts = rules.filter((rule) => rule.kind === 'alert' && rule.name.value === subject);
  if (kind === 'alert' && alerts.length === 0) {
    const names = rules.filter((rule) => rule.kind === 'alert').map(({ name }) => name.value);
    return [{ rule: 'unknown-alert', range, message: `Found the alert \`${subject}\`, which none of the rule files defines: this test passes whatever happens.${hintAt(subject, names) || ' Name their file under `rule_files:`.'}` }];
  }
  if (loaded === undefined) return [];
  const available = withRecorded(loaded, rules);
  const missing = (kind === 'alert' ? alerts.map(({ expression }) => expression.value) : [subject]).map((expression) => needed(expression, rules).filter((name) => !available.has(name)));
  // Of several rules of one name, any may fire.
  if (missing.some((names) => names.length === 0)) return [];
  const names = [...new Set(missing.flat())].map((name) => `\`${name}\``).join(', ');
  const found = kind === 'alert' ? `\`${subject}\`, which selects ${names}` : `a query of ${names}`;
  const near = [...loaded].find((name) => isNear(missing[0]?.[0] ?? '', name));
  return [{ rule: 'unknown-series', range, message: `Found ${found}, and this test loads no such series: nothing can come of it.${near === undefined ? ' Add it to `input_series:`.' : ` Did you mean \`${near}\`?`}` }];
}

/** What is loaded, and what recording rules make of that. */
function withRecorded(loaded: ReadonlySet<string>, rules: readonly PrometheusRule[]): ReadonlySet<string> {
  const available = new Set([...loaded, 'ALERTS', 'ALERTS_FOR_STATE']);
  const recording = rules.filter(({ kind }) => kind === 'record');
  for (let size = -1; size !== available.size;) {
    size = available.size;
    for (const { name, expression } of recording) if (selectedIn(expression.value).every((metric) => available.has(metric))) available.add(name.value);
  }
  return available;
}

/** The metrics that an expression cannot do without, recorded ones replaced by what they are made of. */
function needed(expression: string, rules: readonly PrometheusRule[], seen: ReadonlySet<string> = new Set()): string[] {
  return selectedIn(expression).flatMap((metric) => {
    const recorded = rules.find(({ kind, name }) => kind === 'record' && name.value === metric);
    return recorded === undefined || seen.has(metric) ? [metric] : needed(recorded.expression.value, rules, new Set([...seen, metric]));
  });
}

/** Metrics whose absence empties an expression: not those below `absent`, `or` and `unless`, which live on it. */
function selectedIn(expression: string): string[] {
  const { selectors } = readExpression(expression);
  const names: string[] = [];
  let at = 0;
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const metric = selectors[at]?.metric;
      at += 1;
      if (metric !== undefined && !mayLack(node, expression)) names.push(metric);
    },
  });
  return names;
}

function mayLack(node: SyntaxNode, expression: string): boolean {
  for (let above = node.parent; above !== null; above = above.parent) {
    if (above.name === 'BinaryExpr' && (above.getChild('Or') ?? above.getChild('Unless')) !== null) return true;
    if (above.name === 'FunctionCall' && /^absent/.test(expression.slice(above.from, above.to))) return true;
  }
  return false;
}
