import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { hashDataset } from '../../harness/simulate/hash-dataset.ts';
import type { Run } from '../../harness/simulate/run-incident.ts';
import { entries, growth, only, runText, select, smallShop, SMALL_SHOP_START_MS, storedSpans } from './small-shop.ts';

// Six runs are simulated once, by whichever test comes first; a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });
const runs = new Map<number, Run>();
/** Over seeds: what holds for every run of the small shop. All properties look at the same runs. */
function everyRun(check: (run: Run) => void): void {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
    const run = runs.get(seed) ?? runText(smallShop(seed));
    runs.set(seed, run);
    check(run);
  }), { numRuns: 6, seed: 3 });
}

describe('three signals of one run agree', () => {
  test("an exemplar's trace is stored, and has a span of that service which lasted as long, inside the bucket", () => {
    everyRun((run) => {
      const spans = run.dataset.traces.flat();
      let seen = 0;
      for (const series of run.dataset.series) {
        const { __name__, le = '', service, instance, method, route } = series.labels;
        if (series.exemplars.length > 0) expect(__name__).toBe('http_request_duration_seconds_bucket');
        for (const { labels, value, timestampMs } of series.exemplars) {
          seen++;
          const span = spans.find((candidate) => candidate.traceId === labels['trace_id'] && candidate.kind === 'server' && candidate.service === service);
          expect(span).toMatchObject({ instance, operation: `${method} ${route}`, durationUs: Math.round(value * 1e6) });
          expect(timestampMs).toBe(Math.floor(((span?.startUs ?? 0) + (span?.durationUs ?? 0)) / 1000));
          expect(value).toBeLessThanOrEqual(Number(le.replace('+Inf', 'Infinity')));
          expect(value).toBeGreaterThan(boundBelow(le));
        }
        const times = series.exemplars.map(({ timestampMs }) => timestampMs);
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
      }
      expect(seen).toBeGreaterThan(100);
    });
  });

  test('every request counted has its log line, and every line is counted', () => {
    everyRun((run) => {
      const all = entries(run);
      for (const { labels } of select(run, { __name__: 'http_requests_total' })) {
        const { instance, route, method, status } = labels;
        // What a process counted between its last scrape and its end, nobody has seen.
        const lines = all.filter(({ record, timestampNs }) => record.instance === instance && record.route === route && record.method === method
          && String(record.status) === status && wasScraped(instance ?? '', timestampNs));
        expect([labels, growth(only(run, labels))]).toEqual([labels, lines.length]);
      }
      for (const { labels } of select(run, { __name__: 'log_lines_total' })) {
        const lines = all.filter(({ record, timestampNs }) => record.instance === labels['instance'] && record.level === labels['level']
          && wasScraped(record.instance, timestampNs));
        expect([labels, growth(only(run, labels))]).toEqual([labels, lines.length]);
      }
    });
  });

  test('children lie within their parents, and parents come first', () => {
    everyRun((run) => {
      for (const trace of run.dataset.traces) {
        const before = new Map<string, (typeof trace)[number]>();
        for (const span of trace) {
          const parent = before.get(span.parentSpanId ?? '');
          if (span.parentSpanId === undefined) expect(before.size).toBe(0);
          else if (parent !== undefined) {
            expect(span.startUs).toBeGreaterThanOrEqual(parent.startUs);
            expect(span.startUs + span.durationUs).toBeLessThanOrEqual(parent.startUs + parent.durationUs);
            // A parent is missing only where its instance died.
          } else expect(trace.some(({ operation, instance, failed }) => failed && operation === 'checkout POST /checkout' && instance === 'gateway-1:8080')).toBe(true);
          before.set(span.spanId, span);
        }
      }
    });
  });

  test("a line's trace was simulated; where it was stored, the line tells the span's duration", () => {
    everyRun((run) => {
      const simulated = new Set(run.visits.map(({ traceId }) => traceId));
      const stored = new Set(run.dataset.traces.map(([root]) => root?.traceId ?? ''));
      const spans = storedSpans(run);
      let checked = 0;
      for (const { record, timestampNs } of entries(run)) {
        if (record.event === 'service_started') continue;
        if (!simulated.has(record.trace_id ?? '')) throw new Error(`nobody's trace: ${record.trace_id}`);
        if (!stored.has(record.trace_id ?? '')) continue;
        const span = spans.get(`${record.trace_id} ${record.span_id}`);
        expect(span).toMatchObject({ service: record.service, instance: record.instance });
        expect(Math.abs((span?.durationUs ?? 0) / 1000 - (record.duration_ms ?? NaN))).toBeLessThanOrEqual(0.05001);
        expect(timestampNs).toBe(`${(span?.startUs ?? 0) + (span?.durationUs ?? 0)}000`);
        checked++;
      }
      expect(checked).toBeGreaterThan(1000);
    });
  });

  test('classic and native histograms count the same requests', () => {
    everyRun((run) => {
      for (const { labels, histograms } of select(run, { __name__: 'http_request_duration_seconds' })) {
        for (const { timestampMs, count, sum, schema, buckets, stale } of histograms) {
          const classic = (suffix: string, more = {}): number | null | undefined =>
            only(run, { ...labels, __name__: `http_request_duration_seconds${suffix}`, ...more }).samples.find(([at]) => at === timestampMs)?.[1];
          if (stale === true) {
            expect(classic('_count')).toBeNull();
            continue;
          }
          expect(classic('_count')).toBe(count);
          expect(classic('_sum')).toBe(sum);
          // Where both have a bound, both count alike: 2^(i/8) is 0.25 s, 0.5 s, 1 s and 2 s for i = -16, -8, 0 and 8.
          for (const [le, limit] of [['0.25', -16], ['0.5', -8], ['1.0', 0], ['2.0', 8]] as const) {
            const below = buckets.reduce((total, [index, n]) => total + (index <= limit ? n : 0), 0);
            expect(classic('_bucket', { le })).toBe(below);
          }
          expect(schema).toBe(3);
          expect(buckets.map(([index]) => index)).toEqual(buckets.map(([index]) => index).toSorted((a, b) => a - b));
        }
      }
    });
  });

  test('log streams have three labels and are written oldest first', () => {
    everyRun((run) => {
      for (const { labels, entries: lines } of run.dataset.logs) {
        expect(Object.keys(labels)).toEqual(['instance', 'level', 'service']);
        const times = lines.map(({ timestampNs }) => BigInt(timestampNs));
        expect(times.every((time, index) => index === 0 || (times[index - 1] ?? 0n) <= time)).toBe(true);
        const [first] = lines;
        expect(JSON.parse(first?.line ?? '{}')).toMatchObject(labels);
      }
    });
  });

  test('what is slow or failed is stored, of the rest about the share that the file says', () => {
    everyRun((run) => {
      const roots = new Map(run.dataset.traces.flatMap(([root]) => (root ? [[root.traceId, root]] : [])));
      const gatewayLines = entries(run).filter(({ record }) => record.service === 'gateway');
      const rest = gatewayLines.filter(({ record }) => {
        const notable = record.status === 503 || (record.duration_ms ?? 0) > 1000.1;
        if (notable) expect(roots.has(record.trace_id ?? '')).toBe(true);
        return !notable;
      });
      const share = rest.filter(({ record }) => roots.has(record.trace_id ?? '')).length / rest.length;
      expect(share).toBeGreaterThan(0.25);
      expect(share).toBeLessThan(0.35);
      const starts = [...roots.values()].map(({ startUs }) => startUs);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    });
  });
});

