import { placeHunks } from './match-hunks.ts';
import type { DiffLine, Hunk } from './read-diff.ts';

/** One line of what a diff makes of its target. */
export interface ResultLine {
  readonly text: string;
  /** The line of the diff that says so; undefined for a line of the target that the diff does not show. */
  readonly said: DiffLine | undefined;
  /** By how many columns it is indented more than the diff's line. */
  readonly shift: number;
}

/** What the hunks make of a text; undefined where one does not fit, or does not say where it belongs. */
export function applyHunks(hunks: readonly Hunk[], text: string): readonly ResultLine[] | undefined {
  const old = text.split('\n');
  const result: ResultLine[] = [];
  let next = 0;
  for (const { hunk, lines, at, shift } of placeHunks(hunks, text, 'old')) {
    if (at === undefined || lines.length === 0) return undefined;
    result.push(...old.slice(next, at).map((line) => ({ text: line, said: undefined, shift: 0 })));
    let kept = at;
    for (const line of hunk.lines) {
      if (line.kind === 'added') result.push({ text: indent(line.text, shift), said: line, shift });
      if (line.kind === 'context') result.push({ text: old[kept] ?? '', said: line, shift });
      if (line.kind !== 'added') kept += 1;
    }
    next = kept;
  }
  return [...result, ...old.slice(next).map((line) => ({ text: line, said: undefined, shift: 0 }))];
}

function indent(line: string, shift: number): string {
  if (line.trim() === '') return line;
  return shift >= 0 ? `${' '.repeat(shift)}${line}` : line.slice(Math.min(-shift, line.length - line.trimStart().length));
}
