import type { Dataset, Labels } from '../../harness/model/dataset.ts';

/** What two shops must agree on, one sentence each: about a series, a type, a log line's shape, a span's shape or one value that a span states. */
export type Facts = ReadonlySet<string>;

interface SpanLike {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly instance: string;
  readonly operation: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
/** Numbers that measure or count: their type is part of the contract, their value is not. */
const MEASURED = new Set(['db.pool.wait_ms', 'cart.items', 'stock.before', 'stock.after', 'http.request.resend_count']);

export function factsOfDataset(dataset: Dataset): Facts {
  const facts = new Set<string>();
  for (const { labels, histograms, exemplars } of dataset.series) {
    facts.add(histograms.length > 0 ? `native ${seriesFact(labels)}` : seriesFact(labels));
    if (histograms.length === 0) facts.add(typeFact(labels['__name__'] ?? ''));
    for (const exemplar of exemplars) facts.add(exemplarFact(labels, exemplar.labels));
  }
  for (const { labels, entries } of dataset.logs) for (const { line } of entries) facts.add(lineFact(labels, line));
  for (const trace of dataset.traces) addSpans(facts, trace);
  return facts;
}

/** `checkout-1:8080 http_requests_total{method=POST,…}`; the job is the service's name. */
export function seriesFact({ __name__: name, instance, job, service, ...labels }: Labels): string {
  return `${instance} ${name}{${Object.entries(labels).sort(byName).map(([label, value]) => `${label}=${value}`).join(',')}} job=${job} service=${service}`;
}
/** What the name promises: there is no type in a dataset. */
function typeFact(name: string): string {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return `type ${family === name ? `${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}` : `${family} histogram`}`;
}
export function exemplarFact(labels: Labels, own: Labels): string {
  return `exemplar ${labels['instance']} ${labels['__name__']} with ${Object.keys(own).sort().join(',')}`;
}
export function lineFact(labels: Labels, line: string): string {
  const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return `line of stream ${Object.entries(labels).sort(byName).map(([label, value]) => `${label}=${value}`).join(',')}: ${String(fields['event'])} "${String(fields['msg'])}" with ${shapeOf(fields)}`;
}
export function addSpans(facts: Set<string>, spans: readonly SpanLike[]): void {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? '');
    const name = `${span.instance} ${span.kind} "${span.operation}"`;
    facts.add(`span ${name} below ${parent === undefined ? 'none' : `${parent.kind} "${parent.operation}"`} with ${shapeOf(span.attributes)}`);
    for (const [key, value] of Object.entries(span.attributes)) if (!MEASURED.has(key)) facts.add(`value ${name} ${key}=${String(value)}`);
  }
}
function shapeOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields).sort(byName).map(([name, value]) => `${name}:${typeof value}`).join(',');
}
function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
