import type { Block, BlockId, BlockLine } from '../model/block.ts';
import type { NonEmpty, Place } from '../model/place.ts';
import { readClosing, readInfo, readOpening, stripLine, type Opening } from './fences.ts';
import type { Document, Sample } from './model.ts';

interface Line {
  readonly text: string;
  readonly at: BlockLine;
}
interface Raw {
  readonly opening: Opening | undefined;
  /** 0-based. */
  readonly first: number;
  readonly next: number;
  readonly closed: boolean;
  readonly lines: readonly Line[];
}

/** Reads any Markdown or MDX: never fails, whatever the text. Front matter and HTML comments hold no samples. */
export function readDocument(file: string, text: string): Document {
  const source = text.replace(/^\uFEFF/, '');
  const rows = source.split(/\r\n|\n|\r/);
  const samples: Sample[] = [];
  let heading = '';
  let index = skipFrontMatter(rows);
  while (index < rows.length) {
    const row = rows[index] ?? '';
    const comment = skipComment(rows, index);
    const raw = comment === undefined ? readRaw(rows, index, file) : undefined;
    if (raw !== undefined) samples.push(toSample(raw, { file, rows, ordinal: samples.length, heading }));
    else if (/^#{1,6}\s/.test(row)) heading = row.replace(/^#+\s*/, '');
    index = raw?.next ?? comment ?? index + 1;
  }
  return { file, source, samples };
}

function skipFrontMatter(rows: readonly string[]): number {
  const mark = /^(?:---|\+\+\+|;;;)\s*$/.exec(rows[0] ?? '')?.[0].trim();
  if (mark === undefined) return 0;
  const end = rows.findIndex((row, index) => index > 0 && row.trim() === mark);
  return end === -1 ? 0 : end + 1;
}

/** The line after a comment of HTML or MDX that begins here: what it holds, nobody sees. */
function skipComment(rows: readonly string[], index: number): number | undefined {
  const [, opens] = /^\s*(<!--|\{\/\*)/.exec(rows[index] ?? '') ?? [];
  if (opens === undefined) return undefined;
  const closes = opens === '<!--' ? '-->' : '*/}';
  const end = rows.findIndex((row, at) => at >= index && row.includes(closes));
  return end === -1 ? undefined : end + 1;
}

function readRaw(rows: readonly string[], index: number, file: string): Raw | undefined {
  const opening = readOpening(rows[index] ?? '');
  if (opening === undefined) return readIndented(rows, index, file);
  const lines: Line[] = [];
  let at = index + 1;
  // Code that begins behind its opening tag, on the same line.
  if (opening.rest.trim() !== '') {
    const row = rows[index] ?? '';
    if (readClosing(opening.rest, opening) === 'closes') return undefined;
    lines.push({ text: decode(opening.rest), at: { file, line: index + 1, column: row.length - opening.rest.length + 1, shown: true } });
  }
  for (; at < rows.length; at += 1) {
    const end = readClosing(rows[at] ?? '', opening);
    if (end === 'before') return { opening, first: index, next: at, closed: true, lines };
    if (end === 'closes') return { opening, first: index, next: at + 1, closed: true, lines };
    const { text, column } = stripLine(rows[at] ?? '', opening);
    lines.push({ text: opening.container === 'html' ? decode(text) : text, at: { file, line: at + 1, column, shown: true } });
  }
  return { opening, first: index, next: at, closed: false, lines };
}

function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** Code by four spaces: only outside of lists, tabs and admonitions, in which the same spaces mean that a paragraph goes on. */
function readIndented(rows: readonly string[], index: number, file: string): Raw | undefined {
  const starts = (row: string): boolean => /^(?: {4}|\t)\s*\S/.test(row);
  if (file.endsWith('.mdx') || !starts(rows[index] ?? '') || (rows[index - 1] ?? '').trim() !== '') return undefined;
  const before = rows.slice(Math.max(0, index - 200), index).findLast((row) => row.trim() !== '' && !/^\s/.test(row)) ?? '';
  if (/^(?:[-*+]\s|\d+[.)]\s|!!!|\?\?\?|===|:::|<|\{)/.test(before)) return undefined;
  let end = index;
  for (let at = index; at < rows.length && ((rows[at] ?? '').trim() === '' || starts(rows[at] ?? '')); at += 1) if ((rows[at] ?? '').trim() !== '') end = at;
  // A fence so far in belongs to a dialect in which these four spaces are no code.
  if (rows.slice(index, end + 1).some((row) => /^\s*(?:`{3}|~{3})/.test(row))) return undefined;
  const lines = rows.slice(index, end + 1).map((row, offset): Line => {
    const text = row.replace(/^(?: {4}|\t| {1,3}$)/, '');
    return { text, at: { file, line: index + offset + 1, column: row.length - text.length + 1, shown: true } };
  });
  return { opening: undefined, first: index, next: end + 1, closed: true, lines };
}

interface Around {
  readonly file: string;
  readonly rows: readonly string[];
  readonly ordinal: number;
  readonly heading: string;
}

function toSample({ opening, first, next, closed, lines }: Raw, { file, rows, ordinal, heading }: Around): Sample {
  const row = rows[first] ?? '';
  const { tag, title } = readInfo(opening?.info ?? '');
  const indent = /^[\s>]*/.exec(row)?.[0].length ?? 0;
  const fence: Place = { file, start: { line: first + 1, column: indent + 1 }, end: { line: first + 1, column: Math.max(indent + 1, row.trimEnd().length + 1) } };
  const [head, ...rest] = lines.map(({ at }) => at);
  const places: NonEmpty<BlockLine> = [head ?? { ...fence.start, file, shown: true }, ...rest];
  const text = lines.map((line) => line.text).join('\n');
  const block: Block = {
    id: `${file}#${ordinal + 1}` as BlockId, page: file, language: tag, title: title ?? readNamedFile(text), name: undefined, ordinal,
    text, shownText: text, lines: places, attributes: new Map(), fence, source: undefined,
  };
  return { block, info: opening?.info ?? '', container: opening?.container ?? 'indented', marks: opening?.marks ?? '', closed, heading, before: proseBefore(rows, first), after: (rows.slice(next).find((one) => one.trim() !== '') ?? '') };
}

/** `# monitoring/prometheus.yml` or `// app.module.ts` as the first line: the file that the sample is. */
function readNamedFile(text: string): string | undefined {
  return /^\s*(?:#|\/\/|--|;|\/\*)\s*(?:file(?:name)?:\s*)?((?:[\w.@~-]+\/|\/)*[\w.@-]+\.(?:ya?ml|json|tsx?|jsx?|mjs|py|toml|conf|sh|rules))\b/i.exec(text)?.[1];
}

function proseBefore(rows: readonly string[], first: number): string {
  const found: string[] = [];
  for (let at = first - 1; at >= 0 && found.length < 3 && first - at < 6; at -= 1) {
    const row = rows[at] ?? '';
    if (/^\s*(?:`{3}|~{3})/.test(row)) break;
    // What is in a comment, nobody reads.
    const words = row.replace(/<!--.*?-->|\{\/\*.*?\*\/\}/g, '').trim();
    if (words !== '') found.unshift(words);
  }
  return found.join('\n');
}
