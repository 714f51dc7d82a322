import type { Block, BlockLine } from '../model/block.ts';
import type { Place, Point, TextRange } from '../model/place.ts';
import { splitLines } from './source-lines.ts';

/**
 * Turns part of a block's text into a place in the file that it came from: the page, or the snippet of `file=`.
 * The one place of position arithmetic. A range outside the text is cut to it; a line ending at the end of a range
 * does not count; a block without text is its fence.
 */
export function placeRange(block: Block, range: TextRange): Place {
  if (block.text === '') return block.fence;
  const start = clamp(range.offset, block.text.length);
  let end = Math.max(start, clamp(range.offset + range.length, block.text.length));
  if (end > start && block.text[end - 1] === '\n') end -= 1;
  const from = pointAt(block, start);
  const to = end === start ? from : pointAt(block, end);
  return { file: from.file, start: from.point, end: to.point };
}

/** The whole text of a block, as a finding without a better range names it. */
export function wholeRange(block: Block): TextRange {
  return { offset: 0, length: block.text.length };
}

/** Turns part of a page's source into a place in its file, by the three line endings that Markdown knows. */
export function placeSource(file: string, source: string, range: TextRange): Place {
  const start = clamp(range.offset, source.length);
  const end = Math.max(start, clamp(range.offset + range.length, source.length));
  return { file, start: pointIn(source, start), end: pointIn(source, end) };
}

function pointIn(source: string, offset: number): Point {
  const before = splitLines(source.slice(0, offset));
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function pointAt(block: Block, offset: number): { file: string; point: Point } {
  const before = block.text.slice(0, offset);
  const index = countLineEndings(before);
  const line: BlockLine = block.lines[index] ?? block.lines[0];
  const inLine = offset - (before.lastIndexOf('\n') + 1);
  return { file: line.file, point: { line: line.line, column: line.column + inLine } };
}

function countLineEndings(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function clamp(offset: number, length: number): number {
  return Number.isFinite(offset) ? Math.min(Math.max(Math.trunc(offset), 0), length) : 0;
}
