import type { TextRange } from '../../model/place.ts';

/** Prometheus text format 0.0.4, or OpenMetrics text 1.0. */
export type Format = 'prometheus' | 'openmetrics';

export interface Label {
  readonly name: string;
  readonly value: string;
  readonly range: TextRange;
}
export interface Exemplar {
  readonly labels: readonly Label[];
  readonly value: number;
  readonly range: TextRange;
}
/** One line with a number. */
export interface Sample {
  readonly kind: 'sample';
  readonly range: TextRange;
  readonly name: string;
  readonly nameRange: TextRange;
  readonly labels: readonly Label[];
  readonly value: number;
  readonly valueRange: TextRange;
  /** As written: milliseconds in 0.0.4, seconds in OpenMetrics. */
  readonly timestamp: number | undefined;
  readonly exemplar: Exemplar | undefined;
}
/** `# HELP`, `# TYPE` or `# UNIT`. */
export interface Descriptor {
  readonly kind: 'descriptor';
  readonly range: TextRange;
  readonly keyword: 'HELP' | 'TYPE' | 'UNIT';
  readonly name: string;
  readonly text: string;
  readonly textRange: TextRange;
}
export type Line = Sample | Descriptor | { readonly kind: 'comment' | 'blank' | 'eof'; readonly range: TextRange };

export interface Problem {
  readonly rule: 'syntax-error' | 'wrong-order' | 'duplicate' | 'wrong-name' | 'wrong-value' | 'broken-histogram' | 'wrong-exemplar' | 'no-eof';
  readonly range: TextRange;
  readonly message: string;
}

/** A metric with everything that belongs to it. */
export interface Family {
  readonly name: string;
  readonly descriptors: Map<Descriptor['keyword'], Descriptor>;
  readonly samples: Sample[];
}

/** Type of a family; what has no TYPE line is untyped, in OpenMetrics unknown. */
export function typeOf(family: Family): string {
  return family.descriptors.get('TYPE')?.text ?? 'unknown';
}

/** Type → what its samples' names add to the family's. */
export const SUFFIXES: Readonly<Record<Format, Readonly<Record<string, readonly string[]>>>> = {
  prometheus: { counter: [''], gauge: [''], untyped: [''], histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] },
  openmetrics: {
    counter: ['_total', '_created'], gauge: [''], unknown: [''], stateset: [''], info: ['_info'],
    histogram: ['_bucket', '_sum', '_count', '_created'], gaugehistogram: ['_bucket', '_gsum', '_gcount'], summary: ['', '_sum', '_count', '_created'],
  },
};

/** What a sample's name adds to its family's. */
export function suffixOf(sample: Sample, family: Family): string {
  return sample.name.slice(family.name.length);
}

/** Labels as one text, in any order the same. */
export function labelKey(labels: readonly Label[], without?: string): string {
  return JSON.stringify(labels.filter(({ name }) => name !== without).map(({ name, value }) => [name, value] as const).sort(([left], [right]) => (left < right ? -1 : 1)));
}
