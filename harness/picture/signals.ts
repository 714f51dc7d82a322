import type { Dataset, Series } from '../model/dataset.ts';
import { counterOf, quantileOf } from './counters.ts';

/** A line over a dataset: one value a bin, `undefined` where nothing was measured. */
export interface Line {
  readonly name: string;
  readonly unit: '/s' | 's' | 'ratio' | 'count';
  readonly values: readonly (number | undefined)[];
}
/** What a person looks at first in a dataset, computed from its samples, lines and spans as they are: no backend is asked. */
export interface Signals {
  readonly dataset: Dataset;
  readonly binMs: number;
  readonly requests: Line;
  readonly latencies: readonly Line[];
  readonly failed: Line;
  /** Undefined in a dataset without a database. */
  readonly pool: Line | undefined;
  /** One a level, in order of severity. */
  readonly logs: readonly Line[];
  readonly traces: Line;
  readonly sizes: { readonly series: number; readonly lines: number; readonly traces: number };
}
/** Most that a dataset of the course may hold (ARCHITECTURE, datasets). */
export const CAPS = { series: 500, lines: 18_000, traces: 1_500 } as const;
const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];

/**
 * Reads a dataset into lines of at most `bins` values. Requests, latencies and failures are those of the gateway, that is the users'. Each bin
 * holds what a scrape found in it, so that none is narrower than the scrape interval.
 */
export function readSignals(dataset: Dataset, bins = 60): Signals {
  const { startMs, endMs, stepMs } = dataset;
  const binMs = Math.max(1, Math.ceil((endMs - startMs) / stepMs / bins)) * stepMs;
  const count = Math.ceil((endMs - startMs) / binMs);
  const frame = { startMs, binMs, count };
  const named = (name: string): readonly Series[] => dataset.series.filter(({ labels }) => labels['__name__'] === name);
  const gateway = (name: string): readonly Series[] => named(name).filter(({ labels }) => labels['service'] === 'gateway');
  const all = counterOf(gateway('http_requests_total'), frame);
  const bad = counterOf(gateway('http_requests_total').filter(({ labels }) => labels['status']?.startsWith('5')), frame);
  const buckets = Map.groupBy(gateway('http_request_duration_seconds_bucket').filter(({ samples }) => samples.length > 0), ({ labels }) => labels['le'] ?? '');
  const bounds = [...buckets].map(([le, series]) => ({ bound: le === '+Inf' ? Infinity : Number(le), increases: counterOf(series, frame) })).sort((a, b) => a.bound - b.bound);
  const latency = (quantile: number): Line => ({ name: `p${quantile * 100}`, unit: 's', values: all.map((_, bin) => quantileOf(quantile, bounds.map(({ bound, increases }) => ({ bound, count: increases[bin] ?? 0 })))) });
  const max = named('db_pool_connections_max');
  return {
    dataset, binMs,
    requests: { name: 'requests', unit: '/s', values: all.map((value, bin) => (value === undefined ? undefined : (value * 1000) / (Math.min(endMs, startMs + (bin + 1) * binMs) - startMs - bin * binMs))) },
    latencies: [latency(0.5), latency(0.99)],
    failed: { name: 'failed', unit: 'ratio', values: all.map((value, bin) => (value === undefined || value === 0 ? undefined : (bad[bin] ?? 0) / value)) },
    pool: max.length === 0 ? undefined : { name: 'pool', unit: 'ratio', values: fullest(named('db_pool_connections_active'), max, frame) },
    logs: readLogs(dataset, frame),
    traces: { name: 'traces', unit: 'count', values: countTimes(dataset.traces.map(([root]) => (root?.startUs ?? 0) / 1000), frame) },
    sizes: { series: dataset.series.length, lines: dataset.logs.reduce((sum, { entries }) => sum + entries.length, 0), traces: dataset.traces.length },
  };
}

export interface Frame {
  readonly startMs: number;
  readonly binMs: number;
  readonly count: number;
}

function readLogs(dataset: Dataset, frame: Frame): Line[] {
  const levels = Map.groupBy(dataset.logs, ({ labels }) => labels['level'] ?? 'none');
  return [...levels].sort(([a], [b]) => LEVELS.indexOf(a) - LEVELS.indexOf(b)).map(([name, streams]) => ({
    name, unit: 'count', values: countTimes(streams.flatMap(({ entries }) => entries.map(({ timestampNs }) => Number(timestampNs) / 1e6)), frame),
  }));
}

function countTimes(timesMs: readonly number[], { startMs, binMs, count }: Frame): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const timeMs of timesMs) {
    const bin = Math.min(count - 1, Math.floor((timeMs - startMs) / binMs));
    if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Of all instances, the largest share of a pool in use that a scrape of the bin saw. */
function fullest(active: readonly Series[], max: readonly Series[], frame: Frame): (number | undefined)[] {
  const values = new Array<number | undefined>(frame.count).fill(undefined);
  for (const { labels, samples } of active) {
    const limits = new Map(max.find((one) => one.labels['instance'] === labels['instance'])?.samples);
    for (const [atMs, used] of samples) {
      const [limit, bin] = [limits.get(atMs), Math.ceil((atMs - frame.startMs) / frame.binMs) - 1];
      if (used === null || !limit || bin < 0) continue;
      values[bin] = Math.max(values[bin] ?? 0, used / limit);
    }
  }
  return values;
}

