import type { AttributeValue } from '../../model/dataset.ts';
import type { TracesOutput, TranscriptSpan } from '../../model/transcript.ts';

interface RawSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: AttributeValue }[];
  readonly processID: string;
}
export interface RawTrace {
  readonly traceID: string;
  readonly spans: readonly RawSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly { readonly key: string; readonly value: AttributeValue }[] }>>;
}

/** Added by Jaeger or the SDK, the same on every span: nothing to read there. */
const DROPPED_TAGS = new Set(['otel.scope.name', 'otel.scope.version', 'internal.span.format', 'span.kind', 'otel.status_code', 'error']);
/** Traces kept in a transcript; `total` says how many there were. */
const KEPT_TRACES = 12;

/** Jaeger's legacy JSON → a transcript's traces, in order of start. */
export function toTraces(raw: readonly RawTrace[]): TracesOutput {
  const traces = raw
    .map((trace) => ({ traceId: trace.traceID, spans: sortSpans(trace.spans.map((span) => toSpan(span, trace))) }))
    .sort((left, right) => (left.spans[0]?.startUs ?? 0) - (right.spans[0]?.startUs ?? 0) || (left.traceId < right.traceId ? -1 : 1));
  return { kind: 'traces', traces: traces.slice(0, KEPT_TRACES), total: traces.length };
}

function toSpan(span: RawSpan, trace: RawTrace): TranscriptSpan {
  const process = trace.processes[span.processID];
  const tags = [...span.tags, ...(process?.tags ?? []).filter((tag) => tag.key === 'service.instance.id')];
  return {
    spanId: span.spanID,
    parentSpanId: span.references.find((reference) => reference.refType === 'CHILD_OF')?.spanID,
    service: process?.serviceName ?? '',
    operation: span.operationName,
    startUs: span.startTime,
    durationUs: span.duration,
    failed: span.tags.some((tag) => tag.key === 'otel.status_code' && tag.value === 'ERROR'),
    attributes: Object.fromEntries(tags.filter((tag) => !DROPPED_TAGS.has(tag.key)).sort((left, right) => (left.key < right.key ? -1 : 1)).map((tag) => [tag.key, tag.value])),
  };
}

/** Depth first, children in order of start: parents always come before what they called. */
function sortSpans(spans: readonly TranscriptSpan[]): TranscriptSpan[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const children = Map.groupBy(spans, (span) => (span.parentSpanId !== undefined && ids.has(span.parentSpanId) ? span.parentSpanId : ''));
  const walk = (parent: string): TranscriptSpan[] => (children.get(parent) ?? [])
    .toSorted((left, right) => left.startUs - right.startUs || (left.spanId < right.spanId ? -1 : 1))
    .flatMap((span) => [span, ...walk(span.spanId)]);
  return walk('');
}
