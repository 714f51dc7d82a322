import type { Dataset } from '../../model/dataset.ts';

/** Names with the values that occur. */
export type Values = ReadonlyMap<string, ReadonlySet<string>>;
/** What LogQL can select in a dataset: labels of streams, and fields of their JSON lines as `| json` names them. */
export interface FieldIndex {
  readonly owner: string;
  readonly labels: Values;
  readonly fields: Values;
}
/** What a trace query can select. */
export interface SpanIndex {
  readonly owner: string;
  /** Service → its operations. */
  readonly operations: Values;
  readonly tags: Values;
  /** Ids of the traces that were stored. */
  readonly traces: ReadonlySet<string>;
}

const fieldIndexes = new WeakMap<Dataset, FieldIndex>();
const spanIndexes = new WeakMap<Dataset, SpanIndex>();

/** Spares the reading: what is known of a dataset already. */
export function rememberLogs(dataset: Dataset, index: FieldIndex): void {
  fieldIndexes.set(dataset, index);
}
export function rememberSpans(dataset: Dataset, index: SpanIndex): void {
  spanIndexes.set(dataset, index);
}

/** Reads every log line of a dataset once. */
export function indexLogs(dataset: Dataset): FieldIndex {
  const known = fieldIndexes.get(dataset);
  if (known !== undefined) return known;
  const labels = new Map<string, Set<string>>();
  const fields = new Map<string, Set<string>>();
  for (const stream of dataset.logs) {
    for (const [label, value] of Object.entries(stream.labels)) note(labels, label, value);
    for (const { line } of stream.entries) noteFields(fields, '', parseLine(line));
  }
  const index = { owner: `dataset ${dataset.name}`, labels, fields };
  fieldIndexes.set(dataset, index);
  return index;
}

/** Reads every stored span of a dataset once. Jaeger matches tags of the span and of its resource. */
export function indexSpans(dataset: Dataset): SpanIndex {
  const known = spanIndexes.get(dataset);
  if (known !== undefined) return known;
  const operations = new Map<string, Set<string>>();
  const tags = new Map<string, Set<string>>();
  for (const span of dataset.traces.flat()) {
    note(operations, span.service, span.operation);
    note(tags, 'service.instance.id', span.instance);
    note(tags, 'span.kind', span.kind);
    for (const [key, value] of Object.entries(span.attributes)) note(tags, key, String(value));
  }
  const index = { owner: `dataset ${dataset.name}`, operations, tags, traces: new Set(dataset.traces.flatMap(([first]) => (first === undefined ? [] : [first.traceId]))) };
  spanIndexes.set(dataset, index);
  return index;
}

function note(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that is not JSON has no fields for `| json` either.
    return undefined;
  }
}

/** Loki's `json` stage: nested keys joined by `_`, other characters replaced by it, lists left out. */
function noteFields(fields: Map<string, Set<string>>, prefix: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key.replace(/[^A-Za-z0-9_]/g, '_');
    if (typeof inner === 'object') noteFields(fields, `${name}_`, inner);
    else note(fields, name, String(inner));
  }
}
