import type { Block, BlockLine } from '../../model/block.ts';
import { findChecker, type CheckContext, type Checker, type Finding } from '../../model/checker.ts';
import type { NonEmpty, TextRange } from '../../model/place.ts';
import type { ResultLine } from './apply-hunks.ts';
import type { Target } from './target.ts';

/** What a diff makes of its target, where it does not say which text that is. */
export interface Result {
  readonly diff: Block;
  readonly target: Target;
  readonly lines: readonly ResultLine[];
}
export interface Breakage {
  readonly diff: Block;
  readonly range: TextRange;
  readonly message: string;
}

/** Errors that the checker of its language finds in a result, and not in the target as it stands. One call a checker for all targets, and one for all results. */
export async function checkResults(results: readonly Result[], checkers: readonly Checker[], context: CheckContext, signal: AbortSignal): Promise<Breakage[]> {
  const pairs = results.flatMap((result) => {
    const [before, after] = [standIn(result, 'before', result.target.text), standIn(result, 'after', result.lines.map(({ text }) => text).join('\n'))];
    const checker = after === undefined ? undefined : findChecker(after, checkers);
    return before === undefined || after === undefined || checker === undefined ? [] : [{ result, before, after, checker }];
  });
  const found = await Promise.all([...Map.groupBy(pairs, ({ checker }) => checker)].map(async ([checker, ofChecker]) => {
    const isError = ({ rule }: Finding): boolean => checker.rules[rule]?.level === 'error';
    // Two calls: a text must not meet its own earlier state.
    const before = (await checker.check(ofChecker.map((pair) => pair.before), context, signal)).filter(isError);
    const after = (await checker.check(ofChecker.map((pair) => pair.after), context, signal)).filter(isError);
    return ofChecker.flatMap((pair) => {
      const known = new Set(before.filter(({ block }) => block === pair.before).map(({ rule, message }) => `${rule} ${message}`));
      return after.filter(({ block, rule, message }) => block === pair.after && !known.has(`${rule} ${message}`)).map((finding) => describe(pair.result, finding));
    });
  }));
  return found.flat();
}

/** A block as a page would hold it: checked only, at a path beside the target, so that what it imports is found. */
function standIn({ diff, target: { language, title, path } }: Result, when: string, text: string): Block | undefined {
  if (language === undefined) return undefined;
  const name = `${diff.id.replace(/\W+/g, '-')}-${when}`;
  const lines = text.split('\n').map((_, index): BlockLine => ({ file: diff.fence.file, line: index + 1, column: 1, shown: true }));
  return {
    ...diff, id: `${diff.id}~${when}` as Block['id'], language, title, name, text, shownText: text, lines: lines as unknown as NonEmpty<BlockLine>,
    attributes: new Map([['no_run', { name: 'no_run', value: true, place: diff.fence }]]), source: path?.replace(/[^/]+(?=\.[^./]+$)/, name),
  };
}

/** At the line of the diff that says so. Of a line that it does not show: of all of it. */
function describe({ diff, target, lines }: Result, { range, message, block }: Finding): Breakage {
  const before = block.text.slice(0, range.offset).split('\n');
  const line = lines[before.length - 1];
  // The result is nowhere written down, so that its mistakes cannot be the point.
  const words = message.replace(/ If the mistake is the point, say rejects=\w+\./, '');
  if (line?.said === undefined) return { diff, range: { offset: 0, length: diff.text.length }, message: `Found a change after which ${target.words} is wrong in its line ${before.length}, which the diff does not show: ${words}` };
  const column = Math.max(0, (before.at(-1)?.length ?? 0) - line.shift);
  const length = Math.min(range.length, line.said.text.length - column);
  return { diff, range: { offset: line.said.range.offset + 1 + column, length: Math.max(0, length) }, message: `Found a change after which ${target.words} is wrong here: ${words}` };
}
