import type { Measured } from './child.ts';

/** One program of a contest, on one corpus. */
export interface Contestant {
  /** The row of the table that it stands in. */
  readonly label: string;
  /** Not measured: what has to be so before each run. */
  before?(): void;
  run(): Promise<Pick<Measured, 'wallS' | 'peakMb'>>;
}
/** What several runs of one contestant took. */
export interface Result {
  readonly label: string;
  readonly size: number;
  readonly wallS: readonly number[];
  /** The most that any run held. */
  readonly peakMb: number | undefined;
}
export interface Plan {
  readonly size: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Runs all contestants in turn, and again: a busy minute of the machine meets all of them alike. */
export async function runRounds(contestants: readonly Contestant[], { size, rounds, say }: Plan): Promise<Result[]> {
  const runs = new Map<string, Pick<Measured, 'wallS' | 'peakMb'>[]>(contestants.map(({ label }) => [label, []]));
  for (let round = 1; round <= rounds; round++) for (const contestant of contestants) {
    contestant.before?.();
    const run = await contestant.run();
    runs.get(contestant.label)?.push(run);
    say(`${size} blocks, round ${round} of ${rounds}: ${contestant.label}: ${run.wallS.toFixed(2)} s`);
  }
  return [...runs].map(([label, all]) => {
    const peaks = all.flatMap(({ peakMb }) => (peakMb === undefined ? [] : [peakMb]));
    return { label, size, wallS: all.map(({ wallS }) => wallS), peakMb: peaks.length === 0 ? undefined : Math.max(...peaks) };
  });
}

/** Of an even number, the mean of the middle two. @throws RangeError without a value */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('there is no median of nothing');
  return (low + high) / 2;
}
