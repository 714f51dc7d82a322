import type { ParseError } from 'sh-syntax';
import type { TextRange } from '../../model/place.ts';
import { tokenAt, utf16Offset } from '../support/ranges.ts';

/** Words of the parser, and what to do about it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/reached EOF without closing quote/, 'Close the quote, or escape it.'],
  [/unclosed here-document/, 'End it with a line that holds the word alone.'],
  [/reached EOF without matching|without matching/, 'Close it.'],
  [/must be followed by|must end with/, 'Add what is missing.'],
  [/can only be used|can only be found|not a valid/, 'Quote the word if it is meant as text.'],
];

/** Where mvdan/sh stopped, and its words as a finding. It counts bytes; a finding counts UTF-16 units. */
export function describeSyntax(text: string, { Text, Pos }: ParseError): { readonly range: TextRange; readonly message: string } {
  const offset = Math.min(utf16Offset(text, Pos?.Offset ?? 0), text.length);
  const range = { offset, length: tokenAt(text, offset).length };
  const isInAddress = /(?:localhost:|:\/\/)\S*$/.test(text.slice(0, offset));
  const advice = isInAddress ? 'Quote the address: some of its characters mean something to bash.' : ADVICE.find(([pattern]) => pattern.test(Text))?.[1] ?? 'Correct it here: bash would not run any of it.';
  return { range, message: `bash cannot parse this: ${Text.replace(/[.;]\s*$/, '')}. ${advice}` };
}
