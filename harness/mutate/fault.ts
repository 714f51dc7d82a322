import type { TextRange } from '../model/place.ts';

/** What a fault is seeded into: the text of one block, and how to read it. */
export interface Sample {
  /** Name of the checker whose rules of writing the text follows: `promql`, `typescript`. Of a diff: the language of its lines. */
  readonly dialect: string;
  readonly text: string;
  /** Where PromQL or LogQL stands in it: all of a query, the expressions of rules, the quoted queries of a shell block. */
  readonly queries: readonly TextRange[];
}
/** One fault: this part of the text is replaced. It neither adds nor removes a line. */
export interface Change extends TextRange {
  readonly to: string;
}
/** One kind of mistake that people make. A complete one is one file under `faults/` and one line in its index. */
export interface Fault {
  readonly name: string;
  /** Every place where the mistake can be made, in order of the text. Pure. */
  seed(sample: Sample): readonly Change[];
}

/** What stands in place of a match: nothing, one text or several. */
type Replacement = (found: string, match: RegExpExecArray) => string | readonly string[] | undefined;

/**
 * Changes at each match of a pattern: of its group `at`, else of all of it.
 * @param masked the text to look in, of the same length; default: the text itself
 */
export function changesAt(text: string, pattern: RegExp, replace: Replacement, masked = text): Change[] {
  const flags = [...new Set(`${pattern.flags}dg`)].join('');
  return [...masked.matchAll(new RegExp(pattern.source, flags))].flatMap((match) => {
    const [start, end] = match.indices?.groups?.['at'] ?? [match.index, match.index + match[0].length];
    const found = text.slice(start, end);
    const replaced = replace(found, match as unknown as RegExpExecArray);
    return (replaced === undefined ? [] : typeof replaced === 'string' ? [replaced] : replaced).filter((to) => to !== found).map((to) => ({ offset: start, length: end - start, to }));
  });
}

/** The same, within the queries of a sample only. @param mask what of each query is not looked at */
export function changesInQueries(sample: Sample, pattern: RegExp, replace: Replacement, mask?: (query: string) => string): Change[] {
  return changesInRanges(sample.text, sample.queries, pattern, replace, mask);
}

/** The same, within each match of an outer pattern only: fields of a call. */
export function changesWithin(text: string, outer: RegExp, pattern: RegExp, replace: Replacement): Change[] {
  const ranges = [...text.matchAll(new RegExp(outer.source, 'g'))].map((match) => ({ offset: match.index, length: match[0].length }));
  return changesInRanges(text, ranges, pattern, replace);
}

function changesInRanges(text: string, ranges: readonly TextRange[], pattern: RegExp, replace: Replacement, mask = (part: string): string => part): Change[] {
  return ranges.flatMap(({ offset, length }) => {
    const part = text.slice(offset, offset + length);
    return changesAt(part, pattern, replace, mask(part)).map((change) => ({ ...change, offset: change.offset + offset }));
  });
}

/** A query with its strings and braces blanked: what is left compares, aggregates and computes. */
export function withoutSelectors(query: string): string {
  return withoutStrings(query).replace(/\{[^{}]*\}/g, blank);
}
/** A text with what its strings hold blanked. */
export function withoutStrings(text: string): string {
  return text.replace(/"[^"\n]*"|`[^`]*`/g, (found) => `"${' '.repeat(Math.max(0, found.length - 2))}"`);
}
function blank(found: string): string {
  return ' '.repeat(found.length);
}

/** `day` for `days`, `days` for `day`: the misspelling that is overlooked. */
export function misspell(word: string): string {
  return word.endsWith('s') ? word.slice(0, -1) : `${word}s`;
}
