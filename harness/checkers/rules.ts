import type { Block } from '../model/block.ts';
import { defineChecker } from '../model/checker.ts';
import type { CheckContext, Finding } from '../model/checker.ts';
import type { TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import { readAssertions } from '../rule-file/assertions.ts';
import { readExpression } from '../rule-file/expression.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import type { PrometheusRule, RuleFile } from '../rule-file/rule-file.ts';
import { checkClaims } from './rules/claims.ts';
import { checkConventions } from './rules/conventions.ts';
import { checkWithPromtool } from './rules/promtool.ts';
import { hintAt } from './support/suggest.ts';

const TITLE = /\.rules\.ya?ml$/;
// Prometheus itself writes these two for every alerting rule.
const BUILT_IN_METRICS = ['ALERTS', 'ALERTS_FOR_STATE'];

interface ReadBlock {
  readonly block: Block;
  readonly file: RuleFile;
}

/** Alerting and recording rules: blocks whose title is a rule file. Executed by the backend `alerting`. */
export const rules = defineChecker({
  name: 'rules',
  languages: ['yaml', 'yml'],
  titles: ['*.rules.yml', '*.rules.yaml'],
  attributes: ['dataset', 'fires', 'after', 'quiet', 'never', 'control', 'rejects'],
  backend: 'alerting',
  rules: {
    'syntax-error': { level: 'error', summary: 'A rule file is not YAML.' },
    'wrong-structure': { level: 'error', summary: 'A rule file lacks something, or has a key that Prometheus does not know.' },
    'bad-expression': { level: 'error', summary: 'The expression of a rule is not PromQL.' },
    'promtool-refuses': { level: 'error', summary: 'promtool check rules refuses the file.' },
    'unknown-metric': { level: 'error', summary: 'A rule selects a metric that neither its dataset nor a recording rule has.' },
    'bad-severity': { level: 'error', summary: 'An alerting rule has no severity of the course\'s scale.' },
    'no-runbook': { level: 'error', summary: 'An alerting rule has no runbook_url that can be opened.' },
    'unproven-alert': { level: 'error', summary: 'An alerting rule is named neither by fires nor by never.' },
    'unknown-alert': { level: 'error', summary: 'fires or never names an alert that the block does not define.' },
    'bad-attribute': { level: 'error', summary: 'The attributes of a block of rules are malformed or do not pair.' },
    'no-quiet': { level: 'error', summary: 'No dataset without fault shows that an alert stays quiet.' },
    'no-near-miss': { level: 'error', summary: 'No variants just above and just below prove an alert\'s threshold.' },
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

type RulesFinding = Finding<
  | 'syntax-error' | 'wrong-structure' | 'bad-expression' | 'unknown-metric' | 'promtool-refuses'
  | 'bad-severity' | 'no-runbook' | 'unproven-alert' | 'unknown-alert' | 'bad-attribute' | 'no-quiet' | 'no-near-miss'
>;
const TEXT_RULES: ReadonlySet<string> = new Set(['syntax-error', 'wrong-structure', 'bad-expression']);

function checkOne(block: Block, file: RuleFile, context: CheckContext): RulesFinding[] {
  if (file.problems.length > 0) return file.problems.map(({ kind, range, message }) => ({ block, rule: kind, range, message }));
  const mistakes = new Set(readAssertions(block).never.map((claim) => claim.alert));
  const known = knownMetrics(block, file, context);
  const ofRules = rulesOf(file).flatMap((rule): RulesFinding[] => [
    ...checkExpression(rule, known).map((finding) => ({ block, ...finding })),
    ...checkConventions(rule, mistakes.has(rule.name.value)).map((finding) => ({ block, ...finding })),
  ]);
  return [...ofRules, ...checkClaims(block, file).map((finding) => ({ block, ...finding }))];
}

function checkExpression(rule: PrometheusRule, known: ReadonlySet<string> | undefined): { rule: 'bad-expression' | 'unknown-metric'; range: TextRange; message: string }[] {
  const text = rule.expression.value;
  const { selectors, error } = readExpression(text);
  if (error !== undefined) {
    const found = JSON.stringify(text.slice(error.offset, error.offset + error.length).trim() || 'the end of the expression');
    return [{ rule: 'bad-expression', range: rule.expression.locate(error), message: `The expression of ${rule.name.value} is not PromQL: found ${found} where it cannot stand. Check brackets and operators before it.` }];
  }
  return selectors.flatMap(({ metric, range }) => {
    if (known === undefined || metric === undefined || known.has(metric)) return [];
    return [{ rule: 'unknown-metric' as const, range: rule.expression.locate(range), message: `${rule.name.value} selects ${metric}, which neither the dataset nor a recording rule has, so it can never answer.${hintAt(metric, [...known].filter((name) => !BUILT_IN_METRICS.includes(name)))}` }];
  });
}

/** Names that a rule of this block may select; undefined when the block has no dataset to ask. */
function knownMetrics(block: Block, file: RuleFile, context: CheckContext): ReadonlySet<string> | undefined {
  const name = readAssertions(block).datasets[0] ?? context.datasetOf(block);
  if (name === undefined) return undefined;
  const known = new Set(BUILT_IN_METRICS);
  try {
    for (const series of context.dataset(name).series) known.add(series.labels['__name__'] ?? '');
  } catch (error) {
    // An unknown dataset is planning's finding; breakage of ours goes up.
    if (error instanceof HarnessError) throw error;
    return undefined;
  }
  const files = [file, ...context.allBlocks.filter((other) => other !== block && isRuleFile(other) && sameEdition(other, block)).map((other) => readRuleFile(other.text))];
  for (const rule of files.flatMap(rulesOf)) if (rule.kind === 'record') known.add(rule.name.value);
  return known;
}

function isRuleFile(block: Block): boolean {
  return TITLE.test(block.title ?? '') && !block.attributes.has('rejects');
}

function sameEdition(one: Block, other: Block): boolean {
  const editionOf = (page: string): string => /^\d+\.\d+(?=\/)/.exec(page)?.[0] ?? '';
  return editionOf(one.page) === editionOf(other.page);
}
