import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Block, Page } from '../../harness/model/block.ts';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import type { Place } from '../../harness/model/place.ts';
import { parsePage } from '../../harness/parse/index.ts';

export const fixtures = join(import.meta.dirname, 'fixtures');

/** What a test expects of one block; what is left out is not compared. */
export interface Seen {
  readonly id: string;
  readonly language: string;
  readonly text: string;
  readonly shown: string;
  /** `line:column` of each line of text; hidden ones in parentheses; another file than the page in front. */
  readonly lines: string;
}

/** Parses a page given as text, in the fixtures' folder, and shows it in a form that is easy to write by hand. */
export function check(source: string, options: { readonly root?: string; readonly knownAttributes?: readonly string[] } = {}): { page: Page; blocks: Seen[]; diagnostics: string[] } {
  const { root = fixtures, ...rest } = options;
  const page = parsePage({ root, file: 'docs/content/docs/day-1/page.mdx', source, ...rest });
  return { page, blocks: page.blocks.map((block) => show(block, page)), diagnostics: page.diagnostics.map(showDiagnostic) };
}

/** Diagnostics of a page, each as `line:column-column rule`, or over several lines `line:column-line:column rule`. */
export function rulesOf(source: string): string[] {
  return check(source).page.diagnostics.map((diagnostic) => `${showRange(diagnostic.place)} ${diagnostic.ruleId}`);
}

export function showDiagnostic(diagnostic: Diagnostic): string {
  const related = diagnostic.related.map((other) => ` [${other.message} ${showRange(other.place)}]`).join('');
  return `${showRange(diagnostic.place)} ${diagnostic.ruleId} ${diagnostic.message}${related}`;
}

export function showRange({ start, end }: Place): string {
  return start.line === end.line ? `${start.line}:${start.column}-${end.column}` : `${start.line}:${start.column}-${end.line}:${end.column}`;
}

function show(block: Block, page: Page): Seen {
  const lines = block.lines.map((line) => {
    const at = `${line.file === page.file ? '' : `${line.file}:`}${line.line}:${line.column}`;
    return line.shown ? at : `(${at})`;
  });
  return { id: block.id, language: block.language, text: block.text, shown: block.shownText, lines: lines.join(' ') };
}

/** A copy of the fixtures that a test may write to; removed with the test. */
export function copyFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parse-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(fixtures, folder, { recursive: true });
  return folder;
}
