import type { Labels } from '../model/dataset.ts';
import { NATIVE_SCHEMA, nativeIndex } from './native-index.ts';
import { LabelTrie } from './label-trie.ts';
import type { SeriesStore, WritableSeries } from './series-store.ts';
import type { Visit } from './visit.ts';

/**
 * Upper bounds in seconds, as Prometheus 3 writes them (`le="1"` becomes `le="1.0"` when it is scraped). Chosen so that normal checkouts,
 * delays of half a second to 2.5 s, and thresholds at 0.5 s and 1 s each have a bound on either side.
 */
const BOUNDS: readonly (readonly [seconds: number, le: string])[] = [
  [0.01, '0.01'], [0.025, '0.025'], [0.05, '0.05'], [0.1, '0.1'], [0.25, '0.25'], [0.5, '0.5'], [1, '1.0'], [1.5, '1.5'], [2, '2.0'],
  [2.5, '2.5'], [3, '3.0'], [4, '4.0'], [5, '5.0'], [10, '10.0'], [Infinity, '+Inf'],
];
/** Prometheus' default zero threshold, 2^-128. */
const ZERO_THRESHOLD = 2 ** -128;
export const STATUSES = ['200', '500', '503'] as const;
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

interface Counter {
  readonly series: WritableSeries;
  value: number;
}
interface Observation {
  readonly bucket: number;
  readonly visit: Visit;
  readonly us: number;
  readonly atUs: number;
}
/** Everything that one process of an instance exposes. A restart makes a new one, which begins at zero. */
export class Metrics {
  readonly #store: SeriesStore;
  readonly #target: Labels;
  readonly #counters = new LabelTrie<Counter>();
  readonly #histograms = new LabelTrie<Histogram>();
  readonly #gauges: { readonly series: WritableSeries; read(): number }[] = [];

  constructor(store: SeriesStore, target: Labels) {
    this.#store = store;
    this.#target = target;
  }
  /** Makes the counter exist, at zero: without it an error ratio has no sample instead of 0. */
  declareCounter(name: string, labels: Labels): void {
    this.count(name, labels, 0);
  }
  declareHistogram(name: string, labels: Labels, native: boolean): Histogram {
    return this.#histograms.find(name, labels, () => new Histogram(this.#store, name, { ...this.#target, ...labels }, native));
  }
  declareGauge(name: string, read: () => number): void {
    this.#gauges.push({ series: this.#store.series({ ...this.#target, __name__: name }), read });
  }
  count(name: string, labels: Labels, by = 1): void {
    this.#counters.find(name, labels, () => ({ series: this.#store.series({ ...this.#target, ...labels, __name__: name }), value: 0 })).value += by;
  }
  /** Writes every value at this time. Returns the series written. */
  scrape(timestampMs: number, startMs: number): ReadonlySet<WritableSeries> {
    const written = new Set<WritableSeries>();
    const put = (series: WritableSeries, value: number): void => {
      series.samples.push([timestampMs, value]);
      written.add(series);
    };
    for (const { series, value } of this.#counters.all) put(series, value);
    for (const { series, read } of this.#gauges) put(series, read());
    for (const histogram of this.#histograms.all) histogram.scrape(timestampMs, startMs, put, written);
    return written;
  }
}

/** Classic buckets, and native ones of the same family, as Prometheus stores both with `always_scrape_classic_histograms`. */
export class Histogram {
  readonly #buckets: readonly { readonly series: WritableSeries; readonly bound: number }[];
  readonly #sumSeries: WritableSeries;
  readonly #countSeries: WritableSeries;
  readonly #nativeSeries: WritableSeries | undefined;
  readonly #counts: number[];
  readonly #native = new Map<number, number>();
  #count = 0;
  /** Whole microseconds, so that the order of additions cannot matter. */
  #sumUs = 0;
  #observations: Observation[] = [];

  constructor(store: SeriesStore, name: string, labels: Labels, native: boolean) {
    this.#buckets = BOUNDS.map(([bound, le]) => ({ series: store.series({ ...labels, le, __name__: `${name}_bucket` }), bound }));
    this.#counts = BOUNDS.map(() => 0);
    this.#sumSeries = store.series({ ...labels, __name__: `${name}_sum` });
    this.#countSeries = store.series({ ...labels, __name__: `${name}_count` });
    this.#nativeSeries = native ? store.series({ ...labels, __name__: name }) : undefined;
  }
  /** @param visit whose trace may become an exemplar */
  observe(us: number, atUs: number, visit: Visit): void {
    const seconds = us / 1e6;
    const bucket = this.#buckets.findIndex(({ bound }) => seconds <= bound);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#sumUs += us;
    if (this.#nativeSeries === undefined) return;
    const index = nativeIndex(seconds);
    this.#native.set(index, (this.#native.get(index) ?? 0) + 1);
    this.#observations.push({ bucket, visit, us, atUs });
  }
  scrape(timestampMs: number, startMs: number, put: (series: WritableSeries, value: number) => void, written: Set<WritableSeries>): void {
    let cumulative = 0;
    this.#buckets.forEach(({ series }, index) => {
      cumulative += this.#counts[index] ?? 0;
      put(series, cumulative);
    });
    put(this.#sumSeries, this.#sumUs / 1e6);
    put(this.#countSeries, this.#count);
    for (const { bucket, visit, us, atUs } of this.#observations) {
      // Most traces are known not to be stored by now; to remember them would cost memory with every request.
      if (visit.ended && !visit.kept) continue;
      const candidate = { scrapeMs: timestampMs, visit, value: us / 1e6, timestampMs: startMs + Math.floor(atUs / 1000) };
      this.#buckets[bucket]?.series.exemplarCandidates.push(candidate);
    }
    this.#observations = [];
    if (this.#nativeSeries === undefined) return;
    written.add(this.#nativeSeries);
    this.#nativeSeries.histograms.push({
      timestampMs,
      schema: NATIVE_SCHEMA,
      count: this.#count,
      sum: this.#sumUs / 1e6,
      zeroThreshold: ZERO_THRESHOLD,
      zeroCount: 0,
      buckets: [...this.#native].sort(([a], [b]) => a - b),
    });
  }
}
