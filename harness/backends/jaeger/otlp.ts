import type { AttributeValue, Span } from '../../model/dataset.ts';

/** Span kinds of OTLP's trace.proto. */
const KIND = { internal: 1, server: 2, client: 3 } as const;

/** Spans → one OTLP/JSON `ExportTraceServiceRequest`, a resource per service instance. */
export function toOtlp(spans: readonly Span[]): object {
  const byInstance = new Map<string, Span[]>();
  for (const span of spans) {
    const key = `${span.service}\n${span.instance}`;
    const list = byInstance.get(key);
    if (list) list.push(span);
    else byInstance.set(key, [span]);
  }
  return {
    resourceSpans: [...byInstance.values()].map((list) => {
      const first = list[0] as Span;
      return {
        resource: { attributes: [attribute('service.name', first.service), attribute('service.instance.id', first.instance)] },
        scopeSpans: [{ scope: { name: 'technow' }, spans: list.map(toSpan) }],
      };
    }),
  };
}

function toSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.operation,
    kind: KIND[span.kind],
    startTimeUnixNano: `${span.startUs}000`,
    endTimeUnixNano: `${span.startUs + span.durationUs}000`,
    attributes: Object.entries(span.attributes).map(([key, value]) => attribute(key, value)),
    status: span.failed ? { code: 2 } : {},
  };
}

function attribute(key: string, value: AttributeValue): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } };
  if (typeof value === 'boolean') return { key, value: { boolValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}
