import type { Block } from '../model/block.ts';
import { defineChecker } from '../model/checker.ts';
import type { CheckContext, Finding } from '../model/checker.ts';
import type { TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import { readAssertions } from '../rule-file/assertions.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import type { PrometheusRule, RuleFile } from '../rule-file/rule-file.ts';
import { alertRules } from './rules/alert-rules.ts';
import { checkClaims } from './rules/claims.ts';
import { checkConventions } from './rules/conventions.ts';
import { checkWithPromtool } from './rules/promtool.ts';
import { parser } from '@prometheus-io/lezer-promql';
import { indexDataset, withRecordings, type MetricIndex } from './support/metric-index.ts';
import { findLints } from './support/promql-lints.ts';
import { findNameMistakes } from './support/promql-names.ts';
import { readSelectors } from './support/promql-selectors.ts';
import { findPromqlMistake } from './support/promql-syntax.ts';

const TITLE = /\.rules\.ya?ml$/;
// Prometheus itself writes these two for every alerting rule.
const BUILT_IN_METRICS = /^ALERTS(?:_FOR_STATE)?$/;

interface ReadBlock {
  readonly block: Block;
  readonly file: RuleFile;
}

/** Alerting and recording rules: blocks whose title is a rule file. Executed by the backend `alerting`. */
export const rules = defineChecker({
  name: 'rules',
  languages: ['yaml', 'yml'],
  titles: ['*.rules.yml', '*.rules.yaml'],
  attributes: ['dataset', 'fires', 'after', 'quiet', 'never', 'control', 'expect', 'rejects'],
  backend: 'alerting',
  rules: {
    'syntax-error': { level: 'error', summary: 'A rule file is not YAML.' },
    'wrong-structure': { level: 'error', summary: 'A rule file lacks something, or has a key that Prometheus does not know.' },
    'bad-expression': { level: 'error', summary: 'The expression of a rule is not PromQL.' },
    'promtool-refuses': { level: 'error', summary: 'promtool check rules refuses the file.' },
    'unknown-metric': { level: 'error', summary: 'A rule selects a metric that neither its dataset nor a recording rule has.' },
    'unknown-label': { level: 'error', summary: 'A rule names a label that its series do not have.' },
    'unknown-label-value': { level: 'error', summary: 'A rule compares a label with a value that no series has.' },
    'type-error': { level: 'error', summary: 'A range stands where an instant vector belongs, or the other way round.' },
    'rate-of-gauge': { level: 'error', summary: 'A function for counters is applied to a gauge.' },
    'short-range': { level: 'error', summary: 'A range is too short to hold the two samples that its function needs.' },
    'quantile-without-le': { level: 'error', summary: 'The buckets reach histogram_quantile() without their `le` label.' },
    ...alertRules,
  },
  async check(blocks, context, signal) {
    // What the real tool must refuse (`rejects`) is judged by the tool, when run.
    const read: ReadBlock[] = blocks.filter((block) => !block.attributes.has('rejects')).map((block) => ({ block, file: readRuleFile(block.text) }));
    const findings: RulesFinding[] = read.flatMap(({ block, file }) => checkOne(block, file, context));
    const broken = new Set(findings.filter((finding) => TEXT_RULES.has(finding.rule)).map((finding) => finding.block));
    const promtool = await context.tool('promtool');
    if (promtool === undefined) return findings;
    // promtool repeats in its own words what the checks above said already, so it gets only what they let through.
    const clean = read.filter(({ block }) => !broken.has(block));
    const complaints = await checkWithPromtool(promtool, clean.map(({ block, file }) => ({ text: block.text, file })), signal);
    return [...findings, ...complaints.flatMap(({ index, range, message }) => {
      const block = clean[index]?.block;
      return block === undefined ? [] : [{ block, rule: 'promtool-refuses' as const, range, message }];
    })];
  },
});

type ExpressionRule = 'bad-expression' | 'unknown-metric' | 'unknown-label' | 'unknown-label-value' | 'type-error' | 'rate-of-gauge' | 'short-range' | 'quantile-without-le';
type RulesFinding = Finding<
  | ExpressionRule | 'syntax-error' | 'wrong-structure' | 'promtool-refuses'
  | 'bad-severity' | 'no-runbook' | 'unproven-alert' | 'unknown-alert' | 'bad-attribute' | 'no-quiet' | 'no-near-miss'
>;
const TEXT_RULES: ReadonlySet<string> = new Set(['syntax-error', 'wrong-structure', 'bad-expression', 'type-error']);

function checkOne(block: Block, file: RuleFile, context: CheckContext): RulesFinding[] {
  if (file.problems.length > 0) return file.problems.map(({ kind, range, message }) => ({ block, rule: kind, range, message }));
  const mistakes = new Set(readAssertions(block).never.map((claim) => claim.alert));
  const index = indexOf(block, context);
  const ofRules = rulesOf(file).flatMap((rule): RulesFinding[] => [
    ...checkExpression(rule, index, mistakes.has(rule.name.value)).map((finding) => ({ block, ...finding })),
    // What an incident says of a rule is no recommendation of it.
    ...checkConventions(rule, block.expectation !== undefined || mistakes.has(rule.name.value)).map((finding) => ({ block, ...finding })),
  ]);
  return [...ofRules, ...checkClaims(block, file, { root: context.root, dataset: context.datasetOf(block) }).filter(({ rule }) => !(index === 'unknown' && (rule === 'no-near-miss' || rule === 'no-quiet'))).map((finding) => ({ block, ...finding }))];
}

/**
 * The same checks as a query of its own has. A rule shown as a mistake is quiet on the dataset and fires on another, so
 * what it compares labels with may be there only.
 */
function checkExpression(rule: PrometheusRule, index: MetricIndex | 'unknown' | undefined, isMistake: boolean): { rule: ExpressionRule; range: TextRange; message: string }[] {
  const text = rule.expression.value;
  const say = (name: ExpressionRule, range: TextRange, message: string) => ({ rule: name, range: rule.expression.locate(range), message: `${rule.name.value}: ${message}` });
  const mistake = findPromqlMistake(text);
  if (mistake !== undefined) return [say('bad-expression', mistake.range, mistake.message)];
  const root = parser.parse(text).topNode;
  const selectors = readSelectors(root, text);
  const known = index === 'unknown' ? undefined : index;
  const names = known === undefined ? [] : findNameMistakes(root, text, selectors, known);
  return [...findLints(root, text, selectors, known), ...names].flatMap(({ rule: name, range, message }) =>
    (name === 'syntax-error' || (isMistake && name === 'unknown-label-value') ? [] : [say(name, range, message)]));
}

/** What a rule of this block may select; undefined when it has no dataset to ask, `unknown` when that does not exist. */
function indexOf(block: Block, context: CheckContext): MetricIndex | 'unknown' | undefined {
  const name = readAssertions(block).datasets[0] ?? context.datasetOf(block);
  if (name === undefined) return undefined;
  try {
    const recording = context.allBlocks.filter(isRuleFile);
    return { ...withRecordings(indexDataset(context.dataset(name)), recording), alsoNamed: BUILT_IN_METRICS };
  } catch (error) {
    // An unknown dataset is planning's finding; breakage of ours goes up.
    if (error instanceof HarnessError) throw error;
    return 'unknown';
  }
}

function isRuleFile(block: Block): boolean {
  return TITLE.test(block.title ?? '') && !block.attributes.has('rejects');
}
