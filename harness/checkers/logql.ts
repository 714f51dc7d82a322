import { parser } from '@grafana/lezer-logql';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { indexLogs } from './support/field-index.ts';
import { findLogqlMistakes, findOpenSelectors, findTypeMistakes } from './support/logql-names.ts';
import { findLogqlMistake } from './support/logql-syntax.ts';
import { findWorld } from './support/world.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The query is not LogQL.' },
  'type-error': { level: 'error', summary: 'Log lines stand where numbers belong.' },
  'matches-everything': { level: 'error', summary: 'A selector has no matcher that Loki accepts as selective.' },
  'unknown-label': { level: 'error', summary: 'A selector names a label that no stream has.' },
  'unknown-label-value': { level: 'error', summary: 'A selector compares a label with a value that no stream has.' },
  'unknown-field': { level: 'error', summary: 'A stage reads a field that the lines do not have, or that nothing has read out of them yet.' },
  'unknown-field-value': { level: 'error', summary: 'A field is compared with a value that no line has.' },
  'anchored-regex': { level: 'error', summary: 'A regular expression matches nothing because it is anchored at both ends.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;
/** Marked `empty`, a query may ask for what is not there. */
const ALLOWED_WHEN_EMPTY: ReadonlySet<RuleName> = new Set<RuleName>(['unknown-label', 'unknown-label-value', 'unknown-field', 'unknown-field-value', 'anchored-regex']);

/** LogQL: parsed, and stream labels, fields and values looked up in the dataset's lines. */
export const logql = defineChecker({
  name: 'logql',
  languages: ['logql'],
  attributes: ['dataset', 'expect', 'at', 'range', 'step', 'empty', 'alone', 'continues', 'control', 'rejects'],
  rules,
  backend: 'loki',
  check: async (blocks, context) => blocks.flatMap((block) => checkBlock(block, context)),
});

function checkBlock(block: Block, context: CheckContext): Finding<RuleName>[] {
  // The real Loki decides whether it refuses, and with which words.
  if (block.attributes.has('rejects')) return [];
  const mistake = findLogqlMistake(block.text);
  if (mistake !== undefined) return [{ block, rule: 'syntax-error', ...mistake }];
  const root = parser.parse(block.text).topNode;
  const world = findWorld(block, context);
  const isEmpty = block.attributes.has('empty');
  const found = [
    ...findOpenSelectors(root, block.text),
    ...findTypeMistakes(root, block.text),
    // What a live block logs is known only when it runs.
    ...(world.kind === 'dataset' ? findLogqlMistakes(root, block.text, indexLogs(world.dataset)) : []),
  ];
  return found.filter(({ rule }) => !(isEmpty && ALLOWED_WHEN_EMPTY.has(rule))).map((each) => ({ block, ...each }));
}
