import type { Labels, NativeHistogram, Series } from '../../model/dataset.ts';
import { HarnessError } from '../../model/verdict.ts';

/** A series as promtool's unit tests take it. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}
/** The clock of a dataset: sample k stands at `startMs + k * stepMs`. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
}

/**
 * Writes a series in promtool's notation: one item a step, `_` where there is no sample, `stale` where the target was gone.
 * Equal neighbours are folded (`5x3` is four samples). Throws when a sample is off the grid, since promtool cannot say that.
 */
export function toInputSeries(series: Series, grid: Grid): InputSeries {
  const items: string[] = [];
  for (const [timestampMs, value] of series.samples) {
    items[stepOf(timestampMs, grid)] = value === null ? 'stale' : formatSample(value);
  }
  for (const histogram of series.histograms) items[stepOf(histogram.timestampMs, grid)] = formatHistogram(histogram);
  return { series: formatSelector(series.labels), values: foldItems(Array.from(items, (item) => item ?? '_')) };
}

/** `name{label="value"}` with labels in order of their names. */
export function formatSelector(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.keys(rest).sort().map((label) => `${label}=${JSON.stringify(rest[label])}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function stepOf(timestampMs: number, grid: Grid): number {
  const step = (timestampMs - grid.startMs) / grid.stepMs;
  if (Number.isInteger(step) && step >= 0) return step;
  throw new HarnessError('checker-crashed', `A sample at ${new Date(timestampMs).toISOString()} is not on the dataset's steps of ${grid.stepMs} ms from ${new Date(grid.startMs).toISOString()}. promtool needs it there; scrapes of a dataset must fall on its clock.`);
}

function formatSample(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'Inf' : '-Inf';
}

/** Source of the notation: prometheus/docs/configuration/unit_testing_rules.md, "native histograms". */
function formatHistogram(histogram: NativeHistogram): string {
  const parts = [`schema:${histogram.schema}`, `sum:${formatSample(histogram.sum)}`, `count:${histogram.count}`];
  if (histogram.zeroCount > 0 || histogram.zeroThreshold > 0) parts.push(`z_bucket:${histogram.zeroCount}`, `z_bucket_w:${formatSample(histogram.zeroThreshold)}`);
  const first = histogram.buckets[0]?.[0];
  if (first !== undefined) {
    const counts = new Map(histogram.buckets);
    const last = histogram.buckets.at(-1)?.[0] ?? first;
    const dense = Array.from({ length: last - first + 1 }, (_, index) => counts.get(first + index) ?? 0);
    parts.push(`offset:${first}`, `buckets:[${dense.join(' ')}]`);
  }
  return `{{${parts.join(' ')}}}`;
}

function foldItems(items: readonly string[]): string {
  const folded: string[] = [];
  for (let at = 0; at < items.length;) {
    const item = items[at] ?? '_';
    let next = at + 1;
    while (items[next] === item) next += 1;
    const repeats = next - at - 1;
    // Words cannot be repeated; `_xN` stands for N blanks, everything else for one more than N.
    if (repeats === 0) folded.push(item);
    else if (/^-?[a-zA-Z]/.test(item)) folded.push(...Array.from({ length: repeats + 1 }, () => item));
    else folded.push(item === '_' ? `_x${repeats + 1}` : `${item}x${repeats}`);
    at = next;
  }
  return folded.join(' ');
}
