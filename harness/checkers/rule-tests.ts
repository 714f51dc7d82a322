import { parseDocument } from 'yaml';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import { keyRange } from './compose/positions.ts';
import { explainFailure } from './rule-tests/explain.ts';
import { testRules, type Outcome } from './rule-tests/promtool.ts';
import { readTestFile, type RuleTestFile } from './rule-tests/read-tests.ts';
import { findRules, ruleFileNames, STACK_RULES, type NamedRules } from './rule-tests/rule-files.ts';
import { findVacuous } from './rule-tests/vacuous.ts';
import { explainRefusal, placeRefusal } from './support/config-tool.ts';
import { hintAt } from './support/suggest.ts';
import { findYamlMistake } from './support/yaml-value.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'missing-rules': { level: 'error', summary: 'A test names a rule file that is nowhere: promtool only warns, and tests nothing.' },
  'asserts-nothing': { level: 'error', summary: 'A test says nothing of what must come out.' },
  'unknown-alert': { level: 'error', summary: 'A test asks about an alert that none of its rule files defines.' },
  'unknown-series': { level: 'error', summary: 'A test asks about series that it never loads.' },
  'refused': { level: 'error', summary: 'promtool cannot read the test.' },
  'failed': { level: 'error', summary: 'A test fails.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** Keys of its files, for "did you mean". */
export const TEST_KEYS = [
  'rule_files', 'evaluation_interval', 'group_eval_order', 'tests', 'fuzzy_compare', 'start_timestamp', 'interval', 'input_series', 'name', 'alert_rule_test', 'promql_expr_test', 'external_labels', 'external_url',
  'series', 'values', 'eval_time', 'alertname', 'exp_alerts', 'exp_labels', 'exp_annotations', 'expr', 'exp_samples', 'labels', 'value', 'histogram',
];

interface Readied {
  readonly block: Block;
  readonly file: RuleTestFile;
  readonly rules: readonly NamedRules[];
  readonly found: readonly Found[];
}

/** Unit tests of rules (`promtool test rules`), on the rule files of the page or of the stack. What promtool says is asked once for all. */
export const ruleTests = defineChecker({
  name: 'rule-tests',
  languages: ['yaml', 'yml'],
  titles: ['*.rules.test.yml', '*.rules.test.yaml'],
  attributes: [],
  rules,
  async check(blocks, context, signal) {
    const read = blocks.map((block) => readBlock(block, context));
    const sound = read.filter(({ found }) => found.length === 0);
    const promtool = sound.length === 0 ? undefined : await context.tool('promtool');
    const given = sound.map(({ block, file, rules: named }) => ({ text: withBareNames(block.text, file), rules: named }));
    const outcomes = promtool === undefined ? [] : await testRules(promtool, given, signal);
    const told = outcomes.flatMap((outcome, index) => {
      const one = sound[index];
      return one === undefined ? [] : explain(one, outcome).map((found) => ({ block: one.block, ...found }));
    });
    return [...read.flatMap(({ block, found }) => found.map((one) => ({ block, ...one }))), ...told];
  },
});

function readBlock(block: Block, context: CheckContext): Readied {
  const document = parseDocument(block.text, { prettyErrors: false });
  const none = { ruleFiles: [], tests: [] };
  const mistake = findYamlMistake(block.text, document);
  if (mistake !== undefined) return { block, file: none, rules: [], found: [{ rule: 'syntax-error', ...mistake }] };
  const file = readTestFile(document);
  const named = file.ruleFiles.map(({ path, range }) => ({ path, range, matches: findRules(path, block, context) }));
  const missing = named.filter(({ matches }) => matches.length === 0).map(({ path, range }): Found => {
    const hint = hintAt(path, ruleFileNames(block, context));
    return { rule: 'missing-rules', range, message: `Found the rule file \`${path}\`, and neither this page nor \`${STACK_RULES}/\` has one of that name: promtool would test without it.${hint || ' Write it on this page, with that title.'}` };
  });
  if (missing.length > 0) return { block, file, rules: [], found: missing };
  const all = new Map(named.flatMap(({ matches }) => matches.map((one) => [one.name, one] as const)));
  const parsed = [...all.values()].map(({ text }) => readRuleFile(text));
  const isSound = parsed.every(({ problems }) => problems.length === 0);
  const vacuous: Found[] = file.tests.flatMap((test) => findVacuous(test, isSound ? parsed.flatMap(rulesOf) : undefined));
  const isEmpty = file.tests.length === 0 && document.has('tests');
  const empty: Found[] = isEmpty ? [{ rule: 'asserts-nothing', range: keyRange(document, ['tests']), message: 'Found no test, expected one. Write `- input_series:` and what must come out below `tests:`.' }] : [];
  return { block, file, rules: [...all.values()], found: [...empty, ...vacuous] };
}

/** The same text with each rule file named as it lies beside the test. */
function withBareNames(text: string, { ruleFiles }: RuleTestFile): string {
  return ruleFiles.toReversed().reduce((changed, { path, range }) => `${changed.slice(0, range.offset)}${JSON.stringify(path.slice(path.lastIndexOf('/') + 1))}${changed.slice(range.offset + range.length)}`, text);
}

function explain({ block, file }: Readied, { refusals, failures }: Outcome): Found[] {
  const refused = refusals.map((said): Found => ({ rule: 'refused', range: placeRefusal(block, said), message: explainRefusal('promtool', said, block.text, TEST_KEYS) }));
  const failed = failures.flatMap((told, index) => {
    const test = file.tests[index];
    return test === undefined ? [] : told.map((said) => explainFailure(said, test));
  });
  return [...refused, ...failed];
}
