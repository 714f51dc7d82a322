import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../harness/model/dataset.ts';
import { hashDataset, listIncidents, simulate } from '../../harness/simulate/index.ts';

const ROOT = join(import.meta.dirname, '../..');
vi.setConfig({ testTimeout: 60_000 });
const DAY_MS = 24 * 3600 * 1000;
const datasets = new Map(listIncidents(ROOT).map((name) => [name, simulate(name, ROOT)]));

function dataset(name: string): Dataset {
  const found = datasets.get(name);
  if (found === undefined) throw new Error(`no incident ${name}`);
  return found;
}
function clock(of: Dataset, time: string): number {
  return Date.parse(`${new Date(of.startMs).toISOString().slice(0, 10)}T${time}Z`);
}

describe('every incident of the course', () => {
  test.each([...datasets])('%s stays within 500 series, 18,000 lines and 1,500 traces', (_name, { series, logs, traces }) => {
    expect(series.length).toBeLessThanOrEqual(500);
    expect(logs.reduce((sum, { entries }) => sum + entries.length, 0)).toBeLessThanOrEqual(18_000);
    expect(traces.length).toBeLessThanOrEqual(1_500);
  });
  test.each([...datasets])('%s has its samples at the dataset\'s steps, in order, and nothing outside its clock', (_name, { startMs, endMs, stepMs, series, logs, traces }) => {
    const steps = new Set(Array.from({ length: (endMs - startMs) / stepMs + 1 }, (_, index) => startMs + index * stepMs));
    for (const { labels, samples, histograms } of series) {
      expect(Object.keys(labels)).toEqual(expect.arrayContaining(['__name__', 'service', 'instance', 'job']));
      expect(samples.length > 0).not.toBe(histograms.length > 0);
      const times = [...samples.map(([at]) => at), ...histograms.map(({ timestampMs }) => timestampMs)];
      expect(times.every((at, index) => steps.has(at) && (index === 0 || (times[index - 1] ?? 0) < at))).toBe(true);
    }
    const lineTimes = logs.flatMap(({ entries }) => entries.map(({ timestampNs }) => Number(BigInt(timestampNs) / 1_000_000n)));
    const spanTimes = traces.flat().flatMap(({ startUs, durationUs }) => [startUs / 1000, (startUs + durationUs) / 1000]);
    expect([...lineTimes, ...spanTimes].every((at) => at >= startMs && at <= endMs)).toBe(true);
  });
  test('is at least a day from every other', () => {
    const starts = [...datasets.values()].map(({ startMs }) => startMs).sort((a, b) => a - b);
    expect(starts.slice(1).every((start, index) => start - (starts[index] ?? 0) >= DAY_MS)).toBe(true);
  });
  test('changes no byte when another file is added', () => {
    const root = mkdtempSync(join(tmpdir(), 'incidents-'));
    try {
      mkdirSync(join(root, 'snippets/incidents'), { recursive: true });
      for (const name of ['first-light', 'checkout-lag']) copyFileSync(join(ROOT, `snippets/incidents/${name}.yaml`), join(root, `snippets/incidents/${name}.yaml`));
      expect(hashDataset(simulate('first-light', root))).toBe(hashDataset(dataset('first-light')));
    } finally {
      rmSync(root, { recursive: true });
    }
  });
  test('has the same bytes in another time zone and locale', () => {
    const source = `import { hashDataset, simulate } from './harness/simulate/index.ts'; console.log(hashDataset(simulate('first-light', '.')));`;
    const env = { ...process.env, TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8' };
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], { cwd: ROOT, env, encoding: 'utf8' });
    expect([stderr, stdout.trim()]).toEqual(['', hashDataset(dataset('first-light'))]);
  });
});

/** Durations in seconds of checkout's own requests, from its log lines. */
function checkoutSeconds(of: Dataset, from: string, until: string): readonly number[] {
  const [fromMs, untilMs] = [clock(of, from), clock(of, until)];
  return of.logs
    .filter(({ labels }) => labels['service'] === 'checkout' && labels['level'] === 'info')
    .flatMap(({ entries }) => entries)
    .filter(({ timestampNs }) => Number(timestampNs) / 1e6 >= fromMs && Number(timestampNs) / 1e6 < untilMs)
    .map(({ line }) => (JSON.parse(line) as { duration_ms: number }).duration_ms / 1000)
    .sort((a, b) => a - b);
}
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] ?? NaN;
}

