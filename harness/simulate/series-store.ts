import type { Exemplar, Labels, NativeHistogram, Sample, Series } from '../model/dataset.ts';
import type { Visit } from './visit.ts';

interface ExemplarCandidate {
  readonly scrapeMs: number;
  readonly visit: Visit;
  readonly value: number;
  readonly timestampMs: number;
}
/** A series while it is being written. */
export interface WritableSeries {
  readonly labels: Labels;
  readonly samples: Sample[];
  readonly histograms: NativeHistogram[];
  readonly exemplarCandidates: ExemplarCandidate[];
}
/** Every series of a dataset, by its labels. */
export class SeriesStore {
  readonly #byKey = new Map<string, WritableSeries>();

  series(labels: Labels): WritableSeries {
    const sorted = sortLabels(labels);
    const key = labelKey(sorted);
    const found = this.#byKey.get(key) ?? { labels: sorted, samples: [], histograms: [], exemplarCandidates: [] };
    this.#byKey.set(key, found);
    return found;
  }
  /** Sorted by labels, `__name__` first; only series that were ever scraped. Exemplars stand only on traces that were kept. */
  finish(): readonly Series[] {
    return [...this.#byKey]
      .filter(([, { samples, histograms }]) => samples.length > 0 || histograms.length > 0)
      .sort(([a], [b]) => compare(a, b))
      .map(([, series]) => ({
        labels: series.labels,
        samples: series.samples,
        histograms: series.histograms,
        exemplars: chooseExemplars(series.exemplarCandidates),
      }));
  }
}

/** Ends a series: the target no longer exposes it. */
export function markStale(series: WritableSeries, timestampMs: number): void {
  const last = series.histograms.at(-1);
  if (last === undefined) series.samples.push([timestampMs, null]);
  else series.histograms.push({ ...last, timestampMs, count: 0, sum: 0, buckets: [], stale: true });
}

/** By name of the label, `__name__` before all others. Code units, never a locale. */
export function sortLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a === '__name__' ? -1 : b === '__name__' ? 1 : compare(a, b))));
}
export function labelKey(sorted: Labels): string {
  return JSON.stringify(Object.entries(sorted));
}
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A bucket shows one exemplar at a time: the newest at each scrape. */
function chooseExemplars(candidates: readonly ExemplarCandidate[]): readonly Exemplar[] {
  const newest = new Map<number, Exemplar>();
  for (const { scrapeMs, visit, value, timestampMs } of candidates) {
    if (visit.kept) newest.set(scrapeMs, { labels: { trace_id: visit.traceId }, value, timestampMs });
  }
  return [...newest.values()];
}
