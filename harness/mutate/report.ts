import { DEPTHS } from './depth.ts';
import type { Judged } from './outcome.ts';
import { tally, tallyBy, type Tally } from './tally.ts';

/** What a run of `mutate` found: every view is made of this. */
export interface MutationReport {
  readonly formatVersion: 1;
  readonly seed: string;
  readonly kinds: readonly Tally[];
  readonly faults: readonly Tally[];
  readonly pages: readonly (Tally & { readonly checkedS: number; readonly ranS: number })[];
  readonly judged: readonly Judged[];
  /** Why a page or an entry of equivalent.yml has to be mended first. */
  readonly problems: readonly string[];
}

export interface PageTimes {
  readonly page: string;
  readonly checkedS: number;
  readonly ranS: number;
  readonly judged: readonly Judged[];
}

export function makeReport(seed: string, pages: readonly PageTimes[], problems: readonly string[]): MutationReport {
  const judged = pages.flatMap((page) => page.judged);
  return {
    formatVersion: 1, seed, problems, judged,
    kinds: tallyBy(judged, ({ mutant }) => mutant.kind), faults: tallyBy(judged, ({ mutant }) => mutant.fault),
    pages: pages.map(({ page, checkedS, ranS, judged: own }) => ({ ...tally(page, own), checkedS, ranS })),
  };
}

/** For machines. The text of a block is left out: the change says what it was. */
export function toJson({ judged, pages, ...report }: MutationReport): string {
  const round = (seconds: number): number => Math.round(seconds * 10) / 10;
  return `${JSON.stringify({
    ...report, pages: pages.map((page) => ({ ...page, checkedS: round(page.checkedS), ranS: round(page.ranS) })),
    mutants: judged.map(({ mutant: { id, block, kind, fault, place, from, to }, outcome, advice }) => ({ id, block: block.id, kind, fault, file: place.file, line: place.start.line, from, to, outcome, ...(advice === undefined ? {} : { advice }) })),
  }, null, 2)}\n`;
}

/** For a terminal: what is not caught, block by block; then two tables. */
export function toText({ seed, kinds, faults, pages, judged, problems }: MutationReport): string {
  const unknown = judged.flatMap(({ mutant, outcome }) => (outcome.kind === 'unknown' ? [`  ${mutant.id}\n      ${outcome.why}`] : []));
  const times = pages.map(({ name, mutants, checkedS, ranS }) => `  ${name}: ${mutants} mutants checked in ${checkedS.toFixed(1)} s and run in ${ranS.toFixed(1)} s`);
  return [
    ...section('Not caught', listOpen(judged)), ...section('Nobody knows', unknown),
    table('kind of block', [...kinds, tally('all', judged)]), '', table('fault', faults), '',
    ...section('Time', times), ...section('To be mended first', problems.map((problem) => `  ${problem}`)),
    `seed ${seed}`, '',
  ].join('\n');
}

/** Mutants of a block that the same check would catch stand together. */
function listOpen(judged: readonly Judged[]): string[] {
  const open = judged.filter(({ advice }) => advice !== undefined);
  return [...Map.groupBy(open, ({ mutant }) => mutant.block)].flatMap(([block, ofBlock]) => [
    `  ${block.id}  ${block.fence.file}:${block.fence.start.line}`,
    ...[...Map.groupBy(ofBlock, ({ outcome, advice }) => `${WORDS[outcome.kind]}${outcome.kind === 'not-run' ? '' : `; would catch it: ${advice}`}`)].flatMap(([words, group]) => [
      ...group.map(({ mutant }) => `    ${mutant.id.slice(block.id.length + 1)}  ${mutant.place.file === block.fence.file ? 'line ' : `${mutant.place.file}:`}${mutant.place.start.line}`), `      ${words}`,
    ]),
  ]);
}

const WORDS: Readonly<Record<Judged['outcome']['kind'], string>> = {
  caught: 'caught', differs: 'only the answer is not the stored one', survived: 'survived', equivalent: 'equivalent', 'not-run': 'static checks pass it', unknown: 'unknown',
};
const HEAD = ['mutants', 'caught', ...DEPTHS, 'only answer', 'survived', 'equivalent', 'not run', 'unknown', 'share'];

function table(what: string, tallies: readonly Tally[]): string {
  const rows = tallies.map((one) => [
    one.name, one.mutants, one.caught, ...DEPTHS.map((depth) => one.atDepth[depth]), one.differs, one.survived, one.equivalent, one.notRun, one.unknown, one.share === undefined ? '-' : `${Math.floor(one.share * 100)} %`,
  ].map(String));
  const all = [[what, ...HEAD], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, ''];
}
