import type { Dataset, Sample, Series } from '../../harness/model/dataset.ts';

const STEP_MS = 15_000;
export const START_MS = Date.UTC(2026, 2, 11, 14);

/** A gauge by minutes: `[[0, 0], [2, 5]]` is 0 from the start and 5 from minute 2 on; null: the target is gone. */
type Course = readonly (readonly [minute: number, value: number | null])[];

/** Ten minutes of `queue_length{service="checkout"}`, scraped every 15 s; the fault, if any, begins at minute 2. */
export function queueDataset(name: string, course: Course, options: { readonly hasFault?: boolean; readonly more?: readonly Series[] } = {}): Dataset {
  return {
    name, startMs: START_MS, endMs: START_MS + 600_000, stepMs: STEP_MS,
    faultStartMs: options.hasFault === false ? undefined : START_MS + 120_000,
    faultEndMs: options.hasFault === false ? undefined : START_MS + 480_000,
    series: [gauge('queue_length', course), ...(options.more ?? [])],
    logs: [], traces: [],
  };
}

export function gauge(name: string, course: Course, labels: Readonly<Record<string, string>> = {}): Series {
  const samples = Array.from({ length: 41 }, (_, step): Sample => {
    const minute = step / 4;
    return [START_MS + step * STEP_MS, course.findLast(([from]) => from <= minute)?.[1] ?? null];
  });
  return { labels: { __name__: name, service: 'checkout', ...labels }, samples, histograms: [], exemplars: [] };
}

export const datasets: Readonly<Record<string, Dataset>> = Object.fromEntries([
  queueDataset('busy', [[0, 0], [2, 5], [8, 0]]),
  queueDataset('busy(length=4)', [[0, 0], [2, 4], [8, 0]]),
  queueDataset('busy(length=3)', [[0, 0], [2, 3], [8, 0]]),
  queueDataset('short', [[0, 0], [2, 5], [2.75, 0]]),
  queueDataset('calm', [[0, 0]], { hasFault: false }),
  queueDataset('crash', [[0, 0], [2, 5], [8, 0]], { more: [gauge('errors', [[0, 0], [2, 1], [8, 0]])] }),
].map((dataset) => [dataset.name, dataset]));
