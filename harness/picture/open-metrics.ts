import type { Exemplar, Labels, Sample, Series } from '../model/dataset.ts';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly series: readonly Series[];
}

/**
 * Series as OpenMetrics 1.0 text, with times and exemplars, one family after the other, the points of a series in order of time. Stale markers
 * and native histograms cannot be said in it: the first are gaps, the second are left out.
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function toOpenMetrics(series: readonly Series[]): string {
  const families = readFamilies(series.filter(({ samples }) => samples.length > 0));
  const parts = families.map((family) => [`# TYPE ${family.name} ${family.type}`, ...writePoints(family)].join('\n'));
  return `${parts.join('\n')}\n# EOF\n`;
}

/** Series that the text cannot hold. */
export function countLeftOut(series: readonly Series[]): number {
  return series.filter(({ samples }) => samples.length === 0).length;
}

function readFamilies(series: readonly Series[]): Family[] {
  const histograms = new Set(series.flatMap(({ labels }) => (labels['le'] !== undefined && nameOf(labels).endsWith('_bucket') ? [nameOf(labels).slice(0, -'_bucket'.length)] : [])));
  const familyOf = (name: string): Omit<Family, 'series'> => {
    const base = name.replace(/_(?:bucket|count|sum)$/, '');
    if (base !== name && histograms.has(base)) return { name: base, type: 'histogram' };
    return name.endsWith('_total') ? { name: name.slice(0, -'_total'.length), type: 'counter' } : { name, type: 'gauge' };
  };
  const byFamily = Map.groupBy(series, ({ labels }) => familyOf(nameOf(labels)).name);
  return [...byFamily.values()].map((members) => ({ ...familyOf(nameOf((members[0] as Series).labels)), series: members }));
}

function nameOf(labels: Labels): string {
  return labels['__name__'] ?? '';
}

/** All samples of one point stand together: buckets by bound, then count and sum. */
function writePoints({ type, series }: Family): string[] {
  const metrics = Map.groupBy(series, ({ labels }) => keyOf(labels));
  return [...metrics.values()].flatMap((members) => {
    const ordered = type === 'histogram' ? members.toSorted((a, b) => rankOf(a.labels) - rankOf(b.labels)) : members;
    const written = ordered.map((one) => new Map(one.samples.flatMap((sample, index) => writeSample(one, sample, one.samples[index - 1]?.[0] ?? -Infinity))));
    const times = [...new Set(ordered.flatMap(({ samples }) => samples.map(([atMs]) => atMs)))].sort((a, b) => a - b);
    return times.flatMap((atMs) => written.flatMap((lines) => lines.get(atMs) ?? []));
  });
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).filter(([label]) => label !== 'le' && label !== '__name__').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rankOf(labels: Labels): number {
  const name = nameOf(labels);
  if (name.endsWith('_count')) return Number.MAX_VALUE;
  if (name.endsWith('_sum')) return Infinity;
  return labels['le'] === '+Inf' ? Number.MAX_SAFE_INTEGER : Number(labels['le']);
}

function writeSample({ labels, exemplars }: Series, [atMs, value]: Sample, beforeMs: number): (readonly [number, string])[] {
  if (value === null) return [];
  // A scrape carries one at most: the latest since the scrape before.
  const exemplar = exemplars.findLast((one) => one.timestampMs <= atMs && one.timestampMs > beforeMs);
  return [[atMs, `${writeSelector(labels)} ${writeNumber(value)} ${atMs / 1000}${exemplar === undefined ? '' : writeExemplar(exemplar)}`]];
}

function writeExemplar({ labels, value, timestampMs }: Exemplar): string {
  return ` # ${writeLabels(labels)} ${writeNumber(value)} ${timestampMs / 1000}`;
}

function writeSelector(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  return `${name}${Object.keys(rest).length === 0 ? '' : writeLabels(rest)}`;
}

function writeLabels(labels: Labels): string {
  return `{${Object.entries(labels).map(([label, value]) => `${label}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`).join(',')}}`;
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
