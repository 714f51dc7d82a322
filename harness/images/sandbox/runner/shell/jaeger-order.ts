interface Span {
  readonly spanID: string;
  readonly startTime: number;
  readonly processID: string;
}
interface Trace {
  readonly traceID: string;
  readonly spans: readonly Span[];
  readonly processes: Readonly<Record<string, unknown>>;
}

/**
 * Jaeger answers lists in the order of a hash table, which is another each time, and numbers the processes of a trace by it. Names are
 * sorted, traces and spans by their start, and processes numbered as the spans name them: the same content, the same bytes.
 * @param body JSON of Jaeger's API; anything else is returned as it is
 */
export function sortJaeger(body: Buffer): Buffer {
  let envelope: { readonly data?: unknown };
  try {
    envelope = JSON.parse(body.toString()) as typeof envelope;
  } catch {
    return body;
  }
  const { data } = envelope;
  if (!Array.isArray(data)) return body;
  const list = data as readonly unknown[];
  const sorted = list.every(isTrace) ? list.map(sortTrace).sort(byStart) : list.toSorted((left, right) => compare(JSON.stringify(left), JSON.stringify(right)));
  return Buffer.from(JSON.stringify({ ...envelope, data: sorted }));
}

function isTrace(item: unknown): item is Trace {
  return typeof item === 'object' && item !== null && 'spans' in item && Array.isArray(item.spans);
}

function sortTrace(trace: Trace): Trace {
  const spans = trace.spans.toSorted((left, right) => left.startTime - right.startTime || compare(left.spanID, right.spanID));
  const numbers = new Map([...new Set(spans.map(({ processID }) => processID))].map((id, index) => [id, `p${index + 1}`]));
  return {
    ...trace,
    spans: spans.map((span) => ({ ...span, processID: numbers.get(span.processID) ?? span.processID })),
    processes: Object.fromEntries([...numbers].map(([id, number]) => [number, trace.processes[id]])),
  };
}

function byStart(left: Trace, right: Trace): number {
  return (left.spans[0]?.startTime ?? 0) - (right.spans[0]?.startTime ?? 0) || compare(left.traceID, right.traceID);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
