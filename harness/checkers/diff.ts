import { defineChecker, type CheckContext, type Checker, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { applyHunks } from './diff/apply-hunks.ts';
import { matchHunks, type Misfit } from './diff/match-hunks.ts';
import { readDiff, type Diff, type DiffLine } from './diff/read-diff.ts';
import { checkResults, type Result } from './diff/results.ts';
import { describeUnknown, findTarget } from './diff/target.ts';
import { attributeText } from './support/attributes.ts';
import { wholeBlock } from './support/ranges.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The block is no diff.' },
  'changes-nothing': { level: 'error', summary: 'A diff neither adds nor removes a line.' },
  'no-target': { level: 'warning', summary: 'A diff does not say what it changes, so nothing notices when that has moved on.' },
  'unknown-target': { level: 'error', summary: '`of=` or `into=` names neither a block of the page nor a file under snippets/.' },
  'does-not-apply': { level: 'error', summary: 'Lines that the diff keeps or removes are not in what it changes.' },
  'not-in-result': { level: 'error', summary: 'Lines that the diff keeps or adds are not in what becomes of it.' },
  'wrong-line-number': { level: 'error', summary: 'A hunk stands at another line than its header says.' },
  'breaks-target': { level: 'error', summary: 'After the change, what is changed is wrong in its own language.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;
interface Judged {
  readonly found: readonly Found[];
  /** What it makes of its target, where no block or file says it. */
  readonly result?: Result;
}

/**
 * Changes, held against what they change: `of=` names a block of the page (its name or its title) or a file under `snippets/`. What becomes of
 * it is held against the block or file that `into=` names; without, it is checked as the language that it is.
 * @param others checkers of all other languages
 */
export function diffOf(others: readonly Checker[]): Checker {
  return defineChecker({
    name: 'diff',
    languages: ['diff'],
    attributes: ['of', 'into'],
    rules,
    async check(blocks, context, signal) {
      const judged = blocks.map((block) => ({ block, ...checkBlock(block, context) }));
      const broken = await checkResults(judged.flatMap(({ result }) => result ?? []), others, context, signal);
      return [
        ...judged.flatMap(({ block, found }) => found.map((one) => ({ block, ...one }))),
        ...broken.map(({ diff: block, range, message }) => ({ block, rule: 'breaks-target' as const, range, message })),
      ];
    },
  });
}

function checkBlock(block: Block, context: CheckContext): Judged {
  const range = wholeBlock(block);
  const say = (found: Found): Judged => ({ found: [found] });
  if (block.text.trim() === '') return say({ rule: 'syntax-error', range, message: 'Found an empty block, expected a diff. Write it, or remove the fence.' });
  const read = readDiff(block.text);
  // One line without its mark makes those around it look wrong, too.
  const [problem] = read.problems;
  if (problem !== undefined) return say({ rule: 'syntax-error', ...problem });
  const changed = read.hunks.some(({ lines }) => lines.some(({ kind }) => kind !== 'context'));
  if (!changed) return say({ rule: 'changes-nothing', range, message: 'Found no line that begins with `+` or `-`, expected one. Mark what changes, or tag the block by its language.' });
  return checkAgainstTarget(block, read, context);
}

function checkAgainstTarget(block: Block, read: Diff, context: CheckContext): Judged {
  const range = wholeBlock(block);
  const say = (found: Found): Judged => ({ found: [found] });
  const [of, into] = [attributeText(block, 'of'), attributeText(block, 'into')];
  if (of === undefined && into !== undefined) return say({ rule: 'unknown-target', range, attribute: 'into', message: `Found \`into=${into}\` without \`of=\`, expected both: what is changed, and what becomes of it. Add \`of=\`.` });
  if (of === undefined) return say({ rule: 'no-target', range, message: 'Found a diff without `of=`, expected one that says what it changes, so that it fails when that changes. Add `of=` with the name or title of a block of this page, or with a path under `snippets/`.' });
  if (read.files.length > 1) return say({ rule: 'syntax-error', range, message: `Found changes of ${read.files.length} files, expected those of one, since \`of=\` names one. Write a block for each.` });
  const target = findTarget(block, of, context);
  if (target === undefined) return say({ rule: 'unknown-target', range, attribute: 'of', message: describeUnknown(block, 'of', of, context) });
  const misfits = matchHunks(read.hunks, target.text, 'old').map((misfit) => describeMisfit(misfit, target.words));
  if (into !== undefined) return { found: [...misfits, ...checkInto(block, read, into, context)] };
  const lines = misfits.length > 0 ? undefined : applyHunks(read.hunks, target.text);
  return { found: misfits, ...(lines === undefined ? {} : { result: { diff: block, target, lines } }) };
}

function checkInto(block: Block, read: Diff, into: string, context: CheckContext): Found[] {
  const result = findTarget(block, into, context);
  if (result === undefined) return [{ rule: 'unknown-target', range: wholeBlock(block), attribute: 'into', message: describeUnknown(block, 'into', into, context) }];
  return matchHunks(read.hunks, result.text, 'new').map((misfit) => describeMisfit(misfit, result.words));
}

function describeMisfit({ side, hunk, line, instead, isOther, foundAt }: Misfit, target: string): Found {
  const range = line?.range ?? hunk.header?.range ?? hunk.lines[0]?.range ?? { offset: 0, length: 0 };
  if (foundAt !== undefined) return { rule: 'wrong-line-number', range, message: describeNumber({ side, hunk }, foundAt, target) };
  const where = `${describeLine(line)}, but ${describePlace(line, instead, target)}.`;
  const done = isOther ? ` The lines as they are ${side === 'old' ? 'after the change are there: has it been made already' : 'before the change are there: has it not been made'}?` : '';
  const next = done === '' ? `Write here what ${target} says, or change that.` : side === 'old' ? 'Take the change out of it, or change the diff.' : 'Make the change there, or change the diff.';
  return { rule: side === 'old' ? 'does-not-apply' : 'not-in-result', range, message: `${where}${done} ${next}` };
}

function describeNumber({ side, hunk: { header } }: Pick<Misfit, 'side' | 'hunk'>, at: number, target: string): string {
  const says = side === 'old' ? `it begins at line ${header?.oldStart}` : `it becomes line ${header?.newStart}`;
  const numbers = side === 'old' ? `-${at},${header?.oldLines}` : `+${at},${header?.newLines}`;
  return `This hunk says that ${says}, and in ${target} its lines begin at ${at}. Write \`${numbers}\`. Or leave all numbers out: \`@@\` alone parts hunks, too.`;
}

function describeLine(line: DiffLine | undefined): string {
  const verb = line?.kind === 'removed' ? 'removes' : line?.kind === 'added' ? 'adds' : 'keeps';
  return `This diff ${verb} \`${line?.text.trim() ?? ''}\``;
}

function describePlace(line: DiffLine | undefined, instead: string | undefined, target: string): string {
  if (instead === undefined) return `${target} has no such line there`;
  if (instead.trim() === line?.text.trim()) return `${target} has it with another indentation`;
  return instead.trim() === '' ? `in ${target} an empty line comes here` : `in ${target} \`${instead.trim()}\` comes here`;
}
