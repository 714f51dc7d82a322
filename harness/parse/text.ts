import { isUtf8 } from 'node:buffer';
import { splitLines, stripByteOrderMark } from './source-lines.ts';
import type { Point } from '../model/place.ts';

/** What a file says, or where it stops being text and what stands there, in words that follow "Found". */
export type ReadText = { readonly text: string } | { readonly at: Point; readonly found: string };

/** Reads bytes as UTF-8. Bytes that are none would otherwise be replaced, and what is checked would not be what the file holds. */
export function readUtf8(bytes: Uint8Array): ReadText {
  const text = stripByteOrderMark(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  if (isUtf8(bytes)) return refuseNul(text);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return { at: { line: 1, column: 1 }, found: 'UTF-16' };
  const { index, byte } = findReplaced(bytes, text);
  return { at: pointAt(text, index), found: `the byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')}, which is no UTF-8` };
}

/** No text has a NUL: parsers replace it, so that its line would be another than the file's. */
export function refuseNul(text: string): ReadText {
  const index = text.indexOf('\0');
  return index < 0 ? { text } : { at: pointAt(text, index), found: 'a NUL character' };
}

/** The first replacement character that does not stand in the bytes itself. */
function findReplaced(bytes: Uint8Array, text: string): { readonly index: number; readonly byte: number } {
  // The byte order mark is not part of the text.
  let offset = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let from = 0;
  for (let index = text.indexOf('\uFFFD'); index >= 0; index = text.indexOf('\uFFFD', index + 1)) {
    offset += Buffer.byteLength(text.slice(from, index));
    from = index;
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return { index, byte: bytes[offset] ?? 0 };
  }
  return { index: 0, byte: bytes[0] ?? 0 };
}

function pointAt(text: string, index: number): Point {
  const before = splitLines(text.slice(0, index));
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
