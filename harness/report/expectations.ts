import stringWidth from 'string-width';
import type { Expectation } from '../model/block.ts';
import type { Verdict } from '../model/verdict.ts';
import { escapeLine } from './escape.ts';
import type { Paint, Style } from './paint.ts';

type Stated = { readonly verdict: Verdict; readonly expectation: Expectation };
const SIGNALS: readonly Expectation['signal'][] = ['metrics', 'logs', 'traces', 'alert'];
/** More incidents than this are a table of counts: nobody reads hundreds of claims that hold. */
const TOLD_ONE_BY_ONE = 3;
const STYLES: Readonly<Record<Verdict['kind'], Style>> = { passed: 'green', failed: 'red', skipped: 'yellow', errored: 'red' };

/** What incidents state about themselves, and whether it is so; nothing when none of them was in the run. */
export function renderExpectations(verdicts: readonly Verdict[], paint: Paint): readonly string[] {
  const stated = verdicts.flatMap((verdict): Stated[] => (verdict.block.expectation === undefined ? [] : [{ verdict, expectation: verdict.block.expectation }]));
  if (stated.length === 0) return [];
  const incidents = [...Map.groupBy(stated, ({ verdict }) => verdict.block.page)];
  const unmet = stated.filter(({ verdict }) => verdict.kind !== 'passed');
  return incidents.length <= TOLD_ONE_BY_ONE
    ? incidents.flatMap(([page, members], index) => [...(index === 0 ? [] : ['']), paint('dim', `  ${escapeLine(page)}`), ...renderClaims(members, paint)])
    : [...renderCounts(incidents, paint), ...(unmet.length === 0 ? [] : ['', ...renderClaims(unmet, paint, ({ verdict }) => `${verdict.block.id}: `)])];
}

/** `holds  metrics  shows  The 99th percentile …`: one line an expectation. */
function renderClaims(members: readonly Stated[], paint: Paint, prefixOf: (one: Stated) => string = () => ''): readonly string[] {
  return members.map((one) => {
    const { verdict, expectation: { signal, visible, claim } } = one;
    const word = verdictWord(verdict);
    return `  ${paint(STYLES[verdict.kind], word.padEnd(8))}  ${signal.padEnd(7)}  ${(visible ? 'shows' : 'hides').padEnd(5)}  ${escapeLine(prefixOf(one) + claim)}`;
  });
}

function verdictWord(verdict: Verdict): string {
  if (verdict.kind === 'passed') return verdict.depth === 'ran' || verdict.depth === 'compared' ? 'holds' : verdict.depth;
  return verdict.kind;
}

/** One row an incident, one column a signal: `3`, or `2/3` where not all are proven. */
function renderCounts(incidents: readonly (readonly [string, readonly Stated[]])[], paint: Paint): readonly string[] {
  const rows = incidents.map(([page, members]) => [escapeLine(page), ...SIGNALS.map((signal) => {
    const ofSignal = members.filter(({ expectation }) => expectation.signal === signal);
    const met = ofSignal.filter(({ verdict }) => verdict.kind === 'passed').length;
    return ofSignal.length === 0 ? '' : met === ofSignal.length ? String(met) : `${met}/${ofSignal.length}`;
  })]);
  const header = ['expectations', ...SIGNALS];
  const widths = header.map((text, index) => Math.max(...[text, ...rows.map((row) => row[index] ?? '')].map((cell) => stringWidth(cell))));
  const join = (row: readonly string[], decorate: (text: string) => string): string => `  ${row.map((text, index) => {
    const padding = ' '.repeat((widths[index] ?? 0) - stringWidth(text));
    return index === 0 ? text + padding : decorate(padding + text);
  }).join('  ')}`.trimEnd();
  return [paint('dim', join(header, (text) => text)), ...rows.map((row) => join(row, (text) => (text.includes('/') ? paint('red', text) : text)))];
}
