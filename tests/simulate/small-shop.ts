import type { Labels, Series, Span } from '../../harness/model/dataset.ts';
import { readIncident } from '../../harness/simulate/read-incident.ts';
import { runIncident } from '../../harness/simulate/run-incident.ts';
import type { Run } from '../../harness/simulate/run-incident.ts';

const SERVICES = `services:
  gateway: {version: 1.0.0, instances: [gateway-1:8080], work: {median: 3ms, sigma: 0.4}, log_every: [POST /checkout, GET /products]}
  checkout: {version: 1.0.0, instances: [checkout-1:8080, checkout-2:8080], work: {median: 9ms, sigma: 0.4}, database: {connections: 2, timeout: 300ms, query: {median: 60ms, sigma: 0.8}}, log_every: [POST /checkout]}
  inventory: {version: 1.0.0, instances: [inventory-1:8080], work: {median: 3ms, sigma: 0.4}, database: {connections: 3, timeout: 300ms, query: {median: 40ms, sigma: 0.8}}, log_every: [POST /reserve]}
  payment: {version: 1.0.0, instances: [payment-1:8080], work: {median: 14ms, sigma: 0.4}, log_every: [POST /charge]}
  discount: {version: 1.0.0, instances: [discount-1:8080], work: {median: 4ms, sigma: 0.4}, log_every: [GET /quote]}
`;
/** A hard-driven shop of four minutes: pools queue and time out, one service is slow for VIPs and redeployed, an instance dies. */
export function smallShop(seed: number): string {
  return `title: Small shop
start: 2026-01-05T10:00:00Z
duration: 4m
scrape_every: 15s
seed: ${seed}
traffic: {POST /checkout: 12, GET /products: 4}
population: {standard: 60 %, premium: 20 %, vip: 20 %}
network: 500us
${SERVICES}deploys:
  - {at: "10:01:07", target: discount, version: 1.1.0}
faults:
  - {at: "10:01:00", until: "10:02:00", target: discount, kind: latency, value: 1.2s, sigma: 0.2, call: {peer: loyalty-api, endpoint: GET /offers}, when: {role: vip}}
  - {at: "10:02:00", until: "10:03:00", target: checkout, kind: pool, connections: 1}
  - {at: "10:02:20", until: "10:03:05", target: checkout-2:8080, kind: instance-down}
sampling: {keep_slower_than: 1s, keep_errors: true, keep_share: 30 %}
parameters: {discount.latency: faults.0.value, sampling.share: sampling.keep_share}
`;
}
export const SMALL_SHOP_START_MS = Date.parse('2026-01-05T10:00:00Z');

/** Runs an incident given as text. Mistakes are reported for `incident.yaml`. */
export function runText(text: string, overrides: readonly (readonly [string, string])[] = []): Run {
  return runIncident('incident', readIncident('incident.yaml', text, { incident: 'incident', overrides }), { remember: true });
}

/** Series whose labels include these. */
export function select(run: Run, labels: Labels): readonly Series[] {
  return run.dataset.series.filter((series) => Object.entries(labels).every(([name, value]) => series.labels[name] === value));
}
/** The one series that has these labels. */
export function only(run: Run, labels: Labels): Series {
  const found = select(run, labels);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} series for ${JSON.stringify(labels)}, expected one`);
  return found[0];
}
/** How much a counter grew over its samples: across resets, as Prometheus' `increase` counts it. */
export function growth(series: Series): number {
  let total = 0;
  let last = 0;
  for (const [, value] of series.samples) {
    if (value === null) continue;
    total += value < last ? value : value - last;
    last = value;
  }
  return total;
}
export interface LogRecord {
  readonly level: string;
  readonly ts: string;
  readonly service: string;
  readonly instance: string;
  readonly event: string;
  readonly msg: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly duration_ms?: number;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly peer?: string;
}
export interface LogEntry {
  readonly labels: Labels;
  readonly timestampNs: string;
  readonly record: LogRecord;
}
export function entries(run: Run): readonly LogEntry[] {
  return run.dataset.logs.flatMap(({ labels, entries: lines }) =>
    lines.map(({ timestampNs, line }) => ({ labels, timestampNs, record: JSON.parse(line) as LogRecord })));
}
export function storedSpans(run: Run): ReadonlyMap<string, Span> {
  return new Map(run.dataset.traces.flat().map((span) => [`${span.traceId} ${span.spanId}`, span]));
}
