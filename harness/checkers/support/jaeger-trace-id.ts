import type { SpanIndex } from './field-index.ts';

export interface TraceIdMistake {
  readonly rule: 'bad-trace-id' | 'unknown-trace';
  readonly message: string;
}

/**
 * `traceID=`: one trace, by the id that a log line or an exemplar names.
 * @param others further keys of the block
 * @param index undefined: the ids are those of a live block, new with each run
 */
export function checkTraceId(id: string, others: readonly string[], index: SpanIndex | undefined): TraceIdMistake | undefined {
  if (others.length > 0) return { rule: 'bad-trace-id', message: `Found traceID beside ${others.join(', ')}, expected it alone: Jaeger fetches one trace by its id, or searches. Remove ${others.length === 1 ? 'the other' : 'the others'}, or traceID.` };
  if (!/^[0-9a-f]{32}$/.test(id)) return { rule: 'bad-trace-id', message: `Found traceID=${id}, expected 32 hexadecimal digits in lower case. Copy it from \`trace_id\` of a log line.` };
  if (index === undefined) return { rule: 'bad-trace-id', message: 'Found the id of a trace of a live block, expected a search: its traces have other ids with each run. Write service= and operation=.' };
  if (index.traces.has(id)) return undefined;
  return { rule: 'unknown-trace', message: `Found traceID=${id}, expected a trace that ${index.owner} stores (${index.traces.size}). Copy the id from a log line or an exemplar whose trace was kept; if its absence is the point, mark the block \`empty\`.` };
}
