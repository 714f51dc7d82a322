import stringWidth from 'string-width';
import type { Place } from '../model/place.ts';
import { escapeLine } from './escape.ts';
import type { Paint, Style } from './paint.ts';

const tabStop = 4;
/** Terminal cells of a source line that a frame shows; a minified line is cut around the caret. */
const frameCells = 120;

interface Cell {
  /** 0-based UTF-16 offset in the source line. */
  readonly offset: number;
  /** Where it begins on the screen, in terminal cells. */
  readonly at: number;
  readonly width: number;
  readonly text: string;
}

/**
 * The first line of a place with carets under exactly its columns: wide characters take two cells, tabs up to four,
 * a spelt-out control character as many as it is spelt with. Empty where the source or the line is not there.
 */
export function renderFrame(place: Place, source: string | undefined, paint: Paint, style: Style): readonly string[] {
  const text = source?.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)[place.start.line - 1];
  if (text === undefined) return [];
  const cells = layOut(text);
  const from = cellAt(cells, place.start.column - 1);
  const isOneLine = place.end.line === place.start.line;
  const to = Math.max(from + 1, isOneLine ? cellAt(cells, place.end.column - 1) : endOf(cells));
  const window = cutWindow(cells, from);
  const shownTo = Math.max(from + 1, Math.min(to, window.end));
  const caret = ' '.repeat(from - window.start + window.before.length) + paint(style, '^'.repeat(shownTo - from));
  const rest = isOneLine ? '' : paint('dim', ` to ${place.end.line}:${place.end.column}`);
  const number = String(place.start.line);
  const gutter = (label: string): string => paint('dim', `${label.padStart(number.length)} |`);
  return [gutter(''), `${gutter(number)} ${window.before}${window.text}${window.after}`.trimEnd(), `${gutter('')} ${caret}${rest}`];
}

function layOut(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    const shown = segment === '\t' ? ' '.repeat(tabStop - (at % tabStop)) : escapeLine(segment);
    const width = stringWidth(shown);
    cells.push({ offset: index, at, width, text: shown });
    at += width;
  }
  return cells;
}

/** Where the character at an offset begins on the screen; offsets past the end lie after the last cell. */
function cellAt(cells: readonly Cell[], offset: number): number {
  const cell = cells.findLast((candidate) => candidate.offset <= offset);
  const next = cells.find((candidate) => candidate.offset > offset);
  if (next === undefined && cell !== undefined && offset > cell.offset && offset >= lengthOf(cells)) return endOf(cells);
  return cell?.at ?? 0;
}

function lengthOf(cells: readonly Cell[]): number {
  return (cells.at(-1)?.offset ?? 0) + 1;
}

function endOf(cells: readonly Cell[]): number {
  const last = cells.at(-1);
  return last === undefined ? 0 : last.at + last.width;
}

function cutWindow(cells: readonly Cell[], caret: number): { start: number; end: number; text: string; before: string; after: string } {
  const total = endOf(cells);
  if (total <= frameCells) return { start: 0, end: total, text: joinCells(cells), before: '', after: '' };
  const wanted = Math.max(0, Math.min(caret - frameCells / 3, total - frameCells));
  const shown = cells.filter((cell) => cell.at >= wanted && cell.at + cell.width <= wanted + frameCells);
  const start = shown[0]?.at ?? 0;
  return { start, end: endOf(shown), text: joinCells(shown), before: start > 0 ? '…' : '', after: endOf(shown) < total ? '…' : '' };
}

function joinCells(cells: readonly Cell[]): string {
  return cells.map((cell) => cell.text).join('');
}
