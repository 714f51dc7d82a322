import { parseDocument } from 'yaml';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import { explainYamlErrors } from '../rule-file/yaml-error.ts';
import { judgeComponents } from './collector-config/judge.ts';
import { validateCollector } from './collector-config/validate.ts';
import { configRules } from './support/config-tool.ts';

const rules = {
  ...configRules,
  'unknown-component': { level: 'error', summary: 'A component is defined that the Collector does not have.' },
  'undefined-component': { level: 'error', summary: 'A pipeline or the service names a component that the file does not define.' },
  'unused-component': { level: 'warning', summary: 'A component is defined, and nothing uses it.' },
  'limiter-not-first': { level: 'warning', summary: 'The memory limiter stands behind another processor, which has then already taken the memory.' },
} as const;
/** `${env:NAME}` without a default, `${file:…}`. */
const ELSEWHERE = /\$\{(?:env:)?\w+\}|\$\{(?!env:)\w+:/;
type Found = Finding<keyof typeof rules>;

/** The OpenTelemetry Collector's configuration: our own reading names every unknown and undefined component at once, then the Collector judges. Executed by the backend of the same name. */
export const collectorConfig = defineChecker({
  name: 'collector-config',
  languages: ['yaml', 'yml'],
  titles: ['otel-collector*.yaml', 'otel-collector*.yml', 'otelcol*.yaml', 'otelcol*.yml', 'collector.yaml', 'collector.yml', '*.collector.yaml', '*.collector.yml'],
  attributes: ['expect'],
  backend: 'collector-config',
  rules,
  checkedOnly: ({ text }) => (ELSEWHERE.test(text) ? 'it reads variables or files that only its server has' : undefined),
  check: async (blocks, context, signal) => (await Promise.all(blocks.map((block) => checkBlock(block, context, signal)))).flat(),
});

async function checkBlock(block: Block, context: CheckContext, signal: AbortSignal): Promise<Found[]> {
  const document = parseDocument(block.text, { prettyErrors: false });
  if (document.errors.length > 0) return [{ block, rule: 'syntax-error', ...explainYamlErrors(block.text, document.errors) }];
  const own = judgeComponents(document).map((mistake): Found => ({ block, ...mistake }));
  // The Collector stops at the first of these, and at which one differs from run to run.
  if (own.some(({ rule }) => rules[rule].level === 'error')) return own;
  // What such a value is, only its server knows.
  const otelcol = ELSEWHERE.test(block.text) ? undefined : await context.tool('otelcol');
  const refused = otelcol === undefined ? [] : await validateCollector({ otelcol, text: block.text, document }, signal);
  return [...own, ...refused.map((refusal): Found => ({ block, rule: 'refused', ...refusal }))];
}
