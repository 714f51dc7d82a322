// Controls, format characters (bidirectional overrides among them), lone surrogates, line and paragraph separators.
// The zero-width joiner stays: emoji are made with it.
const hostile = /(?!\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of others, safe on a terminal: what would move the cursor, change colours or reorder text is spelt out. */
export function escapeLine(text: string): string {
  return text.replace(hostile, spellOut);
}

/** The same for text of several lines; tabs become two spaces. */
export function escapeLines(text: string): readonly string[] {
  return text.split(/\r\n|\n/).map((line) => escapeLine(line.replaceAll('\t', '  ')));
}

function spellOut(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
