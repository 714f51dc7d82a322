import type { TextRange } from '../../model/place.ts';
import { suggest } from '../support/suggest.ts';
import { Cursor, LineError } from './cursor.ts';
import { SUFFIXES, type Descriptor, type Exemplar, type Format, type Label, type Line } from './model.ts';

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/;
const QUOTED = /"(?:[^"\\]|\\[\\"n])*"/;
const BLANKS = /[ \t]*/;
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?|nan)$/i;

/**
 * Reads one line to the letter of its format: 0.0.4 lets blanks and tabs stand between tokens and has comments, OpenMetrics wants
 * exactly one space and has none.
 * Sources: Prometheus documentation, "Exposition formats"; OpenMetrics 1.0, ABNF.
 */
export function readLine(line: string, offset: number, format: Format): Line | { readonly kind: 'broken'; readonly range: TextRange; readonly message: string } {
  const range = { offset, length: line.length };
  const cursor = new Cursor(line, offset);
  try {
    if (format === 'prometheus') cursor.take(BLANKS);
    if (cursor.rest === '') return format === 'prometheus' ? { kind: 'blank', range } : cursor.fail('and OpenMetrics has no empty lines. Remove it.');
    if (cursor.rest.startsWith('#')) return readComment(cursor, range, format);
    return readSample(cursor, range, format);
  } catch (error) {
    if (error instanceof LineError) return { kind: 'broken', range: error.range, message: error.message };
    throw error;
  }
}

