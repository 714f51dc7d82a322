import { getJson } from '../../harness/backends/answers.ts';
import { TENANT } from '../../harness/backends/live/stack.ts';
import type { Shop } from '../../harness/backends/shop/shop.ts';
import type { Labels } from '../../harness/model/dataset.ts';
import { addSpans, exemplarFact, lineFact, seriesFact, type Facts } from './facts.ts';

export const signal = new AbortController().signal;
interface RawTag { readonly key: string; readonly value: unknown }
interface RawTrace {
  readonly spans: readonly { readonly spanID: string; readonly operationName: string; readonly processID: string; readonly tags: readonly RawTag[]; readonly references: readonly { readonly spanID: string }[] }[];
  readonly processes: Readonly<Record<string, { readonly tags: readonly RawTag[] }>>;
}
/** What Jaeger and the SDK add to every span. */
const ADDED = new Set(['span.kind', 'otel.scope.name', 'otel.scope.version', 'otel.status_code', 'error', 'internal.span.format']);

async function get<T>(url: string, parameters: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  const answer = await getJson<{ readonly data: T }>(url, parameters, signal, headers);
  if (!answer.ok) throw new Error(answer.message);
  return answer.value.data;
}

/** A PromQL query's samples. */
export async function ask(shop: Shop, query: string): Promise<readonly { readonly metric: Labels; readonly value: number }[]> {
  const { result } = await get<{ readonly result: readonly { readonly metric: Labels; readonly value: readonly [number, string] }[] }>(`${shop.prometheusUrl}/api/v1/query`, { query });
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/** Log lines since then, with their stream's labels. */
export async function readLines(shop: Shop, query: string, sinceMs: number): Promise<readonly { readonly labels: Labels; readonly line: string }[]> {
  const { result } = await get<{ readonly result: readonly { readonly stream: Labels; readonly values: readonly (readonly [string, string])[] }[] }>(
    `${shop.lokiUrl}/loki/api/v1/query_range`, { query, start: `${sinceMs}000000`, end: `${Date.now() + 1_000}000000`, limit: '5000' }, { 'X-Scope-OrgID': TENANT });
  return result.flatMap(({ stream, values }) => values.map(([, line]) => ({ labels: stream, line })));
}

/** The instances of a service with a span in Jaeger that says this of itself. */
export async function instancesWithSpan(shop: Shop, service: string, attributes: Readonly<Record<string, string>>, sinceMs: number): Promise<ReadonlySet<string>> {
  const traces = await get<readonly RawTrace[]>(`${shop.jaegerUrl}/api/traces`, { service, tags: JSON.stringify(attributes), start: `${sinceMs}000`, end: `${Date.now()}000`, limit: '1500' });
  const wanted = Object.entries(attributes);
  return new Set(traces.flatMap(spansOf).filter((span) => wanted.every(([key, value]) => span.attributes[key] === value)).map(({ instance }) => instance));
}

/** Everything that Prometheus, Loki and Jaeger hold of the shop, as facts. */
export async function factsOfShop(shop: Shop, sinceMs: number): Promise<Facts> {
  const facts = new Set<string>();
  const [start, end] = [String(sinceMs / 1000), String(Date.now() / 1000)];
  for (const labels of await get<readonly Labels[]>(`${shop.prometheusUrl}/api/v1/series`, { 'match[]': '{job=~".+"}', start, end })) facts.add(seriesFact(labels));
  const families = await get<Readonly<Record<string, readonly { readonly type: string }[]>>>(`${shop.prometheusUrl}/api/v1/metadata`, {});
  for (const [name, entries] of Object.entries(families)) for (const { type } of entries) facts.add(`type ${type === 'counter' && !name.endsWith('_total') ? `${name}_total` : name} ${type}`);
  const exemplars = await get<readonly { readonly seriesLabels: Labels; readonly exemplars: readonly { readonly labels: Labels }[] }[]>(`${shop.prometheusUrl}/api/v1/query_exemplars`, { query: '{__name__=~".+"}', start, end });
  for (const { seriesLabels, exemplars: own } of exemplars) for (const { labels } of own) facts.add(exemplarFact(seriesLabels, labels));
  for (const { labels, line } of await readLines(shop, '{service=~".+"}', sinceMs)) facts.add(lineFact(labels, line));
  for (const trace of await get<readonly RawTrace[]>(`${shop.jaegerUrl}/api/traces`, { service: 'gateway', start: `${sinceMs}000`, end: `${Date.now()}000`, limit: '1500' })) addSpans(facts, spansOf(trace));
  return facts;
}

function spansOf({ spans, processes }: RawTrace): Parameters<typeof addSpans>[1] {
  return spans.map(({ spanID, operationName, processID, tags, references }) => ({
    spanId: spanID, operation: operationName, parentSpanId: references[0]?.spanID,
    instance: String(processes[processID]?.tags.find(({ key }) => key === 'service.instance.id')?.value),
    kind: String(tags.find(({ key }) => key === 'span.kind')?.value),
    attributes: Object.fromEntries(tags.filter(({ key }) => !ADDED.has(key)).map(({ key, value }) => [key, value])),
  }));
}
