import type { Diagnostic } from '../model/diagnostic.ts';
import type { Report } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { renderFrame } from '../report/code-frame.ts';
import { renderChain } from '../report/errors.ts';
import { escapeLine, escapeLines } from '../report/escape.ts';
import { createPaint, levelStyles, type Paint } from '../report/paint.ts';
import { sarif } from '../report/sarif.ts';
import type { ScanReport, ScanVerdict } from './model.ts';
import { collectScanRules } from './rules.ts';

export interface ScanReporter {
  readonly name: 'terminal' | 'json' | 'sarif';
  render(report: ScanReport, options: { readonly color: boolean; readonly explain: boolean; readonly readSource: (file: string) => string | undefined }): string;
}

/** For people: what was found, with its place, and a table by kind; with `explain` also what each sample was taken for. */
const terminal: ScanReporter = {
  name: 'terminal',
  render(report, { color, explain, readSource }) {
    const paint = createPaint(color);
    const sections = [
      ...(explain ? [report.verdicts.flatMap((verdict) => renderGuess(verdict, paint))] : []),
      ...report.verdicts.filter(({ diagnostics }) => diagnostics.length > 0).flatMap((verdict) => verdict.diagnostics.map((one) => renderDiagnostic(one, paint, readSource))),
      ...report.errors.map((error) => renderChain(error, paint)),
      renderTable(report, paint),
    ];
    return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
  },
};

function renderGuess({ sample, verdict, depth, reason, guesses }: ScanVerdict, paint: Paint): string[] {
  const { fence, language } = sample.block;
  const what = guesses.length === 0 ? 'nothing' : guesses.map(({ kind, because }) => `${kind} (${because})`).join('; ');
  const said = verdict === 'unknown' ? `unknown: ${reason ?? ''}` : verdict === 'passed' ? `passed, ${depth}` : verdict;
  return [`${paint('bold', escapeLine(`${fence.file}:${fence.start.line}`))} ${escapeLine(language === '' ? 'no tag' : language)}`, `  taken for ${escapeLine(what)}`, `  ${escapeLine(said)}`];
}

function renderDiagnostic({ level, ruleId, message, place }: Diagnostic, paint: Paint, readSource: (file: string) => string | undefined): readonly string[] {
  const style = levelStyles[level];
  const at = `${escapeLine(place.file)}:${place.start.line}:${place.start.column}`;
  return [`${paint(style, level)} ${paint('dim', ruleId)} ${escapeLines(message).join(' ')}`, paint('dim', '--> ') + at, ...renderFrame(place, readSource(place.file), paint, style)].map((line) => `  ${line}`.trimEnd());
}

function renderTable({ files, verdicts, tools, elapsedMs }: ScanReport, paint: Paint): readonly string[] {
  const kinds = Map.groupBy(verdicts, ({ guesses }) => guesses[0]?.kind ?? 'not judged');
  const row = (name: string, all: readonly ScanVerdict[]): string => {
    const count = (verdict: ScanVerdict['verdict']): string => String(all.filter((one) => one.verdict === verdict).length).padStart(8);
    return `  ${name.padEnd(20)}${String(all.length).padStart(8)}${count('passed')}${count('failed')}${count('unknown')}`;
  };
  const failed = verdicts.filter(({ verdict }) => verdict === 'failed').length;
  return [
    paint('dim', `  ${'taken for'.padEnd(20)}${['samples', 'passed', 'failed', 'unknown'].map((word) => word.padStart(8)).join('')}`),
    ...[...kinds].sort(([left], [right]) => left.localeCompare(right)).map(([kind, all]) => row(kind, all)),
    row('all', verdicts),
    ...(tools.missing.length === 0 ? [] : ['', paint('yellow', `  Not on this machine: ${tools.missing.join(', ')}. What they judge was only parsed; \`npm run images\` brings them.`)]),
    '',
    `  ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${verdicts.length} samples: ${paint(failed > 0 ? 'red' : 'green', `${failed} failed`)} · ${(elapsedMs / 1000).toFixed(1)} s`,
  ];
}

/** For machines: `blocks` as in the report of verify, with what each was taken for. */
const json: ScanReporter = {
  name: 'json',
  render: ({ files, verdicts, errors, tools, elapsedMs }) => `${JSON.stringify({
    formatVersion: 1, elapsedMs: Math.round(elapsedMs), files, tools,
    blocks: verdicts.map(({ sample: { block, container }, verdict, depth, reason, guesses, diagnostics }) => ({
      id: block.id, page: block.page, line: block.fence.start.line, language: block.language, ...(block.title === undefined ? {} : { file: block.title }), container,
      verdict, depth, ...(reason === undefined ? {} : { reason }), guesses, diagnostics: diagnostics.map(diagnosticToJson),
    })),
    errors: errors.map(({ message, cause }) => ({ message, ...(cause instanceof Error ? { cause: cause.message } : {}) })),
  }, undefined, 2)}\n`,
};

function diagnosticToJson({ ruleId, level, message, place: { file, start, end } }: Diagnostic): object {
  return { ruleId, level, message, file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** The same log as verify writes. What is unknown is no result, and no notification either. */
const asSarif: ScanReporter = { name: 'sarif', render: (report, options) => sarif.render(toReport(report), options) };

export const scanReporters: readonly ScanReporter[] = [terminal, json, asSarif];

function toReport({ verdicts, errors, elapsedMs }: ScanReport): Report {
  return {
    rules: collectScanRules(), pageDiagnostics: [], changes: [], errors, stack: {}, elapsedMs, interrupted: false,
    verdicts: verdicts.filter(({ diagnostics }) => diagnostics.length > 0).map(toVerdict),
  };
}

function toVerdict({ sample: { block }, verdict, depth, diagnostics }: ScanVerdict): Verdict {
  const [first, ...rest] = diagnostics;
  if (verdict !== 'failed' || first === undefined) return { kind: 'passed', block, depth, elapsedMs: 0, diagnostics };
  return { kind: 'failed', block, depth, elapsedMs: 0, diagnostics: [first, ...rest] };
}

/** 0 nothing is wrong, 1 a sample is, 2 something broke or could not be read, so that it has no verdict. */
export function scanExitCode({ verdicts, errors }: ScanReport): number {
  if (errors.length > 0) return 2;
  return verdicts.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}
