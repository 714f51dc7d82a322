import type { Labels } from '../../model/dataset.ts';
import type { Output, ProcessOutput, ServiceOutput, TranscriptSpan } from '../../model/transcript.ts';

/** Fields of a log line that differ from run to run by their nature. */
const VOLATILE_FIELD = /^(time|ts|timestamp|pid|hostname|trace_?id|span_?id|parent_?id)$|(duration|elapsed|latency|took)|_(ms|us|ns|seconds)$/i;
/** Metrics of the process, and everything that measures time. */
const VOLATILE_METRIC = /^(process_|nodejs_)|_(seconds|milliseconds|ms)(_sum|_bucket|_created)?$|_created$/;
const METRIC_LINE = /^([a-zA-Z_:][\w:]*)(\{.*?\})? (\S+)( # .*)?$/;
/** In this order: an id could otherwise be taken for a number. */
const VOLATILE_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b/g, '<traceparent>'],
  [/\b[0-9a-f]{32}\b/g, '<trace>'],
  [/\b(?=\d*[a-f])[0-9a-f]{16}\b/g, '<span>'],
  [/\b1[5-9]\d{11}\b/g, '<time>'],
  [/\(node:\d+\)/g, '(node:<pid>)'],
  [/((?:localhost|127\.0\.0\.1|\[::1?\]|0\.0\.0\.0):)(?:3[2-9]|[4-6]\d)\d{3}\b/g, '$1<port>'],
  [/\b\d+(\.\d+)?(?:e-\d+)?\s?(?:ns|µs|us|ms|s|seconds|milliseconds)\b/g, '<duration>'],
];

/**
 * What two runs of the same live block, of a query that continues it, or of a process must agree on: the output without times,
 * ids, ports, durations and values of the process. Not for answers over datasets: those are exact. Idempotent on text; never use
 * it for what a reader sees.
 */
export function normaliseLive(output: Output): unknown {
  const { kind } = output;
  switch (kind) {
    case 'process': return normaliseProcess(output);
    case 'service': return normaliseService(output);
    case 'vector': return { kind, samples: output.samples.map(normaliseSample) };
    // How many points it has depends on when the first scrape came.
    case 'matrix': return { kind, stepMs: output.stepMs, series: output.series.map(({ labels }) => labels) };
    case 'logs': return { kind, total: output.total, entries: output.entries.map(({ labels, line }) => ({ labels: normaliseFields(labels), line: normaliseLine(line) })) };
    case 'traces': return { kind, total: output.total, traces: normaliseTraces(output.traces) };
    default: return output;
  }
}

/** Fractions come from rates, quantiles and times; whole numbers are counts unless their name says otherwise. */
function normaliseSample({ labels, value }: { readonly labels: Labels; readonly value: string }): unknown {
  return { labels, value: isVolatile(labels['__name__'] ?? '', labels) || !/^-?\d+$/.test(value) ? '<value>' : value };
}

function normaliseTraces(traces: ServiceOutput['traces']): readonly string[] {
  return traces.map(({ spans }) => JSON.stringify(toForest(spans))).sort();
}

function normaliseProcess(output: ProcessOutput): unknown {
  return { kind: output.kind, stdout: normaliseText(output.stdout), stderr: normaliseText(output.stderr), exitCode: output.exitCode };
}

function normaliseService(output: ServiceOutput): unknown {
  return {
    kind: output.kind,
    stdout: normaliseText(output.stdout),
    exposition: normaliseText(output.exposition),
    contentType: output.contentType,
    series: output.series.map(normaliseSample),
    logLines: output.logLines.map(normaliseLine),
    traces: normaliseTraces(output.traces),
  };
}

/** Line by line: JSON objects by their fields, expositions by their metrics, anything else by what it looks like. */
export function normaliseText(text: string): string {
  return text.split('\n').map(normaliseLine).join('\n');
}

function normaliseLine(line: string): string {
  const fields = line.startsWith('{') ? parseObject(line) : undefined;
  if (fields !== undefined) return JSON.stringify(normaliseFields(fields));
  const [, name = '', labels = '', value] = METRIC_LINE.exec(line) ?? [];
  if (value !== undefined && isVolatile(name, { le: /le="([^"]*)"/.exec(labels)?.[1] ?? '' })) return `${name}${labels} <value>`;
  return replaceVolatile(line);
}

function replaceVolatile(text: string): string {
  return VOLATILE_TEXT.reduce((result, [pattern, replacement]) => result.replaceAll(pattern, replacement), text);
}

/** The bucket `+Inf` counts all observations, however long they took. */
function isVolatile(name: string, labels: Labels): boolean {
  return VOLATILE_METRIC.test(name) && !(name.endsWith('_bucket') && labels['le'] === '+Inf');
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function normaliseFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => {
    if (VOLATILE_FIELD.test(name)) return [name, `<${name}>`];
    if (typeof value === 'string') return [name, replaceVolatile(value)];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [name, normaliseFields(value as Record<string, unknown>)];
    return [name, value];
  }));
}

interface SpanTree {
  readonly service: string;
  readonly operation: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly children: readonly SpanTree[];
}

/** Spans by who called whom; brothers in the order of their text, because they may overlap. */
function toForest(spans: readonly TranscriptSpan[]): readonly SpanTree[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const grow = (parent: string | undefined): SpanTree[] => spans
    .filter((span) => (ids.has(span.parentSpanId ?? '') ? span.parentSpanId : undefined) === parent)
    .map(({ spanId, service, operation, failed, attributes }) => ({ service, operation, failed, attributes: normaliseFields(attributes), children: grow(spanId) }))
    .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  return grow(undefined);
}
