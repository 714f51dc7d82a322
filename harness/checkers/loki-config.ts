import { parseDocument } from 'yaml';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import { explainYamlErrors } from '../rule-file/yaml-error.ts';
import { findLackOfSchema, findLackOfRetention } from './loki-config/judge.ts';
import { verifyLoki } from './loki-config/verify.ts';
import { configRules } from './support/config-tool.ts';

const rules = {
  ...configRules,
  'no-schema': { level: 'error', summary: 'The file has no schema, without which Loki ends with a stack trace.' },
  'retention-off': { level: 'warning', summary: 'A retention period is set, and nothing deletes what is older.' },
} as const;
type Found = Finding<keyof typeof rules>;

/** Loki's own configuration, judged by Loki itself. Executed by the backend of the same name. */
export const lokiConfig = defineChecker({
  name: 'loki-config',
  languages: ['yaml', 'yml'],
  titles: ['loki.yaml', 'loki.yml', 'loki-config.yaml', 'loki-config.yml', '*.loki-config.yaml', '*.loki-config.yml'],
  attributes: ['expect'],
  backend: 'loki-config',
  rules,
  checkedOnly: ({ text }) => (/\$\{\w/.test(text) ? 'it reads variables of an environment that only its server has' : /^target:\s*["']?(?!all\b)\w/m.test(text) ? 'it starts one part of a Loki whose other parts run elsewhere' : undefined),
  check: async (blocks, context, signal) => (await Promise.all(blocks.map((block) => checkBlock(block, context, signal)))).flat(),
});

async function checkBlock(block: Block, context: CheckContext, signal: AbortSignal): Promise<Found[]> {
  const document = parseDocument(block.text, { prettyErrors: false });
  if (document.errors.length > 0) return [{ block, rule: 'syntax-error', ...explainYamlErrors(block.text, document.errors) }];
  const lack = findLackOfSchema(document);
  const loki = await context.tool('loki');
  const refusals = loki === undefined ? [] : await verifyLoki({ loki, text: block.text, document, hasSchema: lack === undefined }, signal);
  const refused = refusals.map((refusal): Found => ({ block, rule: 'refused', ...refusal }));
  if (lack !== undefined) return [{ block, rule: 'no-schema', ...lack }, ...refused];
  const retention = refused.length > 0 ? undefined : findLackOfRetention(document);
  return retention === undefined ? refused : [{ block, rule: 'retention-off', ...retention }];
}
