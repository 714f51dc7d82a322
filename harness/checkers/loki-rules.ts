import { parser } from '@grafana/lezer-logql';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import { HarnessError } from '../model/verdict.ts';
import { readAssertions } from '../rule-file/assertions.ts';
import { readRuleFile, rulesOf, type PrometheusRule, type RuleFile } from '../rule-file/rule-file.ts';
import { alertRules } from './rules/alert-rules.ts';
import { checkClaims } from './rules/claims.ts';
import { checkConventions } from './rules/conventions.ts';
import { indexLogs, type FieldIndex } from './support/field-index.ts';
import { findLogqlMistakes, findOpenSelectors, findTypeMistakes } from './support/logql-names.ts';
import { findLogqlMistake } from './support/logql-syntax.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'A rule file is not YAML.' },
  'wrong-structure': { level: 'error', summary: 'A rule file lacks something, or has a key that the ruler does not know.' },
  'bad-expression': { level: 'error', summary: 'The expression of a rule is not LogQL, or answers with lines instead of numbers.' },
  'not-in-dataset': { level: 'error', summary: 'A rule names a label, a field or a value that no line of its dataset has.' },
  ...alertRules,
} as const;
type Found = Finding<keyof typeof rules>;

/** Rules for Loki's ruler: a rule file whose expressions are LogQL. Executed by the backend of the same name. */
export const lokiRules = defineChecker({
  name: 'loki-rules',
  languages: ['yaml', 'yml'],
  titles: ['*.loki.yml', '*.loki.yaml', '*.loki-rules.yml', '*.loki-rules.yaml'],
  attributes: ['dataset', 'fires', 'after', 'quiet', 'never', 'control'],
  backend: 'loki-rules',
  rules,
  check: async (blocks, context) => blocks.flatMap((block) => checkBlock(block, readRuleFile(block.text), context)),
});

function checkBlock(block: Block, file: RuleFile, context: CheckContext): Found[] {
  if (file.problems.length > 0) return file.problems.map(({ kind, range, message }) => ({ block, rule: kind, range, message }));
  const mistakes = new Set(readAssertions(block).never.map(({ alert }) => alert));
  const index = indexOf(block, context);
  const ofRules = rulesOf(file).flatMap((rule): Found[] => [
    ...checkExpression(rule, index, mistakes.has(rule.name.value)).map((found) => ({ block, ...found })),
    ...checkConventions(rule, mistakes.has(rule.name.value)).map((found) => ({ block, ...found })),
  ]);
  return [...ofRules, ...checkClaims(block, file, { root: context.root, dataset: context.datasetOf(block) }).map((found) => ({ block, ...found }))];
}

/** The same checks as a query of its own has; and a rule needs numbers, where a query may answer with lines. What a rule that is shown as a mistake compares with may be on its control only. */
function checkExpression(rule: PrometheusRule, index: FieldIndex | undefined, isMistake: boolean): Pick<Found, 'rule' | 'range' | 'message'>[] {
  const text = rule.expression.value;
  const say = (name: 'bad-expression' | 'not-in-dataset', range: Found['range'], message: string) => ({ rule: name, range: rule.expression.locate(range), message: `${rule.name.value}: ${message}` });
  const mistake = findLogqlMistake(text);
  if (mistake !== undefined) return [say('bad-expression', mistake.range, mistake.message)];
  const root = parser.parse(text).topNode;
  const wrong = [...findOpenSelectors(root, text), ...findTypeMistakes(root, text)];
  if (wrong.length > 0) return wrong.map(({ range, message }) => say('bad-expression', range, message));
  if (root.getChild('Expr')?.getChild('LogExpr')) {
    return [say('bad-expression', { offset: 0, length: text.length }, 'Found a query that answers with lines, expected one that answers with numbers: a rule compares. Count them, e.g. `sum by (service) (count_over_time(… [5m])) > 0`.')];
  }
  return index === undefined ? [] : findLogqlMistakes(root, text, index).filter((one) => !(isMistake && one.rule.endsWith('-value'))).map(({ range, message }) => say('not-in-dataset', range, message));
}

/** The lines that a rule of this block reads; undefined without a dataset, or with one that there is not: that is planning's finding. */
function indexOf(block: Block, context: CheckContext): FieldIndex | undefined {
  const name = readAssertions(block).datasets[0] ?? context.datasetOf(block);
  if (name === undefined) return undefined;
  try {
    return indexLogs(context.dataset(name));
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    return undefined;
  }
}
