import { defineChecker, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { attributeText } from './support/attributes.ts';
import { adviseOnCompiler } from './support/compiler-advice.ts';
import { BLOCKS_FOLDER, compile, type CompilerFinding } from './support/native-compiler.ts';
import { wholeBlock } from './support/ranges.ts';
import { judgeTexts } from './support/shared-text.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The code is not TypeScript.' },
  'type-error': { level: 'error', summary: 'The code does not type-check under `strict`.' },
  'forgotten-await': { level: 'error', summary: 'A promise is neither awaited nor marked as not awaited on purpose.' },
  'not-rejected': { level: 'error', summary: 'The compiler accepts what the author says it rejects, or rejects it for another reason.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;

const RULE_OF: Readonly<Record<CompilerFinding['kind'], RuleName>> = { syntax: 'syntax-error', type: 'type-error', 'forgotten-await': 'forgotten-await' };

/** TypeScript: every block of the run in one strict program, each a module of its own; `file=` blocks at their real path. */
export const typescript = defineChecker({
  name: 'typescript',
  languages: ['ts', 'typescript'],
  attributes: ['scrapes', 'rejects', 'expect', 'exit'],
  rules,
  backend: 'sandbox',
  check: (blocks, context, signal) => judgeTexts(blocks, pathOf, (texts) => compile(texts, context.root, signal), judge),
});

/** Where a block's text stands for the compiler. */
function pathOf(block: Block): string {
  return block.source ?? `${BLOCKS_FOLDER}/${block.page}/${block.name ?? block.ordinal}.ts`;
}

function judge(block: Block, found: readonly CompilerFinding[]): Finding<RuleName>[] {
  const expected = attributeText(block, 'rejects')?.split(',').map((code) => code.trim()) ?? [];
  const missing = expected.filter((code) => !found.some((each) => each.code === code));
  return [
    ...missing.map((code): Finding<RuleName> => ({ block, rule: 'not-rejected', range: wholeBlock(block), message: describeMissing(code, found), attribute: 'rejects' })),
    ...found.filter((each) => !expected.includes(each.code)).map((each): Finding<RuleName> => ({
      block,
      rule: RULE_OF[each.kind],
      range: { offset: each.offset, length: each.length },
      message: each.code === '' ? each.message : `${each.code}: ${each.message}${explain(each)}`,
    })),
  ];
}

/** What the compiler's words leave open about this course. */
function explain({ code, message, kind }: CompilerFinding): string {
  if (code === 'TS1294') return ' Node only removes types and compiles nothing: write a union of texts, or a constant object `as const`.';
  if (code === 'TS2307') return /'\.{1,2}\//.test(message) ? ' Correct the path.' : ' Only packages of this repository can be imported: correct the name, or do without.';
  if (code === 'TS2834' || code === 'TS2835') return ' Write the path with its ending, `.ts`.';
  if (code === 'TS1308') return ' Make the function `async`, and await its calls.';
  if (code === 'TS2552') return ' Else import or declare it in this block: each is a module of its own and sees no names of others.';
  if (kind === 'syntax') return ' Correct it here or directly before: nothing of the block can be run.';
  return /Did you mean/.test(message) ? '' : ` ${adviseOnCompiler(code, message) ?? 'Correct it.'} If the mistake is the point, say rejects=${code}.`;
}

function describeMissing(code: string, found: readonly CompilerFinding[]): string {
  const codes = [...new Set(found.flatMap((each) => (each.code === '' ? [] : [each.code])))];
  const heard = codes.length === 0 ? 'no error' : codes.join(', ');
  if (!/^TS\d+$/.test(code)) return `Found rejects=${code}, expected a code of the compiler such as TS2322. It says here: ${heard}.`;
  return `Found ${heard}, expected ${code}: the compiler no longer rejects this as the page says. Correct the code, or rejects=.`;
}
