import { expect, test, vi } from 'vitest';
import type { Span } from '../../harness/model/dataset.ts';
import type { Run } from '../../harness/simulate/run-incident.ts';
import { everyHardRun, HARD_SHOP_START_MS } from './hard-shop.ts';
import { entries, only, runText, select } from './small-shop.ts';
import type { LogRecord } from './small-shop.ts';

vi.setConfig({ testTimeout: 60_000 });
const endUs = (span: Span): number => span.startUs + span.durationUs;

test('each exemplar names a stored trace with a server span of that duration, inside the bucket', () => {
  let seen = 0;
  everyHardRun((run) => {
    const spans = new Map<string, Span[]>();
    for (const span of run.dataset.traces.flat()) spans.set(span.traceId, [...(spans.get(span.traceId) ?? []), span]);
    for (const { labels: { service, instance, method, route, le }, exemplars } of run.dataset.series) {
      for (const { labels, value } of exemplars) {
        seen++;
        const wanted = { service, instance, operation: `${method} ${route}`, durationUs: Math.round(value * 1e6), kind: 'server' };
        expect(spans.get(labels['trace_id'] ?? '')).toContainEqual(expect.objectContaining(wanted));
        expect(value).toBeLessThanOrEqual(le === '+Inf' ? Infinity : Number(le));
      }
    }
  });
  expect(seen).toBeGreaterThan(2000);
});

test('at every scrape the counters of a process equal the requests in its log lines until then', () => {
  everyHardRun((run) => {
    const all = entries(run).map(({ record, timestampNs }) => ({ record, us: Number(BigInt(timestampNs) / 1000n) }));
    for (const { labels, samples } of select(run, { __name__: 'http_requests_total' })) {
      const { instance = '', route, status } = labels;
      const begins = beginnings(all.map(({ record, us }) => ({ ...record, us })), instance);
      const own = all.filter(({ record }) => record.instance === instance && record.route === route && String(record.status) === status);
      for (const [atMs, value] of samples) {
        if (value === null) continue;
        const began = begins.findLast((us) => us < atMs * 1000) ?? 0;
        expect([labels, atMs, value]).toEqual([labels, atMs, own.filter(({ us }) => us >= began && us < atMs * 1000).length]);
      }
    }
  });
});

test('a child lies within its parent, or its caller has gone and its span says so', () => {
  let gone = 0;
  everyHardRun((run) => {
    for (const trace of run.dataset.traces) {
      const byId = new Map(trace.map((span) => [span.spanId, span]));
      for (const span of trace) {
        const parent = byId.get(span.parentSpanId ?? '');
        if (parent === undefined) continue;
        expect(span.startUs).toBeGreaterThanOrEqual(parent.startUs);
        if (endUs(span) <= endUs(parent)) continue;
        gone++;
        expect([span.kind, span.attributes['http.client_gone'], parent.attributes['error.type']]).toEqual(['server', true, 'timeout']);
      }
    }
  });
  expect(gone).toBeGreaterThan(100);
});

test("the critical path explains a request's time: own work and children, one after the other", () => {
  everyHardRun((run) => {
    for (const trace of run.dataset.traces) {
      for (const span of trace) {
        // Steps of one request come one after the other; a caller that gave up counts until then.
        const children = trace.filter(({ parentSpanId }) => parentSpanId === span.spanId).toSorted((a, b) => a.startUs - b.startUs);
        children.forEach((child, index) => expect(child.startUs).toBeGreaterThanOrEqual(index === 0 ? span.startUs : endUs(children[index - 1] ?? child)));
        if (span.kind !== 'client' || span.attributes['http.response.status_code'] === undefined || children.length !== 1) continue;
        // There and back over the network, and nothing else.
        expect(span.durationUs - (children[0]?.durationUs ?? 0)).toBe(1000);
      }
    }
  });
});

test("a line's trace is one of the run's, and so is its span", () => {
  everyHardRun((run) => {
    const stored = new Map(run.dataset.traces.flat().map((span) => [`${span.traceId} ${span.spanId}`, span]));
    const traces = new Set([...run.dataset.traces.flat().map(({ traceId }) => traceId), ...run.visits.map(({ traceId }) => traceId)]);
    let matched = 0;
    for (const { record } of entries(run)) {
      if (record.trace_id === undefined) expect(['service_started', 'shutdown', 'failover_complete', 'out_of_memory', 'gc_slow']).toContain(record.event);
      else if (traces.has(record.trace_id)) {
        const span = stored.get(`${record.trace_id} ${record.span_id}`);
        if (span === undefined) continue;
        matched++;
        expect([span.service, span.instance]).toEqual([record.service, record.instance]);
        // A trace of its own whose beginning had not ended when the run did.
      } else expect([record.service, record.event]).toEqual(['payment', expect.any(String)]);
    }
    expect(matched).toBeGreaterThan(1000);
  });
});

test('no pool ever lends more than it had, and a full one has no idle connection while somebody waits', () => {
  everyHardRun((run, { faults }) => {
    for (const [instance, { peak }] of run.poolPeaks) expect([instance, peak <= (instance.startsWith('checkout') ? 3 : 2)]).toEqual([instance, true]);
    for (const { labels, samples } of select(run, { __name__: 'db_pool_requests_waiting' })) {
      const active = only(run, { ...labels, __name__: 'db_pool_connections_active' }).samples;
      const max = only(run, { ...labels, __name__: 'db_pool_connections_max' }).samples;
      samples.forEach(([at, waiting], index) => {
        if ((waiting ?? 0) > 0) expect([faults, labels, at, active[index]?.[1]]).toEqual([faults, labels, at, Math.max(active[index]?.[1] ?? 0, max[index]?.[1] ?? 0)]);
      });
    }
  });
});