describe('resources and deaths', () => {
  test('no more connections are used than the pool has, though it is driven to its limit', () => {
    everyRun((run) => {
      for (const { labels, samples } of select(run, { __name__: 'db_pool_connections_active' })) {
        const max = only(run, { ...labels, __name__: 'db_pool_connections_max' }).samples;
        samples.forEach(([at, active], index) => {
          // After a cut, connections in use are given back as their queries end.
          if (at !== SMALL_SHOP_START_MS + 120_000) expect(active ?? 0).toBeLessThanOrEqual(max[index]?.[1] ?? 0);
        });
      }
      for (const { peak, max } of run.poolPeaks.values()) expect(peak).toBe(max);
      const waiting = select(run, { __name__: 'db_pool_requests_waiting' }).flatMap(({ samples }) => samples.map(([, value]) => value ?? 0));
      expect(Math.max(...waiting)).toBeGreaterThan(0);
      expect(entries(run).some(({ labels, record }) => labels['level'] === 'error' && record.service === 'checkout')).toBe(true);
    });
  });

  test('a dead instance has up 0 and a stale marker, then comes back with counters at zero', () => {
    everyRun((run) => {
      const at = (time: string): number => Date.parse(`2026-01-05T${time}Z`);
      const up = only(run, { __name__: 'up', instance: 'checkout-2:8080' }).samples;
      expect(up.filter(([, value]) => value === 0).map(([time]) => time)).toEqual([at('10:02:30'), at('10:02:45'), at('10:03:00')]);
      for (const { labels, samples } of select(run, { instance: 'checkout-2:8080' })) {
        if (labels['__name__'] === 'up' || samples.length === 0) continue;
        expect(samples.filter(([, value]) => value === null).map(([time]) => time)).toEqual([at('10:02:30')]);
        expect(samples.some(([time]) => time === at('10:02:45') || time === at('10:03:00'))).toBe(false);
        expect(samples.some(([time]) => time === at('10:03:15'))).toBe(true);
      }
      const count = only(run, { __name__: 'http_request_duration_seconds_count', instance: 'checkout-2:8080' }).samples;
      const value = (time: string): number => count.find(([timestamp]) => timestamp === at(time))?.[1] ?? NaN;
      expect(value('10:03:15')).toBeLessThan(value('10:02:15') / 2);
      const dead = [at('10:02:20') * 1000, at('10:03:05') * 1000] as const;
      const ends = run.dataset.traces.flat().filter(({ instance }) => instance === 'checkout-2:8080').map(({ startUs, durationUs }) => startUs + durationUs);
      expect(ends.filter((end) => end >= dead[0] && end < dead[1])).toEqual([]);
      expect(select(run, { instance: 'checkout-1:8080' }).every(({ samples }) => samples.every(([, sample]) => sample !== null))).toBe(true);
    });
  });

  test.each([
    ['failing', [[30, 1], [45, 0], [60, 0], [75, 1]]],
    ['removed', [[30, 1], [45, null], [75, 1]]],
  ] as const)('a scrape that is %s is a gap of the target, and the target serves on', (state, up) => {
    const [troubled, whole] = [`  - {at: "10:00:40", until: "10:01:05", target: inventory, kind: scrape, state: ${state}}\n`, ''].map((fault) => runText(smallShop(1).replace('sampling: {keep', `${fault}sampling: {keep`)));
    const of = (run: Run, name: string): readonly (readonly [number, number | null])[] => only(run, { __name__: name, service: 'inventory', ...(name === 'up' ? {} : { route: '/reserve', le: '+Inf' }) }).samples;
    const near = of(troubled as Run, 'up').map(([time, value]) => [(time - SMALL_SHOP_START_MS) / 1000, value]).filter(([time]) => (time as number) >= 30 && (time as number) <= 75);
    expect(near).toEqual(up);
    const name = 'http_request_duration_seconds_bucket';
    const gap = (time: number): boolean => time > SMALL_SHOP_START_MS + 40_000 && time <= SMALL_SHOP_START_MS + 65_000;
    // One stale marker, no sample; before and after, the counts are those of a run whose scrapes all went well.
    expect(of(troubled as Run, name).filter(([time]) => gap(time)).map(([, value]) => value)).toEqual([null]);
    expect(of(troubled as Run, name).filter(([time]) => !gap(time))).toEqual(of(whole as Run, name).filter(([time]) => !gap(time)));
    expect(troubled?.dataset.logs).toEqual(whole?.dataset.logs);
  });

  test('a deploy keeps up at 1, begins counters again, and a series that the new process does not have goes stale', () => {
    everyRun((run) => {
      expect(only(run, { __name__: 'up', service: 'discount' }).samples.every(([, value]) => value === 1)).toBe(true);
      const samples = only(run, { __name__: 'http_requests_total', service: 'discount', status: '200' }).samples;
      const drops = samples.filter(([, value], index) => index > 0 && (value ?? 0) < (samples[index - 1]?.[1] ?? 0)).map(([time]) => time);
      expect(drops).toEqual([SMALL_SHOP_START_MS + 75_000]);
      const versions = run.dataset.traces.flat().filter(({ service, kind }) => service === 'discount' && kind === 'server').map(({ attributes }) => attributes['service.version']);
      expect(new Set(versions)).toEqual(new Set(['1.0.0', '1.1.0']));
      expect(versions).toEqual(versions.toSorted());
    });
  });
});

