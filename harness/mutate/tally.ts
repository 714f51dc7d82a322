import { DEPTHS, type CaughtAt } from './depth.ts';
import type { Judged } from './outcome.ts';

/** How the mutants of one kind fared. */
export interface Tally {
  readonly name: string;
  readonly mutants: number;
  readonly caught: number;
  readonly atDepth: Readonly<Record<CaughtAt, number>>;
  /** Only the answer is not the stored one. Not caught. */
  readonly differs: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly notRun: number;
  readonly unknown: number;
  /** Of those that are judged and not equivalent, from 0 to 1; undefined where there is none, and where some were not run. */
  readonly share: number | undefined;
}

/** A kind of which fewer are caught is not done. */
export const ENOUGH = 0.9;

/** One tally a name, sorted by name. */
export function tallyBy(judged: readonly Judged[], nameOf: (one: Judged) => string): Tally[] {
  return [...Map.groupBy(judged, nameOf)].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, group]) => tally(name, group));
}

export function tally(name: string, judged: readonly Judged[]): Tally {
  const count = (kind: Judged['outcome']['kind']): number => judged.filter(({ outcome }) => outcome.kind === kind).length;
  const atDepth = Object.fromEntries(DEPTHS.map((depth) => [depth, judged.filter(({ outcome }) => outcome.kind === 'caught' && outcome.depth === depth).length])) as Record<CaughtAt, number>;
  const [caught, differs, survived] = [count('caught'), count('differs'), count('survived')];
  const decided = count('not-run') > 0 ? 0 : caught + differs + survived;
  return { name, mutants: judged.length, caught, atDepth, differs, survived, equivalent: count('equivalent'), notRun: count('not-run'), unknown: count('unknown'), share: decided === 0 ? undefined : caught / decided };
}
