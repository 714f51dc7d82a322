import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { joinLines, type BlockText } from './fenced-text.ts';
import { diagnose } from './rules.ts';

/** Characters: some ten screens. What is longer, no reader reads, and not every parser is quick with. */
const MAX_LENGTH = 32_768;
/** Brackets within brackets. People write ten; parsers that call themselves for each give up at some thousands, and take others with them. */
export const MAX_NESTING = 250;
/** Whose brackets nobody parses. */
const NOT_PARSED: ReadonlySet<string> = new Set(['', 'text', 'output']);

interface Read {
  readonly content: BlockText;
  readonly diagnostics: readonly Diagnostic[];
}

/** A block that is too long, or nested too deep, keeps no text: nothing is to be done with it. */
export function refuseUnreadable(read: Read, language: string, place: Place): Read {
  const { text, source } = read.content;
  const found = findLong(text) ?? (NOT_PARSED.has(language) ? undefined : findDeep(text));
  return found === undefined ? read : { content: joinLines([], place, source), diagnostics: [...read.diagnostics, diagnose(found.rule, place, found.message)] };
}

function findLong({ length }: string): { readonly rule: 'too-long'; readonly message: string } | undefined {
  if (length <= MAX_LENGTH) return undefined;
  const found = length < 1e6 ? `${Math.round(length / 1e3)} KB` : `${(length / 1e6).toFixed(1)} MB`;
  return { rule: 'too-long', message: `Found a block of ${found}, expected one that can be read: at most ${MAX_LENGTH / 1024} KB. Show the part of it that matters.` };
}

function findDeep(text: string): { readonly rule: 'too-deep'; readonly message: string } | undefined {
  const depth = nestingDepth(text);
  return depth <= MAX_NESTING ? undefined : { rule: 'too-deep', message: `Found ${depth} brackets, each inside the one before it, expected at most ${MAX_NESTING}: programs that read this give up. Show the inner part by itself.` };
}

/** Marks of quotes and list items that open on one line: the parser of pages takes the square of their number. */
const DEEP_LINE = new RegExp(String.raw`^(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t])){${MAX_NESTING + 1},}`, 'm');

/** The line of a page on which more quotes and list items open, each inside the one before it, than anybody can read; undefined: there is none. */
export function findDeepLine(text: string): number | undefined {
  const found = DEEP_LINE.exec(text);
  return found === null ? undefined : text.slice(0, found.index).split('\n').length;
}

/** How many brackets of any kind are open at once, at most. Those in double quotes do not count; one that is never closed stays open. */
export function nestingDepth(text: string): number {
  let [open, deepest] = [0, 0];
  for (const [one] of text.replace(/"(?:[^"\\\n]|\\.)*"/g, '').matchAll(/[([{}\])]/g)) {
    open = one === '(' || one === '[' || one === '{' ? open + 1 : Math.max(0, open - 1);
    deepest = Math.max(deepest, open);
  }
  return deepest;
}
