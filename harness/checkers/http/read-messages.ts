/** One line, or several, of a block. `offset` counts from the block's beginning. */
export interface Piece {
  readonly text: string;
  readonly offset: number;
}
/** One request or response as it stands in the sample. */
export interface Message {
  /** Request line or status line; undefined where only headers are shown. */
  readonly start: Piece | undefined;
  readonly headers: readonly Piece[];
  /** True when a line right below the headers begins the body: the empty line is missing. */
  readonly isJoined: boolean;
  readonly body: Piece | undefined;
}

/** A line that begins the next message, when an empty one stands above it. */
const START = /^(?:HTTP\/\S+(?: |$)|[A-Za-z]+ (?:.* )?HTTP\/\S+$|[A-Z]{3,} (?:https?:\/\/|\/)\S+$)/;
const HEADER = /^[^\s:{[]+\s*:(?!\/\/)/;
/** What only a REST client's files have: comments, variables, separators. */
const ASIDE = /^(?:#|\/\/|@\w)/;

/** Splits a sample into its messages: requests and responses, one below the other. */
export function readMessages(text: string): Message[] {
  const lines = readLines(text);
  const groups: Piece[][] = [];
  for (const [index, line] of lines.entries()) {
    const above = lines[index - 1]?.text ?? '';
    const isSeparator = line.text.startsWith('###');
    const begins = isSeparator || (START.test(line.text.trimEnd()) && (above.trim() === '' || ASIDE.test(above)));
    if (begins || groups.length === 0) groups.push([]);
    if (!isSeparator) groups.at(-1)?.push(line);
  }
  return groups.filter((group) => group.some((line) => line.text.trim() !== '' && !ASIDE.test(line.text))).map(readMessage);
}

function readLines(text: string): Piece[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const piece = { text: line, offset };
    offset += line.length + 1;
    return piece;
  });
}

function readMessage(group: readonly Piece[]): Message {
  const from = group.findIndex(({ text }) => text.trim() !== '' && !ASIDE.test(text));
  const lines = group.slice(from);
  const first = lines[0] as Piece;
  const start = HEADER.test(first.text) && !START.test(first.text) ? undefined : first;
  const rest = start === undefined ? lines : lines.slice(1);
  const end = rest.findIndex(({ text }) => text.trim() === '' || /^[{[]/.test(text));
  const head = end === -1 ? rest : rest.slice(0, end);
  const isJoined = end !== -1 && rest[end]?.text.trim() !== '';
  const below = end === -1 ? [] : rest.slice(isJoined ? end : end + 1);
  return { start, headers: head.filter(({ text }) => !ASIDE.test(text)), isJoined, body: join(below) };
}

/** Lines that follow one another, without empty ones at either end. */
function join(lines: readonly Piece[]): Piece | undefined {
  const from = lines.findIndex(({ text }) => text.trim() !== '');
  if (from === -1) return undefined;
  return { text: lines.slice(from).map(({ text }) => text).join('\n').trimEnd(), offset: (lines[from] as Piece).offset };
}
