import type { Block } from '../../model/block.ts';
import type { TextRange } from '../../model/place.ts';

/** For a finding that has no better range. */
export function wholeBlock(block: Pick<Block, 'text'>): TextRange {
  return { offset: 0, length: block.text.length };
}

/** Half-open range of a syntax node. */
export function rangeOf(node: { readonly from: number; readonly to: number }): TextRange {
  return { offset: node.from, length: node.to - node.from };
}

/** A whole line without its indentation and end. @param line 1-based; clamped to the text */
export function lineRange(text: string, line: number): TextRange {
  const lines = text.split('\n');
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  const content = lines[index] ?? '';
  const indent = content.length - content.trimStart().length;
  return { offset: before + indent, length: content.trim().length };
}

/** Offset of a 1-based line and column (UTF-16), clamped to the line. */
export function offsetAt(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  return before + Math.min(Math.max(column, 1) - 1, lines[index]?.length ?? 0);
}

/** Go tools count bytes of UTF-8; ranges count UTF-16 units. A byte inside a character maps to the character's start. */
export function utf16Offset(text: string, byteOffset: number): number {
  let bytes = 0;
  let offset = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > byteOffset) return offset;
    offset += character.length;
  }
  return offset;
}

/** Word, number, quoted string or operator that begins at an offset; empty at the end of the text. */
export function tokenAt(text: string, offset: number): string {
  const match = /^(?:[\p{L}\p{N}_:.]+|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|\S)/u.exec(text.slice(offset));
  return match?.[0] ?? '';
}
