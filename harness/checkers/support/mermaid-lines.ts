import { offsetAt } from './ranges.ts';

/**
 * Which lines of a block Mermaid's parsers see: they get the text without front matter, comments and leading blank lines,
 * and count what is left (`preprocessDiagram` in its source).
 * @returns 0-based line numbers of the block, in order
 */
export function linesSeen(text: string): number[] {
  const lines = text.split('\n');
  let index = 0;
  if (lines[0]?.trim() === '---') {
    const close = lines.findIndex((line, at) => at > 0 && line.trim() === '---');
    if (close > 0) index = close + 1;
  }
  const kept: number[] = [];
  for (; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trim();
    if (line.startsWith('%%') || (kept.length === 0 && line === '')) continue;
    kept.push(index);
  }
  return kept;
}

/** Offset in the block of a 1-based line and column that a Mermaid parser gave; what lies behind the end is the last character. */
export function offsetSeen(text: string, line: number, column: number): number {
  const kept = linesSeen(text);
  const original = kept[line - 1];
  if (original !== undefined && (column > 1 || text.split('\n').slice(original).some((rest) => rest.trim() !== ''))) {
    return Math.min(offsetAt(text, original + 1, column), text.trimEnd().length);
  }
  return text.trimEnd().length;
}
