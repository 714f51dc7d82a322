import { countOld, type DiffLine, type Hunk } from './read-diff.ts';

/** Where a hunk does not fit the text that it changes. */
export interface Misfit {
  readonly hunk: Hunk;
  /** The first line that the text lacks there; undefined when only the line number of the header is wrong. */
  readonly line: DiffLine | undefined;
  /** What stands there instead; undefined at the end of the text. */
  readonly instead: string | undefined;
  /** True when the text already is what the diff makes of it. */
  readonly isApplied: boolean;
  /** 1-based line where it really stands. */
  readonly foundAt: number | undefined;
}

/** Finds every hunk in the text, in order and without gaps. Hunks without numbers may be indented as a whole by more or less than the text. */
export function matchHunks(hunks: readonly Hunk[], text: string): Misfit[] {
  const lines = text.split('\n');
  const misfits: Misfit[] = [];
  let from = 0;
  for (const hunk of hunks) {
    const old = hunk.lines.filter(({ kind }) => kind !== 'added');
    const at = findHunk(hunk, old.map(({ text: line }) => line), lines, from);
    if (at === undefined) {
      misfits.push(explain(hunk, old, lines, from));
      continue;
    }
    from = at + old.length;
    const stated = hunk.header === undefined || hunk.header.oldLines === 0 ? at + 1 : hunk.header.oldStart;
    if (stated !== at + 1) misfits.push({ hunk, line: undefined, instead: undefined, isApplied: false, foundAt: at + 1 });
  }
  return misfits;
}

/** @returns 0-based line; the place that the header names before any other */
function findHunk(hunk: Hunk, wanted: readonly string[], lines: readonly string[], from: number): number | undefined {
  const indented = hunk.header === undefined;
  const fits = (at: number): boolean => at + wanted.length <= lines.length && countFitting(wanted, lines, at, indented) === wanted.length;
  const stated = (hunk.header?.oldStart ?? 0) - 1;
  if (wanted.length === 0) return from;
  if (stated >= from && fits(stated)) return stated;
  const places = lines.keys().drop(from).filter(fits);
  return places.next().value;
}

/** How many of the wanted lines stand at a place, from the first on. */
function countFitting(wanted: readonly string[], lines: readonly string[], at: number, indented: boolean): number {
  const first = wanted.findIndex((line) => line.trim() !== '');
  const shift = indented && first >= 0 ? indentOf(lines[at + first] ?? '') - indentOf(wanted[first] ?? '') : 0;
  const differing = wanted.findIndex((line, index) => !isSame(line, lines[at + index], shift));
  return differing === -1 ? wanted.length : differing;
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
function explain(hunk: Hunk, old: readonly DiffLine[], lines: readonly string[], from: number): Misfit {
  const wanted = old.map(({ text }) => text);
  const indented = hunk.header === undefined;
  const best = { at: -1, fitting: 0 };
  for (let at = from; at < lines.length; at += 1) {
    const fitting = countFitting(wanted, lines, at, indented);
    if (fitting > best.fitting && wanted.slice(0, fitting).some((line) => line.trim() !== '')) Object.assign(best, { at, fitting });
  }
  const now = hunk.lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text);
  const isApplied = countOld(hunk.lines) !== hunk.lines.length && lines.some((_, at) => countFitting(now, lines, at, indented) === now.length);
  const first = old.find(({ text }) => text.trim() !== '') ?? old[0];
  if (best.at === -1) return { hunk, line: first, instead: undefined, isApplied, foundAt: undefined };
  return { hunk, line: old[best.fitting], instead: lines[best.at + best.fitting], isApplied, foundAt: undefined };
}
