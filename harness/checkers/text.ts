import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { isRun } from './support/attributes.ts';
import { wholeBlock } from './support/ranges.ts';

const rules = {
  empty: { level: 'error', summary: 'The block has no text.' },
  'output-of-nothing': { level: 'error', summary: 'An `output` block does not follow a block that is executed.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;

const LANGUAGES = ['text', 'txt', 'plain', 'output'] as const;
/** Blocks of these are never executed. */
const NEVER_RUN: ReadonlySet<string> = new Set([...LANGUAGES, 'json', 'jsonc', 'jsonl', 'ndjson', 'mermaid']);

/** Plain text, and `output`: what the author pins of the answer of the block above. */
export const text = defineChecker({
  name: 'text',
  languages: LANGUAGES,
  attributes: [],
  rules,
  check: async (blocks, context) => blocks.flatMap((block) => checkBlock(block, context)),
});

function checkBlock(block: Block, context: CheckContext): Finding<RuleName>[] {
  const range = wholeBlock(block);
  if (block.text.trim() === '') return [{ block, rule: 'empty', range, message: 'Found an empty block, expected text. Write it, or remove the fence.' }];
  if (block.language !== 'output') return [];
  const before = context.allBlocks.find((other) => other.page === block.page && other.ordinal === block.ordinal - 1);
  if (before !== undefined && isRun(before) && !NEVER_RUN.has(before.language)) return [];
  const what = before === undefined ? 'nothing' : `${/^[aeiou]/.test(before.language) ? 'an' : 'a'} \`${before.language}\` block that is not executed`;
  return [{ block, rule: 'output-of-nothing', range, message: `Found an \`output\` block after ${what}, expected one that is executed: there is no answer to compare it with. Move it below its block, or tag it \`text\`.` }];
}
