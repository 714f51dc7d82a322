/** ` Close what \`sum(\` opened.`: for a query that ends while brackets are open; undefined when none is. Starts with a space. */
export function describeOpenBrackets(text: string): string | undefined {
  // Comments and texts open nothing; their length stays, so that offsets do.
  const masked = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*/g, (match) => ' '.repeat(match.length));
  const open: number[] = [];
  for (const { 0: bracket, index } of masked.matchAll(/[()[\]{}]/g)) {
    if ('([{'.includes(bracket)) open.push(index);
    else open.pop();
  }
  return open.length === 0 ? undefined : ` Close what ${open.map((offset) => describeOpener(text, offset)).join(' and ')} opened.`;
}

/** The bracket with what stands before it, else with what comes behind; its line, where it is not the first. */
function describeOpener(text: string, offset: number): string {
  const line = text.slice(0, offset).split('\n').length;
  const [before] = /[A-Za-z_][\w:]*(?:\s+(?:by|without)\s*\([^()]*\))?[ \t]*$/.exec(text.slice(0, offset)) ?? [];
  const behind = text.slice(offset + 1).split('\n')[0]?.trim().slice(0, 24) ?? '';
  const words = before !== undefined || behind === '' ? `\`${before ?? ''}${text[offset]}\`` : `\`${text[offset]}\` before \`${behind}\``;
  return line === 1 ? words : `${words} (line ${line})`;
}
