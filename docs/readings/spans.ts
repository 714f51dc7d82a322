import type { TranscriptSpan } from '../../harness/model/transcript.ts';

/** A span as a row of a waterfall. Times are relative to the trace's start. */
export interface SpanRow {
  readonly span: TranscriptSpan;
  readonly depth: number;
  readonly startUs: number;
  readonly endUs: number;
  /** Parts of the span that no child covers: the span's own work. */
  readonly self: readonly (readonly [startUs: number, endUs: number])[];
  readonly isCritical: boolean;
}
export interface Waterfall {
  readonly rows: readonly SpanRow[];
  readonly durationUs: number;
}

function uncovered(startUs: number, endUs: number, children: readonly TranscriptSpan[]): [number, number][] {
  const gaps: [number, number][] = [];
  let cursorUs = startUs;
  for (const child of [...children].sort((a, b) => a.startUs - b.startUs)) {
    if (child.startUs > cursorUs) gaps.push([cursorUs, Math.min(child.startUs, endUs)]);
    cursorUs = Math.max(cursorUs, child.startUs + child.durationUs);
    if (cursorUs >= endUs) return gaps;
  }
  gaps.push([cursorUs, endUs]);
  return gaps;
}

/**
 * Spans that the end-to-end time waited for: from each span's end backwards, the child that finished last before the cursor, then
 * the one that finished last before that child began, and so on, recursively.
 */
function criticalSpans(root: TranscriptSpan, childrenOf: (span: TranscriptSpan) => readonly TranscriptSpan[]): Set<string> {
  const critical = new Set<string>();
  const walk = (span: TranscriptSpan): void => {
    if (critical.has(span.spanId)) return;
    critical.add(span.spanId);
    let cursorUs = span.startUs + span.durationUs;
    for (const child of [...childrenOf(span)].sort((a, b) => b.startUs + b.durationUs - (a.startUs + a.durationUs))) {
      // Half a millisecond of tolerance: clocks of services never agree to the microsecond.
      if (child.startUs + child.durationUs > cursorUs + 500) continue;
      walk(child);
      cursorUs = child.startUs;
    }
  };
  walk(root);
  return critical;
}

/** Lays out one trace: parents before children, children in order of start. Spans whose parent was not stored stand as roots. */
export function layOutTrace(spans: readonly TranscriptSpan[]): Waterfall {
  const known = new Set(spans.map((span) => span.spanId));
  const byParent = Map.groupBy(spans, (span) => (span.parentSpanId !== undefined && known.has(span.parentSpanId) ? span.parentSpanId : ''));
  const childrenOf = (span: TranscriptSpan): readonly TranscriptSpan[] => [...(byParent.get(span.spanId) ?? [])].sort((a, b) => a.startUs - b.startUs);
  const roots = [...(byParent.get('') ?? [])].sort((a, b) => a.startUs - b.startUs);
  const originUs = Math.min(...spans.map((span) => span.startUs));
  const endUs = Math.max(...spans.map((span) => span.startUs + span.durationUs));
  const critical = roots[0] ? criticalSpans(roots[0], childrenOf) : new Set<string>();
  const rows: SpanRow[] = [];
  const visit = (span: TranscriptSpan, depth: number): void => {
    const spanEndUs = span.startUs + span.durationUs;
    const self = uncovered(span.startUs, spanEndUs, childrenOf(span)).map(([from, to]) => [from - originUs, to - originUs] as const);
    rows.push({ span, depth, startUs: span.startUs - originUs, endUs: spanEndUs - originUs, self, isCritical: critical.has(span.spanId) });
    for (const child of childrenOf(span)) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return { rows, durationUs: spans.length === 0 ? 0 : endUs - originUs };
}
