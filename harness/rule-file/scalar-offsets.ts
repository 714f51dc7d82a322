import type { TextRange } from '../model/place.ts';

/**
 * Maps ranges of a YAML scalar's value to ranges of the source, through quotes, escapes, block indentation and folding.
 * Both are walked side by side: what is in the source only (a quote, indentation, a backslash) is passed over.
 */
export function mapScalar(source: string, range: TextRange, value: string): (part: TextRange) => TextRange {
  const end = range.offset + range.length;
  let offsets: number[] | undefined;
  return (part) => {
    offsets ??= alignCharacters(source, range.offset, end, value);
    const start = offsets[Math.min(part.offset, value.length)] ?? end;
    const last = offsets[Math.min(part.offset + Math.max(1, part.length) - 1, value.length)] ?? end;
    // An error at the end of the text points at its last character: there is nothing behind it.
    if (start >= end) return { offset: Math.max(range.offset, end - 1), length: 1 };
    return { offset: start, length: Math.max(1, last - start + 1) };
  };
}

function alignCharacters(source: string, from: number, end: number, value: string): number[] {
  const offsets: number[] = [];
  let at = from;
  const header = /^[|>][-+0-9]*[^\n]*\n/.exec(source.slice(from, end));
  if (header !== null) at += header[0].length;
  else if (source[at] === '"' || source[at] === "'") at += 1;
  for (const char of value.split('')) {
    const isSpace = /\s/.test(char);
    let next = at;
    // A folded line break may stand for one blank: blanks need not match each other.
    while (next < end && source[next] !== char && !(isSpace && /\s/.test(source[next] ?? ''))) {
      if (!isSpace && !/[\s\\'"]/.test(source[next] ?? '')) break;
      next += 1;
    }
    offsets.push(Math.min(next, end));
    at = Math.min(next + 1, end);
  }
  offsets.push(end);
  return offsets;
}
