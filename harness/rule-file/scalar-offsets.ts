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
  const quote = source[from] === '"' || source[from] === "'" ? source[from] : undefined;
  const header = quote === undefined ? /^[|>][-+0-9]*[^\n]*\n/.exec(source.slice(from, end)) : null;
  let at = from + (header?.[0].length ?? (quote === undefined ? 0 : 1));
  for (const char of value.split('')) {
    const { offset, length } = findCharacter(source, at, end, char, quote);
    offsets.push(offset);
    at = offset + length;
  }
  offsets.push(end);
  return offsets;
}

/** The next place in the source that stands for a character of the value. */
function findCharacter(source: string, from: number, end: number, char: string, quote: string | undefined): TextRange {
  for (let at = from; at < end;) {
    const escape = quote === '"' ? /^\\(?:x..|u.{4}|U.{8}|[^])/.exec(source.slice(at, at + 10))?.[0] : undefined;
    if (escape !== undefined) {
      if (!escape.endsWith('\n')) return { offset: at, length: escape.length };
      // A line that ends in a backslash goes on after the next line's indentation.
      at += escape.length + (/^\s*/.exec(source.slice(at + escape.length, end))?.[0].length ?? 0);
    } else if (source[at] === char) {
      return { offset: at, length: quote === "'" && char === "'" ? 2 : 1 };
    } else if (/\s/.test(source[at] ?? '')) {
      // A folded line break may stand for one blank: blanks need not match each other.
      if (/\s/.test(char)) return { offset: at, length: 1 };
      at += 1;
    } else {
      return { offset: at, length: 0 };
    }
  }
  return { offset: end, length: 0 };
}
