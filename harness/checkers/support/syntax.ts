import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { tokenAt } from './ranges.ts';

/** A piece of text to try where a parser stumbled, and the words for it. */
export interface Candidate {
  readonly insert: string;
  readonly words: string;
}
export interface SyntaxProblem {
  readonly offset: number;
  /** The token found there; empty at the end. */
  readonly found: string;
  /** What would have let the parser go on, in words. */
  readonly expected: readonly string[];
}

/**
 * Lezer never fails, it marks: this finds its first mark, and by trying says what was expected there.
 * @returns undefined when the text parses
 */
export function findSyntaxProblem(parser: LRParser, text: string, candidates: readonly Candidate[]): SyntaxProblem | undefined {
  const offset = firstErrorOffset(parser, text);
  if (offset === undefined) return undefined;
  const found = tokenAt(text, offset);
  const tried = candidates.map((candidate) => ({ words: candidate.words, reach: tryCandidate(parser, text, offset, found, candidate.insert) }));
  const complete = tried.filter(({ reach }) => reach === Infinity);
  const further = complete.length > 0 ? complete : tried.filter(({ reach }) => reach > offset);
  return { offset, found, expected: [...new Set(further.map(({ words }) => words))] };
}

/** `Found \`x\`, expected a or b.` */
export function describeProblem(problem: SyntaxProblem, whole: string): string {
  const found = problem.found === '' ? `the end of the ${whole}` : `\`${problem.found}\``;
  const expected = problem.expected.slice(0, 4);
  const last = expected.pop();
  if (last === undefined) return `Found ${found}, which no ${whole} can have here.`;
  return `Found ${found}, expected ${expected.length > 0 ? `${expected.join(', ')} or ${last}` : last}.`;
}

/** How far the parser gets, in offsets of the original text, with the candidate before the found token or instead of it. */
function tryCandidate(parser: LRParser, text: string, offset: number, found: string, insert: string): number {
  const before = `${text.slice(0, offset)} ${insert} `;
  const inserted = firstErrorOffset(parser, before + text.slice(offset));
  const replaced = firstErrorOffset(parser, before + text.slice(offset + found.length));
  const reachInserted = inserted === undefined ? Infinity : inserted - (before.length - offset);
  const reachReplaced = replaced === undefined ? Infinity : replaced - (before.length - offset) + found.length;
  return Math.max(reachInserted, reachReplaced <= offset + found.length ? -1 : reachReplaced);
}

/** Start of the first token that does not fit; undefined when all do. */
function firstErrorOffset(parser: LRParser, text: string): number | undefined {
  let first: number | undefined;
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError && (first === undefined || node.from < first)) first = node.from;
    },
  });
  if (first === undefined) return undefined;
  const blank = /^\s*/.exec(text.slice(first))?.[0].length ?? 0;
  return Math.min(first + blank, text.length);
}

/** All nodes of the names given, in source order. */
export function findNodes(root: SyntaxNode, ...names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate((node) => {
    if (names.includes(node.name)) found.push(node.node);
  });
  return found;
}

/** Direct children, in source order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** Text of a string literal of PromQL or LogQL: "…" and '…' with escapes, `…` without. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return body.replace(/\\(.)/g, (_, character: string) => named[character] ?? character);
}

/**
 * Names of the functions that a grammar knows, read out of the parser itself, so that no list has to follow its versions.
 * @param probe a query that parses when `name` is a function
 */
export function functionNames(parser: LRParser, probes: readonly ((name: string) => string)[]): string[] {
  const names = new Set<string>();
  for (const type of parser.nodeSet.types) {
    const snake = type.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
    if (!/^[a-z][a-z0-9_]*$/.test(snake)) continue;
    for (const name of [snake, snake.replace(/_(?=[^_]+$)/, '')]) {
      if (probes.some((probe) => firstErrorOffset(parser, probe(name)) === undefined)) names.add(name);
    }
  }
  return [...names].sort();
}