describe('what the file of checkout-lag promises', () => {
  const lag = dataset('checkout-lag');
  test.each([['before', '13:55:00', '14:00:00'], ['after', '14:19:00', '14:24:00']])('%s: nobody waits', (_when, from, until) => {
    const seconds = checkoutSeconds(lag, from, until);
    expect(quantile(seconds, 0.99)).toBeLessThan(0.2);
  });
  test.each([['14:03:00', '14:08:00'], ['14:08:00', '14:13:00'], ['14:13:00', '14:18:00']])('during, %s to %s: the tail is slow, the middle and the mean are not', (from, until) => {
    const seconds = checkoutSeconds(lag, from, until);
    expect(quantile(seconds, 0.5)).toBeLessThan(0.06);
    expect(quantile(seconds, 0.95)).toBeGreaterThan(2);
    expect(quantile(seconds, 0.99)).toBeGreaterThan(2.4);
    expect(seconds.reduce((sum, value) => sum + value, 0) / seconds.length).toBeLessThan(0.4);
  });
  test('no request failed, no line is an error, no pool had a queue', () => {
    const failures = lag.series.filter(({ labels }) => labels['__name__'] === 'http_requests_total' && labels['status'] !== '200');
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.every(({ samples }) => samples.every(([, value]) => (value ?? 0) === 0))).toBe(true);
    expect(lag.logs.some(({ labels }) => labels['level'] === 'error')).toBe(false);
    const waiting = lag.series.filter(({ labels }) => labels['__name__'] === 'db_pool_requests_waiting');
    expect(waiting.every(({ samples }) => samples.every(([, value]) => value === 0))).toBe(true);
  });
  test('only checkout warns, once for each slow call, and names discount; discount tells when it started', () => {
    const warned = lag.logs.filter(({ labels }) => labels['level'] === 'warn');
    expect(new Set(warned.map(({ labels }) => labels['service']))).toEqual(new Set(['checkout']));
    const records = warned.flatMap(({ entries }) => entries).map(({ line }) => JSON.parse(line) as { peer: string; event: string });
    expect(new Set(records.map(({ peer, event }) => `${event} ${peer}`))).toEqual(new Set(['outbound_call_slow discount']));
    expect(records.length).toBe(lag.traces.filter(([root]) => (root?.durationUs ?? 0) > 1e6).length);
    const started = lag.logs.filter(({ labels }) => labels['service'] === 'discount').flatMap(({ entries }) => entries);
    expect(started.map(({ line }) => (JSON.parse(line) as { version: string }).version)).toEqual(['1.9.0', '1.9.1']);
  });
  test('the deploy falls just after its scrape: counters of discount drop at the next one', () => {
    const samples = lag.series.find(({ labels }) => labels['__name__'] === 'http_requests_total' && labels['service'] === 'discount' && labels['status'] === '200')?.samples ?? [];
    const drops = samples.filter(([, value], index) => (value ?? 0) < (samples[index - 1]?.[1] ?? 0)).map(([at]) => at);
    expect(drops).toEqual([clock(lag, '14:02:15'), clock(lag, '14:18:15')]);
  });
  test("every slow trace is a VIP's and spends its time in the outside call", () => {
    const slow = lag.traces.filter(([root]) => (root?.durationUs ?? 0) > 1e6);
    expect(slow.length).toBeGreaterThan(150);
    for (const trace of slow) {
      const [root] = trace;
      expect(root).toMatchObject({ service: 'gateway', attributes: { 'user.role': 'vip' } });
      const outside = trace.find(({ operation }) => operation === 'loyalty-api GET /offers');
      expect(outside).toMatchObject({ service: 'discount', kind: 'client' });
      expect((outside?.durationUs ?? 0) / (root?.durationUs ?? 1)).toBeGreaterThan(0.9);
      expect(trace.find(({ operation }) => operation === 'discount GET /quote')?.durationUs).toBeGreaterThan(outside?.durationUs ?? NaN);
    }
  });
  test('nothing is slow on the healthy day', () => {
    const healthy = dataset('healthy');
    expect(healthy.faultStartMs).toBeUndefined();
    expect(healthy.logs.some(({ labels }) => labels['level'] !== 'info')).toBe(false);
    expect(Math.max(...healthy.traces.map(([root]) => root?.durationUs ?? 0))).toBeLessThan(500_000);
    expect(quantile(checkoutSeconds(healthy, '14:00:00', '14:05:00'), 0.99)).toBeLessThan(0.2);
  });
});

describe('what first-light is for', () => {
  const firstLight = dataset('first-light');
  const value = (name: string, labels: Readonly<Record<string, string>>, time: string): number | null | undefined =>
    firstLight.series.find((series) => series.labels['__name__'] === name && Object.entries(labels).every(([key, wanted]) => series.labels[key] === wanted))
      ?.samples.find(([at]) => at === clock(firstLight, time))?.[1];
  test('the instance dies, leaves stale markers, and counts from zero when it is back', () => {
    expect(['09:01:15', '09:01:30', '09:01:45', '09:02:00', '09:02:15'].map((time) => value('up', {}, time))).toEqual([1, 0, 0, 0, 1]);
    const requests = (time: string): number | null | undefined => value('http_requests_total', { status: '200' }, time);
    expect([requests('09:01:30'), requests('09:01:45'), requests('09:02:00')]).toEqual([null, undefined, undefined]);
    expect(requests('09:01:15')).toBeGreaterThan(400);
    expect(requests('09:02:15')).toBeLessThan(150);
  });
  test('it has classic and native histograms, the latter with a stale marker too, and exemplars', () => {
    const native = firstLight.series.find(({ histograms }) => histograms.length > 0);
    expect(native?.labels['__name__']).toBe('http_request_duration_seconds');
    expect(native?.histograms.filter(({ stale }) => stale).map(({ timestampMs }) => timestampMs)).toEqual([clock(firstLight, '09:01:30')]);
    expect(firstLight.series.filter(({ exemplars }) => exemplars.length > 0).length).toBeGreaterThan(2);
    expect(value('http_requests_total', { status: '503' }, '09:03:00')).toBe(0);
  });
});