test("Little's law: requests in flight are arrivals times time, exactly when both are added up over the spans", () => {
  everyHardRun((run) => {
    for (const { labels, samples } of select(run, { __name__: 'http_requests_in_flight' })) {
      const spans = run.dataset.traces.flat().filter(({ kind, instance }) => kind === 'server' && instance === labels['instance']);
      for (const [atMs, inFlight] of samples) {
        if (inFlight === null) continue;
        const open = spans.filter((span) => span.startUs < atMs * 1000 && endUs(span) >= atMs * 1000).length;
        // What never ended (its process died, or the run did) has no span.
        expect(open).toBeLessThanOrEqual(inFlight);
        if (neverDies(run, labels['instance'] ?? '') && atMs < HARD_SHOP_START_MS + 135_000) expect([labels, atMs, open]).toEqual([labels, atMs, inFlight]);
      }
    }
  });
});

test('a scrape of a dead instance is a gap and up 0; a new process counts from zero', () => {
  let deaths = 0;
  everyHardRun((run) => {
    for (const { labels, samples } of select(run, { __name__: 'up' })) {
      if (labels['service'] === 'orders-db' || labels['service'] === 'inventory-db') continue;
      const own = select(run, { instance: labels['instance'] ?? '' }).filter((series) => series.labels['__name__'] !== 'up');
      samples.forEach(([at, up], index) => {
        if (up === 1) return;
        deaths++;
        const wasUp = samples[index - 1]?.[1] === 1;
        for (const series of own) {
          const there = series.samples.find(([time]) => time === at);
          if (!wasUp) expect([series.labels, there]).toEqual([series.labels, undefined]);
          else if (series.samples.some(([time]) => time === samples[index - 1]?.[0])) expect([series.labels, there]).toEqual([series.labels, [at, null]]);
        }
      });
    }
  });
  expect(deaths).toBeGreaterThan(5);
});

test('retries have spans of their own, numbered, and no more than the policy allows', () => {
  let resent = 0;
  everyHardRun((run, { attempts }) => {
    for (const { attributes, kind } of run.dataset.traces.flat()) {
      const count = attributes['http.request.resend_count'];
      if (count === undefined) continue;
      resent++;
      expect(kind).toBe('client');
      expect(count).toBeLessThan(attempts);
    }
  });
  expect(resent).toBeGreaterThan(100);
});

test('nobody who is quick enough is told of a timeout, and nobody waits longer than his patience', () => {
  everyHardRun((run, { timeoutMs }) => {
    for (const span of run.dataset.traces.flat()) {
      if (span.kind !== 'client' || span.service !== 'checkout' || span.attributes['server.address'] === undefined || !/^(inventory|payment|discount) /.test(span.operation)) continue;
      expect(span.durationUs).toBeLessThanOrEqual(timeoutMs * 1000 + 500);
      if (span.attributes['error.type'] === 'timeout') expect(span.durationUs).toBe(timeoutMs * 1000);
    }
  });
});

test('with a lock every unit is sold once; without one some are sold twice', () => {
  const text = (race: string): string => `title: Launch
start: 2026-01-05T10:00:00Z
duration: 150s
scrape_every: 15s
seed: 3
traffic: {POST /checkout: 6}
population: {standard: 100 %, premium: 0 %, vip: 0 %}
network: 500us
stock: 300
services:
  gateway: {version: 1.0.0, instances: ["gateway-1:8080"], work: {median: 3ms, sigma: 0.4}}
  checkout: {version: 1.0.0, instances: ["checkout-1:8080"], work: {median: 9ms, sigma: 0.4}, database: {connections: 9, timeout: 300ms, query: {median: 6ms, sigma: 0.8}}}
  inventory: {version: 1.0.0, instances: ["inventory-1:8080", "inventory-2:8080"], work: {median: 3ms, sigma: 0.4}, database: {connections: 9, timeout: 300ms, query: {median: 4ms, sigma: 0.8}}}
  payment: {version: 1.0.0, instances: ["payment-1:8080"], work: {median: 14ms, sigma: 0.4}}
  discount: {version: 1.0.0, instances: ["discount-1:8080"], work: {median: 4ms, sigma: 0.4}}
${race}sampling: {keep_slower_than: 1s, keep_errors: true, keep_share: 100 %}
`;
  const sold = (run: Run): number => select(run, { __name__: 'inventory_units_sold_total' }).reduce((sum, { samples }) => sum + (samples.at(-1)?.[1] ?? 0), 0);
  expect(sold(runText(text('')))).toBe(300);
  const raced = runText(text('faults: [{at: "10:00", until: "10:02:30", kind: stock-race, target: inventory, value: 150ms}]\n'));
  expect(sold(raced)).toBeGreaterThan(350);
  const reads = raced.dataset.traces.flat().filter(({ operation }) => operation === 'db.query read_stock');
  const twice = reads.filter((span) => reads.some((other) => other !== span && other.attributes['stock.before'] === span.attributes['stock.before']));
  expect(twice.length).toBeGreaterThan(50);
});

/** When processes of the instance began, in microseconds. */
function beginnings(records: readonly (LogRecord & { readonly us: number })[], instance: string): readonly number[] {
  return records.filter((record) => record.instance === instance && record.event === 'service_started').map(({ us }) => us);
}
function neverDies(run: Run, instance: string): boolean {
  return !entries(run).some(({ record }) => record.instance === instance && record.event === 'service_started');
}
