import type { DiffLine, Hunk } from './read-diff.ts';

/** Which text of the two: the one that is changed, or what becomes of it. */
export type Side = 'old' | 'new';
/** Where a hunk does not fit the text that it changes, or that it leads to. */
export interface Misfit {
  readonly side: Side;
  readonly hunk: Hunk;
  /** The first line that the text lacks there; undefined when only the line number of the header is wrong. */
  readonly line: DiffLine | undefined;
  /** What stands there instead; undefined at the end of the text. */
  readonly instead: string | undefined;
  /** True when the text is that of the other side. */
  readonly isOther: boolean;
  /** 1-based line where it really stands. */
  readonly foundAt: number | undefined;
}
/** Where a hunk stands in a text. */
export interface Match {
  readonly hunk: Hunk;
  /** Its lines on this side. */
  readonly lines: readonly DiffLine[];
  /** 0-based line of the text at which they begin; undefined when it does not fit. */
  readonly at: number | undefined;
  /** By how many columns the text is indented more than the hunk. */
  readonly shift: number;
}

const LACKS: Readonly<Record<Side, DiffLine['kind']>> = { old: 'added', new: 'removed' };

/** Finds every hunk in the text, in order and without gaps. Hunks without numbers may be indented as a whole by more or less than the text. */
export function placeHunks(hunks: readonly Hunk[], text: string, side: Side): Match[] {
  const lines = text.split('\n');
  let from = 0;
  return hunks.map((hunk) => {
    const own = hunk.lines.filter(({ kind }) => kind !== LACKS[side]);
    const wanted = own.map(({ text: line }) => line);
    const at = findHunk(hunk, wanted, lines, from, side);
    if (at !== undefined) from = at + own.length;
    return { hunk, lines: own, at, shift: at === undefined ? 0 : shiftAt(wanted, lines, at, hunk.header === undefined) };
  });
}

/** What does not fit: see `placeHunks`. */
export function matchHunks(hunks: readonly Hunk[], text: string, side: Side): Misfit[] {
  const lines = text.split('\n');
  let from = 0;
  return placeHunks(hunks, text, side).flatMap(({ hunk, lines: own, at }): Misfit[] => {
    if (at === undefined) return [explain(hunk, own, lines, from, side)];
    from = at + own.length;
    const header = hunk.header;
    const [start, count] = side === 'old' ? [header?.oldStart, header?.oldLines] : [header?.newStart, header?.newLines];
    const stated = start === undefined || count === 0 ? at + 1 : start;
    return stated === at + 1 ? [] : [{ side, hunk, line: undefined, instead: undefined, isOther: false, foundAt: at + 1 }];
  });
}

/** @returns 0-based line; the place that the header names before any other */
function findHunk({ header }: Hunk, wanted: readonly string[], lines: readonly string[], from: number, side: Side): number | undefined {
  const fits = (at: number): boolean => at + wanted.length <= lines.length && countFitting(wanted, lines, at, header === undefined) === wanted.length;
  const stated = ((side === 'old' ? header?.oldStart : header?.newStart) ?? 0) - 1;
  if (wanted.length === 0) return from;
  if (stated >= from && fits(stated)) return stated;
  return lines.keys().drop(from).find(fits);
}

/** How many of the wanted lines stand at a place, from the first on. */
function countFitting(wanted: readonly string[], lines: readonly string[], at: number, indented: boolean): number {
  const shift = shiftAt(wanted, lines, at, indented);
  const differing = wanted.findIndex((line, index) => !isSame(line, lines[at + index], shift));
  return differing === -1 ? wanted.length : differing;
}

function shiftAt(wanted: readonly string[], lines: readonly string[], at: number, indented: boolean): number {
  const first = wanted.findIndex((line) => line.trim() !== '');
  return indented && first >= 0 ? indentOf(lines[at + first] ?? '') - indentOf(wanted[first] ?? '') : 0;
}

function isSame(wanted: string, line: string | undefined, shift: number): boolean {
  if (line === undefined) return false;
  if (wanted.trim() === '') return line.trim() === '';
  return wanted.trim() === line.trim() && indentOf(line) - indentOf(wanted) === shift;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Where most of the hunk's first lines stand, and what comes then. */
function explain(hunk: Hunk, own: readonly DiffLine[], lines: readonly string[], from: number, side: Side): Misfit {
  const wanted = own.map(({ text }) => text);
  const indented = hunk.header === undefined;
  const best = { at: -1, fitting: 0 };
  for (let at = from; at < lines.length; at += 1) {
    const fitting = countFitting(wanted, lines, at, indented);
    if (fitting > best.fitting && wanted.slice(0, fitting).some((line) => line.trim() !== '')) Object.assign(best, { at, fitting });
  }
  const other = hunk.lines.filter(({ kind }) => kind !== LACKS[side === 'old' ? 'new' : 'old']).map(({ text }) => text);
  const isOther = own.length !== hunk.lines.length && lines.some((_, at) => countFitting(other, lines, at, indented) === other.length);
  const first = own.find(({ text }) => text.trim() !== '') ?? own[0];
  if (best.at === -1) return { side, hunk, line: first, instead: undefined, isOther, foundAt: undefined };
  return { side, hunk, line: own[best.fitting], instead: lines[best.at + best.fitting], isOther, foundAt: undefined };
}