function readComment(cursor: Cursor, range: TextRange, format: Format): Line {
  if (format === 'openmetrics') {
    if (cursor.rest === '# EOF') return { kind: 'eof', range };
    const keyword = cursor.take(/# (?:HELP|TYPE|UNIT) /);
    if (keyword === undefined) return cursor.fail('which OpenMetrics takes only before HELP, TYPE, UNIT and EOF: it has no comments. Write `# HELP`, `# TYPE`, `# UNIT` or `# EOF` with one space, or remove the line.');
    return readDescriptor(cursor, range, keyword.slice(2, 6) as Descriptor['keyword'], format);
  }
  const keyword = cursor.take(/#[ \t]+(?:HELP|TYPE)(?=[ \t]|$)/);
  if (keyword !== undefined) return readDescriptor(cursor, range, keyword.slice(-4) as Descriptor['keyword'], format);
  const [meant, word = ''] = /^#\s*(help|type)(?=\s)/i.exec(cursor.rest) ?? [];
  if (meant !== undefined) return cursor.fail(`expected \`# ${word.toUpperCase()}\`: written otherwise it is only a comment. Write it so, with a space.`, meant);
  return { kind: 'comment', range };
}

function readDescriptor(cursor: Cursor, range: TextRange, keyword: Descriptor['keyword'], format: Format): Descriptor {
  if (format === 'prometheus') cursor.take(BLANKS);
  const quoted = format === 'prometheus' ? cursor.take(QUOTED) : undefined;
  const name = quoted === undefined ? cursor.expect(NAME, 'the name of a metric', 'It has letters, digits, `_` and `:`, and begins with no digit.') : unescape(quoted.slice(1, -1));
  const hasText = cursor.take(format === 'prometheus' ? /[ \t]+/ : / /) !== undefined;
  if (!hasText && cursor.rest !== '') cursor.fail('expected a space after the name. A name has letters, digits, `_` and `:`.');
  const start = cursor.at;
  if (keyword === 'TYPE') {
    const types = Object.keys(SUFFIXES[format]);
    const type = cursor.take(/\S+/) ?? '';
    if (!types.includes(type)) {
      cursor.at = start;
      const near = suggest(type, types);
      return cursor.fail(`expected a type: ${types.join(', ')}. ${near === undefined ? 'Write one of them.' : `Did you mean \`${near}\`?`}`);
    }
    const textRange = cursor.rangeFrom(start);
    endLine(cursor, format);
    return { kind: 'descriptor', range, keyword, name, text: type, textRange };
  }
  const allowed = format === 'prometheus' ? /(?:[^\\]|\\[\\n])*/ : /(?:[^"\\]|\\[\\"n])*/;
  const text = cursor.take(allowed) ?? '';
  if (cursor.rest !== '') cursor.fail(`expected ${format === 'prometheus' ? '`\\\\` or `\\n`' : '`\\\\`, `\\"` or `\\n`'} here. Escape it with a backslash.`);
  return { kind: 'descriptor', range, keyword, name, text, textRange: cursor.rangeFrom(start) };
}

function readSample(cursor: Cursor, range: TextRange, format: Format): Line {
  const start = cursor.at;
  const written = cursor.rest.startsWith('{') && format === 'prometheus' ? '' : cursor.expect(NAME, 'the name of a metric', 'It has letters, digits, `_` and `:`, and begins with no digit.');
  const nameRange = cursor.rangeFrom(start);
  if (format === 'prometheus' && /^[ \t]+\{/.test(cursor.rest)) cursor.take(BLANKS);
  const { labels, quotedName } = cursor.rest.startsWith('{') ? readLabels(cursor, format, written === '') : { labels: [], quotedName: undefined };
  separate(cursor, format, 'the value');
  const valueStart = cursor.at;
  const value = readNumber(cursor, 'a value');
  const valueRange = cursor.rangeFrom(valueStart);
  const timestamp = readTimestamp(cursor, format);
  const exemplar = format === 'openmetrics' && cursor.rest.startsWith(' # ') ? readExemplar(cursor) : undefined;
  endLine(cursor, format);
  return { kind: 'sample', range, name: quotedName ?? written, nameRange, labels, value, valueRange, timestamp, exemplar };
}

function readLabels(cursor: Cursor, format: Format, mayName: boolean): { labels: Label[]; quotedName: string | undefined } {
  const gap = (): void => void (format === 'prometheus' && cursor.take(BLANKS));
  const opening = cursor.at;
  const labels: Label[] = [];
  let quotedName: string | undefined;
  cursor.take(/\{/);
  gap();
  while (cursor.take(/\}/) === undefined) {
    const start = cursor.at;
    const quoted = format === 'prometheus' ? cursor.take(QUOTED) : undefined;
    gap();
    if (quoted !== undefined && mayName && quotedName === undefined && /^[,}]/.test(cursor.rest)) quotedName = unescape(quoted.slice(1, -1));
    else labels.push(readLabel(cursor, start, quoted, gap));
    gap();
    if (cursor.rest.startsWith('}')) continue;
    cursor.expect(/,/, '`,` or `}`', 'Part labels by commas, and close the braces.');
    gap();
    // 0.0.4 allows a comma after the last label.
    if (format === 'openmetrics' && cursor.rest.startsWith('}')) cursor.fail('expected another label: OpenMetrics has no comma after the last. Remove the comma.');
  }
  if (!mayName || quotedName !== undefined) return { labels, quotedName };
  cursor.at = opening;
  return cursor.fail('and no name before it, expected one. Write the name before the `{`, or quoted as the first thing in it.');
}

function readLabel(cursor: Cursor, start: number, quoted: string | undefined, gap: () => void): Label {
  const name = quoted === undefined ? cursor.expect(LABEL_NAME, 'the name of a label', 'It has letters, digits and `_`, and begins with no digit.') : unescape(quoted.slice(1, -1));
  gap();
  cursor.expect(/=/, '`=`', 'A label is written `name="value"`, and its name has letters, digits and `_`.');
  gap();
  const value = cursor.take(QUOTED);
  if (value === undefined) return failAtValue(cursor);
  return { name, value: unescape(value.slice(1, -1)), range: cursor.rangeFrom(start) };
}

function failAtValue(cursor: Cursor): never {
  const start = cursor.at;
  const before = cursor.take(/"(?:[^"\\]|\\[\\"n])*/);
  if (before !== undefined && cursor.rest.startsWith('\\')) cursor.fail('expected `\\\\`, `\\"` or `\\n`: a value has no other escapes. Write `\\\\` for a backslash.');
  cursor.at = start;
  return cursor.fail(before === undefined ? 'expected a value in double quotes. Write `name="value"`.' : 'expected the closing `"`. Close it on this line.');
}

function separate(cursor: Cursor, format: Format, before: string): void {
  const blank = cursor.take(format === 'prometheus' ? /[ \t]+/ : / (?! )/);
  if (blank === undefined) cursor.fail(format === 'prometheus' ? `expected a space and ${before}. A name has letters, digits, \`_\` and \`:\`; labels stand in braces.` : `expected one space and ${before}. OpenMetrics parts them by exactly one.`);
}

function readNumber(cursor: Cursor, what: string): number {
  const start = cursor.at;
  const text = cursor.take(/[^\s{}#]+/) ?? '';
  if (!NUMBER.test(text)) {
    cursor.at = start;
    cursor.fail(`expected ${what}: a number as Go writes it, \`+Inf\`, \`-Inf\` or \`NaN\`. ${text.includes(',') ? 'Write a point, not a comma.' : 'Write the number without unit and quotes.'}`, text === '' ? undefined : text);
  }
  return Number(text.replace(/^([+-]?)inf(?:inity)?$/i, '$1Infinity').replace(/^nan$/i, 'NaN'));
}

function readTimestamp(cursor: Cursor, format: Format): number | undefined {
  const before = cursor.at;
  if (cursor.take(format === 'prometheus' ? /[ \t]+/ : / /) === undefined || cursor.rest === '' || cursor.rest.startsWith('#')) {
    cursor.at = before;
    return undefined;
  }
  if (format === 'openmetrics') return readNumber(cursor, 'a timestamp in seconds');
  return Number(cursor.expect(/-?\d+(?=\s|$)/, 'a timestamp in whole milliseconds, or nothing', 'One line is one value; timestamps are best left out, as Prometheus knows when it scraped.'));
}

function readExemplar(cursor: Cursor): Exemplar {
  cursor.take(/ # /);
  const start = cursor.at;
  if (!cursor.rest.startsWith('{')) cursor.fail('expected the labels of an exemplar. Write ` # {trace_id="…"} value`.');
  const { labels } = readLabels(cursor, 'openmetrics', false);
  separate(cursor, 'openmetrics', 'the value of the exemplar');
  const value = readNumber(cursor, 'the value of the exemplar');
  readTimestamp(cursor, 'openmetrics');
  return { labels, value, range: cursor.rangeFrom(start) };
}

function endLine(cursor: Cursor, format: Format): void {
  if (format === 'prometheus') cursor.take(BLANKS);
  if (cursor.rest !== '') cursor.fail(`expected the end of the line. ${/^ *#/.test(cursor.rest) && format === 'prometheus' ? 'Exemplars are OpenMetrics: tag the block `openmetrics`. A comment needs a line of its own.' : 'Remove the rest, or write it on a line of its own.'}`);
}

function unescape(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
