const lineEnding = /\r\n|\n|\r/;

/** The text without a leading byte order mark: editors do not count it as a column, so places do not either. */
export function stripByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Lines without their endings, by the three endings that Markdown knows: \n, \r\n and a lone \r. Never empty. */
export function splitLines(text: string): [string, ...string[]] {
  const [first = '', ...rest] = text.split(lineEnding);
  return [first, ...rest];
}
