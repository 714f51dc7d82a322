import type { Block, BlockId } from '../../harness/model/block.ts';
import type { Diagnostic, Level, RuleId } from '../../harness/model/diagnostic.ts';
import type { NonEmpty, Place } from '../../harness/model/place.ts';
import type { Report } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';

/** Hand-built values: report tests never start from a run. */
export const pageFile = 'docs/content/docs/day-1/lag.mdx';

/** `place(3, 5, 8)`: line 3, columns 5 to 8. */
export function place(line: number, column: number, endColumn: number, file = pageFile, endLine = line): Place {
  return { file, start: { line, column }, end: { line: endLine, column: endColumn } };
}

export function diagnostic(message: string, at: Place, more: { readonly ruleId?: RuleId; readonly level?: Level; readonly related?: Diagnostic['related'] } = {}): Diagnostic {
  return { ruleId: 'json/syntax-error', level: 'error', related: [], ...more, message, place: at };
}

export function block(name: string, more: Partial<Block> = {}): Block {
  return {
    id: `day-1/lag#${name}` as BlockId,
    page: 'day-1/lag',
    language: 'json',
    title: undefined,
    name,
    ordinal: 0,
    text: '{}',
    shownText: '{}',
    lines: [{ file: pageFile, line: 2, column: 1, shown: true }],
    attributes: new Map(),
    fence: place(1, 1, 8),
    source: undefined,
    ...more,
  };
}

export function passed(name: string, more: Partial<Block> = {}, depth: Verdict['depth'] = 'checked'): Verdict {
  return { kind: 'passed', block: block(name, more), depth, elapsedMs: 1.4, diagnostics: [] };
}

export function failed(name: string, diagnostics: NonEmpty<Diagnostic>, more: Partial<Block> = {}): Verdict {
  return { kind: 'failed', block: block(name, more), depth: 'parsed', elapsedMs: 2, diagnostics };
}

export function report(more: Partial<Report> = {}): Report {
  return { rules: new Map(), pageDiagnostics: [], verdicts: [], changes: [], errors: [], stack: {}, elapsedMs: 1234.5, interrupted: false, ...more };
}
