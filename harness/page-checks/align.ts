/** Looks like a character reference of Markdown. */
const REFERENCE = /^&(?:#[xX][0-9a-fA-F]{1,6}|#\d{1,7}|[A-Za-z][A-Za-z0-9]{1,31});/;

/**
 * Where each UTF-16 unit of a text node stands in the source: the node's value lacks the backslashes of escapes, the
 * letters of character references, and what lists and quotes put before its further lines. Returns index → offset;
 * an index past the end is the offset past the last unit.
 */
export function alignText(value: string, source: string, from: number, to: number): (index: number) => number {
  if (source.startsWith(value, from)) return (index) => from + index;
  const offsets: number[] = [];
  let at = from;
  while (offsets.length < value.length && at < to) {
    const next = value[offsets.length] ?? '';
    const reference = source[at] === '&' ? REFERENCE.exec(source.slice(at, to))?.[0] : undefined;
    if (reference !== undefined && !value.startsWith(reference, offsets.length)) {
      offsets.push(at, ...(isHighSurrogate(next) ? [at] : []));
      at += reference.length;
    } else if (source[at] === next) {
      offsets.push(at);
      at += 1;
      if (next === '\n' || (next === '\r' && value[offsets.length] !== '\n')) at = skipPrefix(source, at, to, value[offsets.length]);
    } else {
      // The backslash of an escape, spaces that a line lost at its end.
      at += 1;
    }
  }
  return (index) => offsets[index] ?? at;
}

/** Past the indentation and the `>` of the containers that a line lies in. */
function skipPrefix(source: string, at: number, to: number, next: string | undefined): number {
  let end = at;
  while (end < to && /[ \t>]/.test(source[end] ?? '') && source[end] !== next) end += 1;
  return end;
}

function isHighSurrogate(unit: string): boolean {
  return unit >= '\uD800' && unit <= '\uDBFF';
}
