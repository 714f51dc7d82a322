import type { Block } from '../../model/block.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { Contract } from './contract.ts';

/** `native`: a native histogram; `derived`: made by a recording rule, labels unknown. */
export type MetricType = 'counter' | 'gauge' | 'native' | 'summary' | 'derived';
export interface MetricFacts {
  readonly type: MetricType;
  /** Label → its values; undefined values: only code knows them. Undefined map: nothing is known about labels. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string> | undefined> | undefined;
}
/** Everything that a query can select. */
export interface MetricIndex {
  /** For messages: `dataset checkout-lag`. */
  readonly owner: string;
  readonly metrics: ReadonlyMap<string, MetricFacts>;
  /** Time between two scrapes; undefined when not known. */
  readonly stepMs: number | undefined;
  /** Names beside `metrics` that exist too, with unknown labels. */
  readonly alsoNamed?: RegExp;
}
/** The libraries' own metrics: what prom-client's `collectDefaultMetrics()` adds, and prometheus_client always. */
const PROCESS_METRIC = /^(?:process|nodejs|python)_/;

const COUNTER_NAME = /_(?:total|count|sum|bucket)$/;
const indexes = new WeakMap<Dataset, MetricIndex>();

/** Spares the reading: what is known of a dataset already. */
export function rememberMetrics(dataset: Dataset, index: MetricIndex): void {
  indexes.set(dataset, index);
}

/** Names, labels and values of a dataset's series. A dataset is read once. */
export function indexDataset(dataset: Dataset): MetricIndex {
  const known = indexes.get(dataset);
  if (known !== undefined) return known;
  const metrics = new Map<string, { type: MetricType; labels: Map<string, Set<string>> }>();
  for (const series of dataset.series) {
    const name = series.labels['__name__'] ?? '';
    const type = series.histograms.length > 0 ? 'native' : COUNTER_NAME.test(name) ? 'counter' : 'gauge';
    const facts = metrics.get(name) ?? { type, labels: new Map<string, Set<string>>() };
    metrics.set(name, facts);
    for (const [label, value] of Object.entries(series.labels)) {
      if (label === '__name__') continue;
      const values = facts.labels.get(label) ?? new Set();
      facts.labels.set(label, values.add(value));
    }
  }
  const index = { owner: `dataset ${dataset.name}`, metrics, stepMs: dataset.stepMs };
  indexes.set(dataset, index);
  return index;
}

/** Series that Prometheus itself adds to every target. */
const SCRAPE_METRICS = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'scrape_samples_post_metric_relabeling', 'scrape_series_added'];

/** What a live block exposes, as its code declares it, with what the scrape adds. */
export function indexContract(owner: string, contract: Contract): MetricIndex {
  const shared = ['job', 'instance', 'service', ...contract.defaultLabels];
  const labelled = (labels: readonly string[]): ReadonlyMap<string, undefined> => new Map([...labels, ...shared].map((label) => [label, undefined]));
  const metrics = new Map<string, MetricFacts>(SCRAPE_METRICS.map((name) => [name, { type: 'gauge', labels: labelled([]) }]));
  for (const [name, { type, labels }] of contract.metrics) {
    if (type === 'counter' || type === 'gauge') metrics.set(name, { type, labels: labelled(labels) });
    else {
      metrics.set(`${name}_sum`, { type: 'counter', labels: labelled(labels) });
      metrics.set(`${name}_count`, { type: 'counter', labels: labelled(labels) });
      if (type === 'histogram') metrics.set(`${name}_bucket`, { type: 'counter', labels: labelled([...labels, 'le']) });
      else metrics.set(name, { type: 'summary', labels: labelled([...labels, 'quantile']) });
    }
  }
  return { owner, metrics, stepMs: undefined, ...alsoNamed(contract) };
}

function alsoNamed({ hasComputedMetrics, hasProcessMetrics }: Contract): Pick<MetricIndex, 'alsoNamed'> {
  if (hasComputedMetrics) return { alsoNamed: /./ };
  return hasProcessMetrics ? { alsoNamed: PROCESS_METRIC } : {};
}

/** The same index with the series that recording rules of the run add; what labels they keep is not known here. */
export function withRecordings(index: MetricIndex, blocks: readonly Block[]): MetricIndex {
  const names = blocks
    .filter((block) => /\.rules\.ya?ml$/.test(block.title ?? ''))
    .flatMap((block) => [...block.text.matchAll(/^[\s-]*record:\s*["']?([A-Za-z_:][\w:]*)/gm)].map((match) => match[1] ?? ''));
  if (names.length === 0) return index;
  const derived = names.map((name) => [name, { type: 'derived', labels: undefined }] as const);
  return { ...index, metrics: new Map<string, MetricFacts>([...derived, ...index.metrics]) };
}
