import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { matchHunks, type Misfit } from './diff/match-hunks.ts';
import { readDiff, type Diff, type DiffLine } from './diff/read-diff.ts';
import { attributeText } from './support/attributes.ts';
import { wholeBlock } from './support/ranges.ts';
import { hintAt } from './support/suggest.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The block is no diff.' },
  'changes-nothing': { level: 'error', summary: 'A diff neither adds nor removes a line.' },
  'no-target': { level: 'warning', summary: 'A diff does not say what it changes, so nothing notices when that has moved on.' },
  'unknown-target': { level: 'error', summary: '`of=` names neither a block of the page nor a file under snippets/.' },
  'does-not-apply': { level: 'error', summary: 'Lines that the diff keeps or removes are not in what it changes.' },
  'wrong-line-number': { level: 'error', summary: 'A hunk stands at another line than its header says.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** Changes, held against what they change: `of=` names a block of the page (its name or its title) or a file under `snippets/`. */
export const diff = defineChecker({
  name: 'diff',
  languages: ['diff'],
  attributes: ['of'],
  rules,
  check: async (blocks, context) => blocks.flatMap((block) => checkBlock(block, context).map((found) => ({ block, ...found }))),
});

function checkBlock(block: Block, context: CheckContext): Found[] {
  const range = wholeBlock(block);
  if (block.text.trim() === '') return [{ rule: 'syntax-error', range, message: 'Found an empty block, expected a diff. Write it, or remove the fence.' }];
  const read = readDiff(block.text);
  // One line without its mark makes those around it look wrong, too.
  const [problem] = read.problems;
  if (problem !== undefined) return [{ rule: 'syntax-error', ...problem }];
  const changed = read.hunks.some(({ lines }) => lines.some(({ kind }) => kind !== 'context'));
  if (!changed) return [{ rule: 'changes-nothing', range, message: 'Found no line that begins with `+` or `-`, expected one. Mark what changes, or tag the block by its language.' }];
  return checkAgainstTarget(block, read, context);
}

function checkAgainstTarget(block: Block, read: Diff, context: CheckContext): Found[] {
  const range = wholeBlock(block);
  const of = attributeText(block, 'of');
  if (of === undefined) return [{ rule: 'no-target', range, message: 'Found a diff without `of=`, expected one that says what it changes, so that it fails when that changes. Add `of=` with the name or title of a block of this page, or with a path under `snippets/`.' }];
  if (read.files.length > 1) return [{ rule: 'syntax-error', range, message: `Found changes of ${read.files.length} files, expected those of one, since \`of=\` names one. Write a block for each.` }];
  const target = findTarget(block, of, context);
  if (target === undefined) return [{ rule: 'unknown-target', range, attribute: 'of', message: describeUnknown(block, of, context) }];
  return matchHunks(read.hunks, target.text).map((misfit) => describeMisfit(misfit, target.words));
}

interface Target {
  readonly text: string;
  /** `the block "pool"`. */
  readonly words: string;
}

/** The nearest block above it by name or title, else the first below, else a file. */
function findTarget(block: Block, of: string, { root, allBlocks }: CheckContext): Target | undefined {
  const named = candidates(block, allBlocks).filter(({ name, title }) => name === of || title === of);
  const target = named.findLast(({ ordinal }) => ordinal < block.ordinal) ?? named[0];
  if (target !== undefined) return { text: target.text, words: `the block "${of}"` };
  const text = readSnippet(root, of);
  return text === undefined ? undefined : { text, words: `snippets/${of}` };
}

function candidates(block: Block, all: readonly Block[]): Block[] {
  return all.filter((other) => other.page === block.page && other.ordinal !== block.ordinal && other.language !== 'diff');
}

/** Text of a file that lies under `snippets/`, also after links are followed. */
function readSnippet(root: string, path: string): string | undefined {
  const file = join(root, 'snippets', path);
  if (!existsSync(file)) return undefined;
  const isInside = realpathSync(file).startsWith(realpathSync(join(root, 'snippets')) + sep);
  try {
    return isInside ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined;
  } catch {
    // A folder.
    return undefined;
  }
}

function describeUnknown(block: Block, of: string, { allBlocks }: CheckContext): string {
  const known = candidates(block, allBlocks).flatMap(({ name, title }) => [name, title]).filter((name) => name !== undefined);
  return `Found \`of=${of}\`, expected the name or title of a block of this page, or a path under \`snippets/\` such as \`technow/checkout.ts\`.${hintAt(of, known) || ' Correct it.'}`;
}

function describeMisfit({ hunk, line, instead, isApplied, foundAt }: Misfit, target: string): Found {
  const range = line?.range ?? hunk.header?.range ?? hunk.lines[0]?.range ?? { offset: 0, length: 0 };
  if (foundAt !== undefined) return { rule: 'wrong-line-number', range, message: `This hunk says that it begins at line ${hunk.header?.oldStart}, and in ${target} its lines begin at ${foundAt}. Write \`-${foundAt},${hunk.header?.oldLines}\`. Or leave all numbers out: \`@@\` alone parts hunks, too.` };
  const done = isApplied ? ` The lines as they are after the change are there: has it been made already?` : '';
  const next = done === '' ? ` Write here what ${target} says, or change that.` : ' Take the change out of it, or change the diff.';
  return { rule: 'does-not-apply', range, message: `${describeLine(line)}, but ${describePlace(line, instead, target)}.${done}${next}` };
}

function describeLine(line: DiffLine | undefined): string {
  return `This diff ${line?.kind === 'removed' ? 'removes' : 'keeps'} \`${line?.text.trim() ?? ''}\``;
}

function describePlace(line: DiffLine | undefined, instead: string | undefined, target: string): string {
  if (instead === undefined) return `${target} has no such line there`;
  if (instead.trim() === line?.text.trim()) return `${target} has it with another indentation`;
  return instead.trim() === '' ? `in ${target} an empty line comes here` : `in ${target} \`${instead.trim()}\` comes here`;
}
