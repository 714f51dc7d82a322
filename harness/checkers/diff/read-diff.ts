import type { TextRange } from '../../model/place.ts';

/** One line of a hunk, without its mark. */
export interface DiffLine {
  readonly kind: 'context' | 'removed' | 'added';
  readonly text: string;
  /** The line with its mark, in the block. */
  readonly range: TextRange;
}
export interface Hunk {
  readonly lines: readonly DiffLine[];
  /** `@@ -12,3 +12,4 @@`; undefined where the lines just follow each other. */
  readonly header: HunkHeader | undefined;
}
export interface HunkHeader {
  readonly range: TextRange;
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}
export interface Diff {
  readonly hunks: readonly Hunk[];
  /** Names behind `---`, in order. */
  readonly files: readonly string[];
  readonly problems: readonly { readonly range: TextRange; readonly message: string }[];
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(?: .*)?$/;
const KINDS: Readonly<Record<string, DiffLine['kind']>> = { ' ': 'context', '-': 'removed', '+': 'added' };

/**
 * Reads a unified diff, or lines that begin with `+`, `-` or a space; a bare `@@` or a header begins a new hunk. An empty line is an
 * empty line of context, as editors strip the space. Never fails: what is wrong is in `problems`.
 */
export function readDiff(text: string): Diff {
  const state: Reading = { hunks: [], files: [], problems: [] };
  let offset = 0;
  for (const line of text.split('\n')) {
    readLine(line, { offset, length: line.length }, state);
    offset += line.length + 1;
  }
  const hunks = state.hunks.map(trimEnd).filter(({ lines, header }) => lines.length > 0 || header !== undefined);
  for (const { header, lines } of hunks) if (header !== undefined) state.problems.push(...judgeCounts(header, lines));
  return { hunks, files: state.files, problems: state.problems };
}

interface Reading {
  readonly hunks: { lines: DiffLine[]; header: HunkHeader | undefined }[];
  readonly files: string[];
  readonly problems: { range: TextRange; message: string }[];
}

function readLine(line: string, range: TextRange, state: Reading): void {
  const current = state.hunks.at(-1);
  if (!isOpen(current) && /^(?:diff --git |index |Index: |=+$|(?:old|new|deleted file|new file) mode |similarity index |rename )/.test(line)) return;
  if (!isOpen(current) && /^(?:---|\+\+\+) \S/.test(line)) return void (line.startsWith('-') && state.files.push(line.slice(4).split('\t')[0] as string));
  if (line.startsWith('@@')) return beginHunk(line, range, state);
  if (line.startsWith('\\ ')) return;
  const kind = line === '' ? 'context' : KINDS[line[0] as string];
  if (kind === undefined) {
    state.problems.push({ range, message: `Found \`${line.trim()}\`, expected a line that begins with \`+\`, \`-\` or a space. Indent what stays by one space more.` });
    return;
  }
  // Blank lines between files or before the first hunk are no context.
  if (line === '' && (current === undefined || (current.header !== undefined && !isOpen(current)))) return;
  const hunk = current ?? { lines: [], header: undefined };
  if (current === undefined) state.hunks.push(hunk);
  hunk.lines.push({ kind, text: line.slice(1), range });
}

/** True while lines belong to the hunk: `--- x` in it is a removed line. Without counts only lines with marks do. */
function isOpen(hunk: Reading['hunks'][number] | undefined): boolean {
  if (hunk === undefined) return false;
  if (hunk.header === undefined) return hunk.lines.length > 0;
  return countOld(hunk.lines) < hunk.header.oldLines || countNew(hunk.lines) < hunk.header.newLines;
}

function beginHunk(line: string, range: TextRange, state: Reading): void {
  const [whole, oldStart, oldLines = '1', newStart, newLines = '1'] = HEADER.exec(line) ?? [];
  const header = whole === undefined ? undefined : { range, oldStart: Number(oldStart), oldLines: Number(oldLines), newStart: Number(newStart), newLines: Number(newLines) };
  if (header === undefined && !/^@@(?: @@)?\s*$/.test(line)) {
    state.problems.push({ range, message: `Found \`${line}\`, expected \`@@ -12,3 +12,4 @@\`, or \`@@\` alone. Write where the hunk begins and how many lines it has, or leave the numbers out.` });
  }
  state.hunks.push({ lines: [], header });
}

function judgeCounts(header: HunkHeader, lines: readonly DiffLine[]): Diff['problems'] {
  const [oldLines, newLines] = [countOld(lines), countNew(lines)];
  if (oldLines === header.oldLines && newLines === header.newLines) return [];
  return [{ range: header.range, message: `This hunk says that ${header.oldLines} lines become ${header.newLines}, and below it ${oldLines} become ${newLines}. Write \`-${header.oldStart},${oldLines}\` and \`,${newLines}\`, or mend the lines.` }];
}

function countOld(lines: readonly DiffLine[]): number {
  return lines.filter(({ kind }) => kind !== 'added').length;
}
function countNew(lines: readonly DiffLine[]): number {
  return lines.filter(({ kind }) => kind !== 'removed').length;
}

/** Without the empty lines at the end that only part it from what follows. */
function trimEnd(hunk: { lines: DiffLine[]; header: HunkHeader | undefined }): Hunk {
  const last = hunk.lines.findLastIndex(({ kind, text }) => kind !== 'context' || text !== '');
  return hunk.header === undefined ? { ...hunk, lines: hunk.lines.slice(0, last + 1) } : hunk;
}
