import type { Root } from 'mdast';
import { parseDocument } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import { diagnose } from './rules.ts';

export interface Frontmatter {
  readonly values: Readonly<Record<string, unknown>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the YAML between the leading `---` lines. A page without frontmatter has none: its schema is the site's business. */
export function readFrontmatter(tree: Root, file: string): Frontmatter {
  const node = tree.children[0];
  if (node?.type !== 'yaml' || node.position === undefined) return { values: {}, diagnostics: [] };
  const firstLine = node.position.start.line + 1;
  const document = parseDocument(node.value, { prettyErrors: true });
  const diagnostics = document.errors.map((error) => {
    const [start, end] = error.linePos ?? [{ line: 1, col: 1 }];
    const from = { line: firstLine + start.line - 1, column: start.col };
    const to = end === undefined ? from : { line: firstLine + end.line - 1, column: end.col };
    const [summary = 'not valid YAML'] = error.message.split(/ at line \d/);
    return diagnose('frontmatter-error', { file, start: from, end: to }, `The frontmatter is not valid YAML: ${summary}. Mend this line.`);
  });
  if (diagnostics.length > 0) return { values: {}, diagnostics };
  const values = readValues(document);
  if (isRecord(values)) return { values, diagnostics: [] };
  if (values === null) return { values: {}, diagnostics: [] };
  const place = { file, start: node.position.start, end: node.position.end };
  const message = 'The frontmatter is not a list of `key: value` lines, which it has to be. Give it at least `title: …`.';
  return { values: {}, diagnostics: [diagnose('frontmatter-error', place, message)] };
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
