import type { Block, BlockId, BlockLine } from '../model/block.ts';
import type { NonEmpty, Place } from '../model/place.ts';
import { readClosing, readInfo, readOpening, stripLine, type Opening } from './fences.ts';
import { Headings } from './headings.ts';
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
  readonly isCutOff?: boolean;
  readonly lines: readonly Line[];
}

/** Reads any Markdown or MDX: never fails, whatever the text. Front matter and HTML comments hold no samples. */
export function readDocument(file: string, text: string): Document {
  const source = text.replace(/^\uFEFF/, '');
  const rows = source.split(/\r\n|\n|\r/);
  const samples: Sample[] = [];
  const headings = new Headings(rows);
  let index = skipFrontMatter(rows);
  while (index < rows.length) {
    const row = rows[index] ?? '';
    const comment = skipComment(rows, index);
    const raw = comment === undefined ? readRaw(rows, index, file) : undefined;
    if (raw !== undefined) samples.push(toSample(raw, { file, rows, ordinal: samples.length, headings }));
    else headings.read(row, samples.length === 0);
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
  const nested = endOfNested(rows, index, opening);
  for (; at < (nested ?? rows.length); at += 1) {
    const end = nested !== undefined && at < nested - 1 ? undefined : readClosing(rows[at] ?? '', opening);
    if (end === 'before') return { opening, first: index, next: at, closed: true, lines };
    if (end === 'closes') return { opening, first: index, next: at + 1, closed: true, lines };
    if (nested === undefined && endsItem(rows[at] ?? '', opening)) return { opening, first: index, next: at, closed: false, isCutOff: true, lines };
    const { text, column } = stripLine(rows[at] ?? '', opening);
    lines.push({ text: opening.container === 'html' ? decode(text) : text, at: { file, line: at + 1, column, shown: true } });
  }
  return { opening, first: index, next: at, closed: false, lines };
}

/** A fence in a list item ends with the item, by CommonMark. Bodies of it that are indented less are common, so that only another fence tells. */
function endsItem(row: string, { container, indent, quotes, marks }: Opening): boolean {
  if (container !== 'fence' || indent === 0 || quotes > 0) return false;
  const next = readOpening(row);
  return next?.container === 'fence' && next.info !== '' && next.indent < indent && next.marks.startsWith(marks);
}

/**
 * Markdown in a fence of its own may hold fences of as many marks: to CommonMark they end it, to its author they do not.
 * @returns the line after the one that ends it as its author sees it, 0-based; undefined where it holds no such fence
 */
function endOfNested(rows: readonly string[], index: number, opening: Opening): number | undefined {
  if (opening.container !== 'fence' || !/^(?:md|mdx|markdown)\b/i.test(opening.info)) return undefined;
  let depth = 1;
  let hasInner = false;
  for (let at = index + 1; at < rows.length; at += 1) {
    const inner = readOpening(rows[at] ?? '');
    if (readClosing(rows[at] ?? '', opening) === 'closes') depth -= 1;
    else if (inner?.container === 'fence' && inner.marks === opening.marks && inner.info !== '') [depth, hasInner] = [depth + 1, true];
    if (depth === 0) return hasInner ? at + 1 : undefined;
  }
  return undefined;
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
  readonly headings: Headings;
}

function toSample({ opening, first, next, closed, isCutOff, lines }: Raw, { file, rows, ordinal, headings }: Around): Sample {
  const row = rows[first] ?? '';
  const isNested = opening !== undefined && endOfNested(rows, first, opening) !== undefined;
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
  return { block, info: opening?.info ?? '', container: opening?.container ?? 'indented', marks: opening?.marks ?? '', closed, ...(isNested ? { isNested } : {}), ...(isCutOff === undefined ? {} : { isCutOff }), heading: headings.nearest, headings: headings.all, subject: headings.subject, before: proseBefore(rows, first), after: proseAfter(rows, next) };
}

/** `# monitoring/prometheus.yml` or `// app.module.ts` as the first line: the file that the sample is. */
function readNamedFile(text: string): string | undefined {
  return /^\s*(?:#|\/\/|--|;|\/\*)\s*(?:file(?:name)?:\s*)?((?:[\w.@~-]+\/|\/)*[\w.@-]+\.(?:ya?ml|json|tsx?|jsx?|mjs|py|toml|conf|sh|rules))\b/i.exec(text)?.[1];
}

/** What is in a comment, nobody reads. */
function withoutComments(row: string): string {
  return row.replace(/<!--.*?-->|\{\/\*.*?\*\/\}/g, '').trim();
}

/** The next line, when it is prose. */
function proseAfter(rows: readonly string[], next: number): string {
  const row = rows.slice(next, next + 4).map(withoutComments).find((one) => one !== '') ?? '';
  return readOpening(row) === undefined && !/^#{1,6}\s/.test(row) ? row : '';
}

function proseBefore(rows: readonly string[], first: number): string {
  const found: string[] = [];
  for (let at = first - 1; at >= 0 && found.length < 3 && first - at < 6; at -= 1) {
    const row = rows[at] ?? '';
    if (/^\s*(?:`{3}|~{3})/.test(row)) break;
    const words = withoutComments(row);
    if (words !== '') found.unshift(words);
  }
  return found.join('\n');
}
