import type { Document } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { readExpression } from '../../rule-file/expression.ts';
import { keyRange, valueRange, type Path } from '../compose/positions.ts';

/** One thing that a test asserts, at the place of its name or query. */
export interface Assertion {
  readonly kind: 'alert' | 'expression';
  /** The alert's name, or the query. */
  readonly subject: string;
  /** As written: `5m`. */
  readonly evalTime: string;
  readonly range: TextRange;
}
export interface RuleTest {
  /** Names of the metrics that it loads; undefined where one cannot be told. */
  readonly loaded: ReadonlySet<string> | undefined;
  readonly assertions: readonly Assertion[];
  /** Of its first key. */
  readonly range: TextRange;
  /** Of the key `input_series`; of the test where it has none. */
  readonly seriesRange: TextRange;
}
export interface RuleTestFile {
  readonly ruleFiles: readonly { readonly path: string; readonly range: TextRange }[];
  readonly tests: readonly RuleTest[];
}

/** What a test file says, as far as it has the form of one: what has another is promtool's to refuse. */
export function readTestFile(document: Document): RuleTestFile {
  const value = asRecord(document.toJS());
  const ruleFiles = asList(value['rule_files']).flatMap((path, index) => (typeof path === 'string' ? [{ path, range: valueRange(document, ['rule_files', index]) }] : []));
  return { ruleFiles, tests: asList(value['tests']).map((test, index) => readTest(document, asRecord(test), ['tests', index])) };
}

function readTest(document: Document, test: Record<string, unknown>, path: Path): RuleTest {
  const [first = 'tests'] = Object.keys(test);
  const range = keyRange(document, [...path, first]);
  const names = asList(test['input_series']).map((one) => readExpression(String(asRecord(one)['series'] ?? '')).selectors[0]?.metric);
  const known = names.filter((name) => name !== undefined);
  return {
    loaded: known.length === names.length ? new Set(known) : undefined,
    assertions: [...readAssertions(document, test, path, 'alert'), ...readAssertions(document, test, path, 'expression')],
    range,
    seriesRange: 'input_series' in test ? keyRange(document, [...path, 'input_series']) : range,
  };
}

function readAssertions(document: Document, test: Record<string, unknown>, path: Path, kind: Assertion['kind']): Assertion[] {
  const [list, key] = kind === 'alert' ? ['alert_rule_test', 'alertname'] as const : ['promql_expr_test', 'expr'] as const;
  return asList(test[list]).map((one, index) => ({
    kind,
    subject: String(asRecord(one)[key] ?? ''),
    evalTime: String(asRecord(one)['eval_time'] ?? ''),
    range: valueRange(document, [...path, list, index, key]),
  }));
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asRecord = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {});
