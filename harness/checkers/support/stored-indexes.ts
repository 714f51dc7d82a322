import type { Dataset } from '../../model/dataset.ts';
import { indexLogs, indexSpans, rememberLogs, rememberSpans, type Values } from './field-index.ts';
import { indexDataset, rememberMetrics, type MetricFacts, type MetricType } from './metric-index.ts';

/** Maps and sets as JSON has them, in their order: hints name what comes first. */
type StoredValues = readonly (readonly [name: string, values: readonly string[]])[];
interface Stored {
  readonly metrics: readonly (readonly [name: string, type: MetricType, labels: StoredValues])[];
  readonly labels: StoredValues;
  readonly fields: StoredValues;
  readonly operations: StoredValues;
  readonly tags: StoredValues;
  readonly traces: readonly string[];
}

const store = (values: ReadonlyMap<string, ReadonlySet<string> | undefined>): StoredValues => [...values].map(([name, all]) => [name, [...all ?? []]]);
const read = (stored: StoredValues): Values => new Map(stored.map(([name, all]) => [name, new Set(all)]));

/** Everything that static checks ask of a dataset, as text: with it none of the dataset has to be made for them. */
export function writeIndexes(dataset: Dataset): string {
  const [{ metrics }, { labels, fields }, { operations, tags, traces }] = [indexDataset(dataset), indexLogs(dataset), indexSpans(dataset)];
  return JSON.stringify({
    metrics: [...metrics].map(([name, facts]) => [name, facts.type, store(facts.labels ?? new Map())] as const),
    labels: store(labels), fields: store(fields), operations: store(operations), tags: store(tags), traces: [...traces],
  } satisfies Stored);
}

/** Makes the checks answer from such a text, of the same dataset. @throws where it is none */
export function adoptIndexes(dataset: Dataset, text: string): void {
  const { metrics, labels, fields, operations, tags, traces } = JSON.parse(text) as Stored;
  const owner = `dataset ${dataset.name}`;
  rememberMetrics(dataset, { owner, stepMs: dataset.stepMs, metrics: new Map(metrics.map(([name, type, all]): [string, MetricFacts] => [name, { type, labels: read(all) }])) });
  rememberLogs(dataset, { owner, labels: read(labels), fields: read(fields) });
  rememberSpans(dataset, { owner, operations: read(operations), tags: read(tags), traces: new Set(traces) });
}
