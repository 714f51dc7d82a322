import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basename, matchesGlob } from 'node:path/posix';
import type { Block } from '../../model/block.ts';
import type { CheckContext } from '../../model/checker.ts';

/** Where the rules lie that the course's own stack runs. */
export const STACK_RULES = 'snippets/stack/rules';

/** A rule file that a test names, as a reader would have it beside the test. */
export interface NamedRules {
  readonly name: string;
  readonly text: string;
}

/** The files that an entry of `rule_files` means, by file name: those of the test's own page, else of the stack, else of other pages. Folders are the reader's own. */
export function findRules(pattern: string, block: Block, context: CheckContext): readonly NamedRules[] {
  const wanted = basename(pattern);
  return allRules(block, context).map((group) => group.filter(({ name }) => matchesGlob(name, wanted))).find((group) => group.length > 0) ?? [];
}

/** Names of all files that a test of this block could name. */
export function ruleFileNames(block: Block, context: CheckContext): string[] {
  return allRules(block, context).flat().map(({ name }) => name);
}

function allRules(block: Block, context: CheckContext): readonly (readonly NamedRules[])[] {
  const isHere = (other: Block): boolean => other.page === block.page;
  const titled = context.allBlocks.filter((other) => /\.rules\.ya?ml$/.test(other.title ?? '') && !other.attributes.has('rejects'));
  const toRules = (other: Block): NamedRules => ({ name: basename(other.title ?? ''), text: other.text });
  const folder = join(context.root, STACK_RULES);
  const stack = existsSync(folder) ? readdirSync(folder).filter((name) => /\.rules\.ya?ml$/.test(name)).sort() : [];
  return [
    titled.filter(isHere).map(toRules),
    stack.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
    titled.filter((other) => !isHere(other)).map(toRules),
  ];
}
