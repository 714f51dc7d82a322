import type { Labels } from '../../harness/model/dataset.ts';

export interface LabelSplit {
  /** Names whose value differs between the rows (or is missing in some), in order of first appearance, the metric name first. */
  readonly differing: readonly string[];
  /** The rest, the same in every row. */
  readonly shared: Labels;
}
/** What tells rows apart, and what they have in common. One row has nothing that differs. */
export function splitLabels(rows: readonly Labels[]): LabelSplit {
  const names = [...new Set(rows.flatMap((labels) => Object.keys(labels)))].sort();
  const differing: string[] = [];
  const shared: Record<string, string> = {};
  for (const name of names) {
    const values = new Set(rows.map((labels) => labels[name]));
    const [only] = values;
    if (values.size === 1 && only !== undefined) shared[name] = only;
    else differing.push(name);
  }
  return { differing, shared };
}

/** Short name of a series in a chart: the values that tell it from the others; the whole set when nothing does. */
export function shortName(labels: Labels, split: LabelSplit): string {
  const values = split.differing.map((name) => labels[name]).filter((value) => value !== undefined && value !== '');
  return values.length > 0 ? values.join(' · ') : '';
}

/** Prometheus' own notation, the metric name in front: `up{job="checkout"}`. */
export function formatLabels(labels: Labels): string {
  const { __name__: metric = '', ...rest } = labels;
  const pairs = Object.keys(rest).sort().map((name) => `${name}=${JSON.stringify(rest[name])}`);
  return pairs.length === 0 ? metric || '{}' : `${metric}{${pairs.join(', ')}}`;
}
