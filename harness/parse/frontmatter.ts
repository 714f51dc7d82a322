import type { Root } from 'mdast';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { diagnose } from './rules.ts';

export interface Frontmatter {
  readonly values: Readonly<Record<string, unknown>>;
  readonly keys: ReadonlyMap<string, Place>;
  readonly diagnostics: readonly Diagnostic[];
}
const noKeys: ReadonlyMap<string, Place> = new Map();

/** Reads the YAML between the leading `---` lines. A page without frontmatter has none: its schema is the site's business. */
export function readFrontmatter(tree: Root, file: string): Frontmatter {
  const node = tree.children[0];
  if (node?.type !== 'yaml' || node.position === undefined) return { values: {}, keys: noKeys, diagnostics: [] };
  const firstLine = node.position.start.line + 1;
  const lineCounter = new LineCounter();
  const document = parseDocument(node.value, { prettyErrors: true, lineCounter });
  const diagnostics = document.errors.map((error) => {
    const [start, end] = error.linePos ?? [{ line: 1, col: 1 }];
    const from = { line: firstLine + start.line - 1, column: start.col };
    const to = end === undefined ? from : { line: firstLine + end.line - 1, column: end.col };
    const [summary = 'not valid YAML'] = error.message.split(/ at line \d/);
    const message = NESTED.has(error.code) ? 'Found a second `: ` on one line, which YAML reads as a key in a value. Quote the value.' : `The frontmatter is not valid YAML: ${summary}. Mend this line.`;
    return diagnose('frontmatter-error', { file, start: from, end: to }, message);
  });
  if (diagnostics.length > 0) return { values: {}, keys: noKeys, diagnostics };
  const values = readValues(document);
  if (isRecord(values)) return { values, keys: readKeys(document, lineCounter, firstLine, file), diagnostics: [] };
  if (values === null) return { values: {}, keys: noKeys, diagnostics: [] };
  const place = { file, start: node.position.start, end: node.position.end };
  const message = 'The frontmatter is not a list of `key: value` lines, which it has to be. Give it at least `title: …`.';
  return { values: {}, keys: noKeys, diagnostics: [diagnose('frontmatter-error', place, message)] };
}

/** What an unquoted colon in a value makes of a line. */
const NESTED: ReadonlySet<string> = new Set(['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY']);

function readKeys(document: ReturnType<typeof parseDocument>, lines: LineCounter, firstLine: number, file: string): ReadonlyMap<string, Place> {
  if (!isMap(document.contents)) return noKeys;
  return new Map(document.contents.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !key.range) return [];
    const pointAt = (offset: number): Place['start'] => {
      const { line, col } = lines.linePos(offset);
      return { line: line + firstLine - 1, column: col };
    };
    const end = isScalar(value) && value.range ? value.range[1] : key.range[1];
    return [[String(key.value), { file, start: pointAt(key.range[0]), end: pointAt(end) }] as const];
  }));
}

/** The plain value; undefined where YAML's aliases explode. */
function readValues(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