describe('repeatable', () => {
  test('the same file and seed give the same hash, another seed another', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const hash = hashDataset(runText(smallShop(seed)).dataset);
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(hashDataset(runText(smallShop(seed)).dataset)).toBe(hash);
      expect(hashDataset(runText(smallShop(seed + 1)).dataset)).not.toBe(hash);
    }), { numRuns: 3 });
  });
  test('the hash sees each signal, the clock, and no order of keys', () => {
    const { dataset } = runText(smallShop(1));
    const hash = hashDataset(dataset);
    const [series, stream, trace] = [dataset.series[0], dataset.logs[0], dataset.traces[0]];
    if (series === undefined || stream === undefined || trace === undefined) throw new Error('the dataset lacks a signal');
    const reversed = { ...series, labels: Object.fromEntries(Object.entries(series.labels).reverse()) };
    expect(hashDataset({ ...dataset, series: [reversed, ...dataset.series.slice(1)] })).toBe(hash);
    expect(hashDataset({ ...dataset, startMs: dataset.startMs + 1 })).not.toBe(hash);
    expect(hashDataset({ ...dataset, faultEndMs: undefined })).not.toBe(hash);
    expect(hashDataset({ ...dataset, series: dataset.series.slice(1) })).not.toBe(hash);
    expect(hashDataset({ ...dataset, logs: [{ ...stream, entries: stream.entries.slice(1) }, ...dataset.logs.slice(1)] })).not.toBe(hash);
    expect(hashDataset({ ...dataset, traces: [trace.slice(1), ...dataset.traces.slice(1)] })).not.toBe(hash);
  });
  test('a variant changes only what its parameter touches', () => {
    const base = runText(smallShop(7));
    const variant = runText(smallShop(7), [['discount.latency', '1.5s']]);
    expect(variant.visits.map(({ traceId, role }) => [traceId, role])).toEqual(base.visits.map(({ traceId, role }) => [traceId, role]));
    const products = (run: Run): unknown => select(run, { __name__: 'http_request_duration_seconds_sum', route: '/products' });
    expect(products(variant)).toEqual(products(base));
    expect(hashDataset(variant.dataset)).not.toBe(hashDataset(base.dataset));
  });
});

function boundBelow(le: string): number {
  const bounds = [0, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10, Infinity];
  return bounds[bounds.indexOf(Number(le.replace('+Inf', 'Infinity'))) - 1] ?? NaN;
}
/** False for what checkout-2 did after its last scrape before it died, and discount's process before its deploy. */
function wasScraped(instance: string, timestampNs: string): boolean {
  const us = Number(BigInt(timestampNs) / 1000n) - SMALL_SHOP_START_MS * 1000;
  if (instance === 'checkout-2:8080') return !(us >= 135e6 && us < 140e6);
  if (instance === 'discount-1:8080') return !(us >= 60e6 && us < 67e6);
  return true;
}
