import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Root } from 'mdast';
import { VFileMessage } from 'vfile-message';
import type { Block, Page } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import { readBlock, withUniqueNames } from './block.ts';
import type { PageSource } from './block.ts';
import { readFrontmatter } from './frontmatter.ts';
import { INCIDENT_FILE, parseIncidentPage } from './incident-page.ts';
import { commonAttributes } from './known-attributes.ts';
import { diagnose } from './rules.ts';
import { findDeepLine, MAX_NESTING } from './size.ts';
import { splitLines, stripByteOrderMark } from './source-lines.ts';
import { readUtf8, refuseNul } from './text.ts';
import { findFences, parseTree } from './tree.ts';

export { readEditions, type EditionEntry } from './editions.ts';
export { datasetsOf, hashBlocks, transcriptKey } from './key.ts';
export { blockAttributes, commonAttributes, displayAttributes } from './known-attributes.ts';
export { readGlossary } from './glossary.ts';
export { readProofs, type ExerciseProof } from './proofs.ts';
export { placeRange, placeSource, wholeRange } from './place.ts';
export { glossaryRules, incidentRules, parseRules } from './rules.ts';
export { MAX_NESTING, nestingDepth } from './size.ts';
export { suggestWord } from '../model/suggest-word.ts';

export interface ParseOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** The page: repository-relative, or absolute below `root`. */
  readonly file: string;
  /** Its text; read from `file` when left out. */
  readonly source?: string;
  /** Attributes that some checker knows, those of every block included; Expressive Code's are always allowed. Default: `commonAttributes`. */
  readonly knownAttributes?: readonly string[];
}

/**
 * Parses one MDX page, or one incident file, into its blocks. What is wrong with the text is in `diagnostics` (rules `mdx/…`), ordered by
 * place; a page that is not MDX has no blocks. Pure but for reading the page and the files that it includes.
 * Throws HarnessError `io-failed` when the page itself cannot be read.
 */
export function parsePage({ root, file: path, source, knownAttributes = commonAttributes }: ParseOptions): Page {
  const file = (isAbsolute(path) ? relative(root, path) : path).split(sep).join('/');
  const id = pageId(file);
  const text = readText(source ?? readSource(root, file), file);
  if (typeof text !== 'string') return { id, file, frontmatter: {}, blocks: [], diagnostics: [text] };
  if (INCIDENT_FILE.test(file)) return parseIncidentPage(root, file, text);
  const tree = parseOrDiagnose(text, file);
  if ('ruleId' in tree) return { id, file, frontmatter: {}, blocks: [], diagnostics: [tree] };
  const frontmatter = readFrontmatter(tree, file);
  const page: PageSource = { root, file, id, lines: splitLines(text), knownAttributes };
  const read = findFences(tree).map((fence, ordinal) => readBlock(fence, ordinal, page));
  const { blocks, diagnostics } = withUniqueNames(read.map(({ block }) => block));
  const all = [...frontmatter.diagnostics, ...read.flatMap((one) => one.diagnostics), ...diagnostics];
  return { id, file, frontmatter: frontmatter.values, keys: frontmatter.keys, blocks: blocks.map((block) => withContinuedText(block, blocks)), diagnostics: sortByPlace(all), markdown: { source: text, tree } };
}

function withContinuedText(block: Block, blocks: readonly Block[]): Block {
  const name = block.attributes.get('continues')?.value;
  const target = name === undefined ? undefined : blocks.find((other) => other.name === name);
  if (target === undefined) return block;
  // A chain only leads back, so that it ends.
  const before = target.ordinal < block.ordinal ? withContinuedText(target, blocks).continuedText : undefined;
  return { ...block, continuedText: before === undefined ? target.text : `${before}\n${target.text}` };
}

/** `docs/content/docs/day-1/lag.mdx` → `day-1/lag`, `snippets/incidents/lag.yaml` → `incidents/lag`; pages elsewhere keep their folders. */
export function pageId(file: string): string {
  const incident = INCIDENT_FILE.exec(file)?.[1];
  if (incident !== undefined) return `incidents/${incident}`;
  return file.replace(/^docs\/content\/docs\//, '').replace(/\.mdx?$/, '');
}

function readSource(root: string, file: string): Uint8Array {
  try {
    return readFileSync(join(root, file));
  } catch (cause) {
    throw new HarnessError('io-failed', `The page ${file} cannot be read: the file system says ${(cause as NodeJS.ErrnoException).code}. Is it a file, and does its link lead to one?`, { cause });
  }
}

/** The page as text, or why it is none. */
function readText(source: Uint8Array | string, file: string): string | Diagnostic {
  const read = typeof source === 'string' ? refuseNul(stripByteOrderMark(source)) : readUtf8(source);
  if (!('text' in read)) return diagnose('not-text', { file, start: read.at, end: read.at }, `Found ${read.found}, expected a page in UTF-8. Save it in UTF-8, or bring back the last good version. Nothing of it can be checked until then.`);
  const start = { line: 1, column: 1 };
  return read.text.trim() === '' ? diagnose('empty-page', { file, start, end: start }, 'Found a page with nothing in it, expected at least its title. Write it, bring back the last good version, or remove the file.') : read.text;
}

function parseOrDiagnose(text: string, file: string): Root | Diagnostic {
  const line = findDeepLine(text);
  if (line !== undefined) return diagnose('too-deep', { file, start: { line, column: 1 }, end: { line, column: 1 } }, `Found a line that opens more than ${MAX_NESTING} quotes and list items, each inside the one before it, expected a page that can be read. Take most of them away. Nothing of it can be checked until then.`);
  try {
    return parseTree(text);
  } catch (error) {
    // On some broken pages remark-mdx fails an assertion of its own instead of saying where, e.g. `<A>---` before `---`.
    const message = error instanceof VFileMessage ? error : new VFileMessage('a tag is opened or closed inside other markup');
    const summary = message.reason.replace(/\.?\s*$/, '');
    return diagnose('syntax-error', errorPlace(message, file, text), `The page is not valid MDX: ${summary}. Nothing of it can be checked until this is mended.`);
  }
}

/**
 * Where the parser stopped. At the end of the page it gives no place and names the open tag's in its text,
 * `(3:1-3:7)`; failing that too, the whole page.
 */
function errorPlace({ place, reason }: VFileMessage, file: string, text: string): Place {
  if (place !== undefined) {
    const [start, end] = 'start' in place ? [place.start, place.end] : [place, place];
    return { file, start: { line: start.line, column: start.column }, end: { line: end.line, column: end.column } };
  }
  const [line, column, endLine, endColumn] = (/\((\d+):(\d+)-(\d+):(\d+)\)/.exec(reason) ?? []).slice(1).map(Number);
  if (line !== undefined && column !== undefined && endLine !== undefined && endColumn !== undefined) {
    return { file, start: { line, column }, end: { line: endLine, column: endColumn } };
  }
  const lines = splitLines(text);
  return { file, start: { line: 1, column: 1 }, end: { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 } };
}

function sortByPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.place.start.line - b.place.start.line || a.place.start.column - b.place.start.column);
}
