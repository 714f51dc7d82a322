import type { Diagnostic, Level } from '../model/diagnostic.ts';
import type { Report } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';

/** Every diagnostic of a run once. First those of pages, then those of blocks. */
export function collectDiagnostics({ pageDiagnostics, verdicts }: Report): readonly Diagnostic[] {
  return withoutRepeats([...pageDiagnostics, ...verdicts.flatMap(diagnosticsOf)], (diagnostic) => diagnostic);
}

/** The first of each: a mistake that fails several blocks, such as a dataset that their page misspells, is one to mend. */
export function withoutRepeats<Item>(items: readonly Item[], diagnosticOf: (item: Item) => Diagnostic): readonly Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) {
    const { ruleId, message, place } = diagnosticOf(item);
    const key = JSON.stringify([ruleId, message, place]);
    if (!byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey.values()];
}

/** What a verdict says of the author's text; skipped and errored ones say nothing. */
export function diagnosticsOf(verdict: Verdict): readonly Diagnostic[] {
  return verdict.kind === 'passed' || verdict.kind === 'failed' ? verdict.diagnostics : [];
}

/** `5 blocks: 1 passed, 1 failed, 1 skipped, 2 errored · 2 errors · 1.2 s`: how every report for people ends. */
export function concludeRun(report: Report, emphasise: (blocks: string) => string = (blocks) => blocks): string {
  const { verdicts, elapsedMs } = report;
  const kinds = countParts(['passed', 'failed', 'skipped', 'errored'], verdicts.map(({ kind }) => kind), (kind) => kind);
  const found = collectDiagnostics(report).map(({ level }) => level);
  const levels = countParts<Level>(['error', 'warning', 'note'], found, (level, count) => (count === 1 ? level : `${level}s`));
  const blocks = verdicts.length === 1 ? '1 block' : `${verdicts.length} blocks`;
  return [emphasise(kinds === '' ? blocks : `${blocks}: ${kinds}`), levels, `${(elapsedMs / 1000).toFixed(1)} s`].filter((part) => part !== '').join(' · ');
}

function countParts<Kind extends string>(kinds: readonly Kind[], all: readonly Kind[], nameOf: (kind: Kind, count: number) => string): string {
  const counts = kinds.map((kind) => ({ kind, count: all.filter((one) => one === kind).length }));
  return counts.filter(({ count }) => count > 0).map(({ kind, count }) => `${count} ${nameOf(kind, count)}`).join(', ');
}

/** The first `maxLength` UTF-16 units of a text, never half a character, with a note of what is missing; shorter text as it is. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (cut here: ${text.length - kept.length} of ${text.length} characters are left out; the json report has them all)`;
}
