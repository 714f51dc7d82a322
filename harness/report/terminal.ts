import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Report, Reporter, TranscriptChange } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { renderFrame } from './code-frame.ts';
import { renderChain } from './errors.ts';
import { escapeLine, escapeLines } from './escape.ts';
import { renderExpectations } from './expectations.ts';
import { createPaint, levelStyles } from './paint.ts';
import type { Paint, Style } from './paint.ts';
import { renderTable } from './summary.ts';
import { collectDiagnostics, concludeRun, diagnosticsOf, withoutRepeats } from './tally.ts';

interface View {
  readonly paint: Paint;
  readonly readSource: (file: string) => string | undefined;
}

/** For people: diagnostics with code frames by page, what was skipped and why, breakage, changes, and a summary. */
export const terminal: Reporter = {
  name: 'terminal',
  render(report, { color, readSource }) {
    const view: View = { paint: createPaint(color), readSource };
    const sections = [
      ...renderPages(report, view),
      renderSkipped(report.verdicts, view),
      ...renderErrors(report, view),
      ...report.changes.map((change) => renderChange(change, view)),
      renderSummary(report, view),
    ];
    return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
  },
};

/** Every diagnostic under the page that it belongs to, which need not be the file that it points at. */
function renderPages(report: Report, view: View): readonly (readonly string[])[] {
  const placed = [
    ...report.pageDiagnostics.map((diagnostic) => ({ page: diagnostic.place.file, line: diagnostic.place.start.line, diagnostic })),
    ...report.verdicts.flatMap((verdict) => diagnosticsOf(verdict).map((diagnostic) => ({ page: verdict.block.fence.file, line: lineOnPage(verdict, diagnostic), diagnostic }))),
  ];
  return [...Map.groupBy(placed, ({ page }) => page)].flatMap(([page, found]) => {
    const sorted = withoutRepeats(found.toSorted((a, b) => a.line - b.line), ({ diagnostic }) => diagnostic);
    return putTitle(view.paint('bold', escapeLine(page)), sorted.map(({ diagnostic }) => renderDiagnostic(diagnostic, view)));
  });
}

/** A title directly above the first of its entries; entries stand apart. */
function putTitle(title: string, entries: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return entries.map((entry, index) => (index === 0 ? [title, ...entry] : entry));
}

/** Where a reader of the page meets it: an included file's lines count as its fence. */
function lineOnPage({ block }: Verdict, { place }: Diagnostic): number {
  return place.file === block.fence.file ? place.start.line : block.fence.start.line;
}

function renderDiagnostic({ level, ruleId, message, place, related }: Diagnostic, view: View): readonly string[] {
  const style = levelStyles[level];
  const [first = '', ...more] = escapeLines(message);
  const lines = [
    `${view.paint(style, level)} ${view.paint('dim', escapeLine(ruleId))} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...renderPlace(place, view, style),
    ...related.flatMap((other) => [`${view.paint('cyan', 'note')} ${escapeLines(other.message).join(' ')}`, ...renderPlace(other.place, view, 'cyan')]),
  ];
  return lines.map((line) => `  ${line}`.trimEnd());
}

function renderPlace(place: Place, { paint, readSource }: View, style: Style): readonly string[] {
  const at = `${escapeLine(place.file)}:${place.start.line}:${place.start.column}`;
  return [paint('dim', '--> ') + at, ...renderFrame(place, readSource(place.file), paint, style)];
}

function renderSkipped(verdicts: readonly Verdict[], { paint }: View): readonly string[] {
  const skipped = verdicts.filter((verdict) => verdict.kind === 'skipped');
  if (skipped.length === 0) return [];
  return [paint('bold', 'Skipped'), ...skipped.map(({ block, reason }) => `  ${escapeLine(block.id)}: ${escapeLines(reason).join(' ')}`)];
}

/** Breakage, each error once however many blocks it took down. */
function renderErrors({ errors, verdicts }: Report, view: View): readonly (readonly string[])[] {
  const blocksByError = new Map<Error, string[]>(errors.map((error) => [error, []]));
  for (const verdict of verdicts) {
    if (verdict.kind !== 'errored') continue;
    const blocks = blocksByError.get(verdict.error) ?? [];
    blocks.push(verdict.block.id);
    blocksByError.set(verdict.error, blocks);
  }
  const title = view.paint('bold', 'Broken: ours or a container’s, not the text of a page');
  return putTitle(title, [...blocksByError].map(([error, blocks]) => renderError(error, blocks, view)));
}

function renderError(error: Error, blocks: readonly string[], { paint }: View): readonly string[] {
  const named = blocks.slice(0, 5).map(escapeLine).join(', ') + (blocks.length > 5 ? ` and ${blocks.length - 5} more` : '');
  const affected = blocks.length === 0 ? [] : [`no verdict for ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}: ${named}`];
  return [...renderChain(error, paint), ...affected].map((line) => `  ${line}`);
}

function renderChange({ file, change, diff }: TranscriptChange, { paint }: View): readonly string[] {
  const styles: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red' };
  const lines = diff.trimEnd() === '' ? [] : escapeLines(diff.trimEnd());
  return [
    `${paint('bold', change)} ${escapeLine(file)}`,
    ...lines.map((line) => `  ${paint(styles[line[0] ?? ''] ?? 'dim', line)}`),
  ];
}

function renderSummary(report: Report, { paint }: View): readonly string[] {
  const { verdicts, stack, interrupted, rulesAt } = report;
  const hasFound = collectDiagnostics(report).length > 0;
  const expectations = renderExpectations(verdicts, paint);
  const tables = verdicts.length === 0 ? [] : [
    ...renderTable('page', verdicts, (verdict) => verdict.block.page, paint),
    '',
    ...renderTable('language', verdicts, (verdict) => verdict.block.language, paint),
    '',
    ...(expectations.length === 0 ? [] : [...expectations, '']),
  ];
  const versions = Object.entries(stack).map(([name, { version }]) => escapeLine(`${name} ${version}`));
  return [
    ...tables,
    ...(versions.length === 0 ? [] : [paint('dim', `  ${versions.join(' · ')}`)]),
    ...(hasFound && rulesAt !== undefined ? [paint('dim', `  what a rule means, with an example repaired: ${escapeLine(`${rulesAt}<rule>${rulesAt.startsWith('http') ? '/' : '.md'}`)}`)] : []),
    ...(interrupted ? [`  ${paint('red', 'Interrupted: this report is incomplete.')}`] : []),
    `  ${concludeRun(report, (blocks) => paint(isBad(report) ? 'red' : 'green', blocks))}`,
  ];
}

function isBad({ verdicts, errors, pageDiagnostics }: Report): boolean {
  return errors.length > 0 || verdicts.some(({ kind }) => kind === 'failed' || kind === 'errored') || pageDiagnostics.some(({ level }) => level === 'error');
}
