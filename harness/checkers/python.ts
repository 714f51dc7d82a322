import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { adviseOnPython } from './python/advice.ts';
import { typeCheck } from './python/pyright.ts';
import type { PythonFinding, PythonText } from './python/pyright.ts';
import { lint, SYNTAX } from './python/ruff.ts';
import { attributeText } from './support/attributes.ts';
import { judgeTexts } from './support/shared-text.ts';
import { wholeBlock } from './support/ranges.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The code is not Python.' },
  'type-error': { level: 'error', summary: 'The code does not type-check.' },
  'import-missing': { level: 'error', summary: 'The code imports what the sandbox does not have.' },
  'forgotten-await': { level: 'error', summary: 'A coroutine is made and never awaited.' },
  'lint': { level: 'error', summary: 'The code runs, and does not do what it seems to.' },
  'not-rejected': { level: 'error', summary: 'Nothing rejects what the author says is rejected, or it is rejected for another reason.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;

const RULE_OF: Readonly<Record<string, RuleName>> = {
  [SYNTAX]: 'syntax-error', reportMissingImports: 'import-missing', reportMissingModuleSource: 'import-missing', reportUnusedCoroutine: 'forgotten-await',
};

/** Python: every block of the run in one process of pyright, against the packages of the sandbox; and ruff. `file=` blocks at their real path. */
export const python = defineChecker({
  name: 'python',
  languages: ['python', 'py'],
  attributes: ['scrapes', 'rejects', 'expect', 'exit'],
  rules,
  backend: 'sandbox',
  async check(blocks, context, signal) {
    if (blocks.length === 0) return [];
    const packages = await context.tool('python-packages');
    return judgeTexts(blocks, pathOf, (texts) => examine(texts, context, packages, signal), (block, found) => judge(block, found, packages !== undefined));
  },
});

/** Where a block's text stands for the type checker. */
function pathOf(block: Block): string {
  return block.source ?? `pages/${block.page}/${block.name ?? block.ordinal}.py`;
}

/** A text that does not parse is judged by ruff alone: what pyright says of its remains helps nobody. */
async function examine(texts: readonly PythonText[], context: CheckContext, packages: string | undefined, signal: AbortSignal): Promise<PythonFinding[]> {
  const linted = lint(texts);
  const broken = new Set(linted.filter(({ code }) => code === SYNTAX).map(({ path }) => path));
  const sound = texts.filter(({ path }) => !broken.has(path));
  return [...linted, ...await typeCheck(sound, readModules(context.root), packages, signal)];
}

/** The files under `snippets/` that blocks may import. */
function readModules(root: string): PythonText[] {
  return readdirSync(join(root, 'snippets'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.py'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

/** @param complete whether the packages were there: without them less is found, so nothing is said to be missing */
function judge(block: Block, found: readonly PythonFinding[], complete: boolean): Finding<RuleName>[] {
  const expected = attributeText(block, 'rejects')?.split(',').map((code) => code.trim()) ?? [];
  const missing = expected.filter((code) => complete && !found.some((each) => each.code === code));
  return [
    ...missing.map((code): Finding<RuleName> => ({ block, rule: 'not-rejected', range: wholeBlock(block), message: describeMissing(code, found), attribute: 'rejects' })),
    ...found.filter((each) => !expected.includes(each.code)).map((each): Finding<RuleName> => ({
      block,
      rule: RULE_OF[each.code] ?? (each.tool === 'ruff' ? 'lint' : 'type-error'),
      range: { offset: each.offset, length: each.length },
      message: `${each.code === SYNTAX ? '' : `${each.code}: `}${each.message.replace(/\.?$/, '.')} ${adviseOnPython(each)}`,
    })),
  ];
}

function describeMissing(code: string, found: readonly PythonFinding[]): string {
  const heard = [...new Set(found.map((each) => each.code))].join(', ') || 'no error';
  if (!/^(report\w+|[A-Z]+\d+)$/.test(code)) return `Found rejects=${code}, expected a rule of pyright such as reportCallIssue, or of ruff such as B006. Said here: ${heard}.`;
  return `Found ${heard}, expected ${code}: this is no longer rejected as the page says. Correct the code, or rejects=.`;
}
