import type { Series } from '../model/dataset.ts';
import type { Frame } from './signals.ts';

/**
 * How much counters grew in each bin, added up: a drop is a restart from zero, as Prometheus reads it. Undefined where none of them has two
 * samples to compare.
 */
export function counterOf(series: readonly Series[], { startMs, binMs, count }: Frame): (number | undefined)[] {
  const growth = new Array<number | undefined>(count).fill(undefined);
  for (const { samples } of series) {
    let before: number | undefined;
    for (const [atMs, value] of samples) {
      if (value === null) continue;
      const bin = Math.ceil((atMs - startMs) / binMs) - 1;
      if (before !== undefined && bin >= 0) growth[bin] = (growth[bin] ?? 0) + (value < before ? value : value - before);
      before = value;
    }
  }
  return growth;
}

/**
 * A quantile out of cumulative buckets, as `histogram_quantile` estimates it: evenly spread within a bucket; in the last, unbounded one its
 * lower bound. Undefined without observations.
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function quantileOf(quantile: number, buckets: readonly { readonly bound: number; readonly count: number }[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const [lower, found] = [buckets[index - 1] ?? { bound: 0, count: 0 }, buckets[index]];
  if (found === undefined || found.bound === Infinity) return lower.bound;
  return found.count === lower.count ? found.bound : lower.bound + ((found.bound - lower.bound) * (rank - lower.count)) / (found.count - lower.count);
}
