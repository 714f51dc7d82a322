/** Labels of a series, `__name__` included. */
export type Labels = Readonly<Record<string, string>>;

/** A float sample. `null` is a stale marker: the target was not there. */
export type Sample = readonly [timestampMs: number, value: number | null];
/** Native histogram at one scrape: exponential buckets as Prometheus ingests them (schema, absolute counts per index). */
export interface NativeHistogram {
  readonly timestampMs: number;
  /** Resolution: bucket i spans (2^(2^-schema))^(i-1) to (2^(2^-schema))^i seconds. */
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Absolute (not delta) counts by bucket index, ascending. */
  readonly buckets: readonly (readonly [index: number, count: number])[];
  /** A stale marker in place of a histogram: the target was not there. Stored as a histogram whose sum is Prometheus' stale NaN. */
  readonly stale?: true;
}
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number;
}
export interface Series {
  readonly labels: Labels;
  /** Oldest first. Empty when the series carries native histograms. */
  readonly samples: readonly Sample[];
  readonly histograms: readonly NativeHistogram[];
  readonly exemplars: readonly Exemplar[];
}
export interface LogStream {
  readonly labels: Labels;
  /** Oldest first. Timestamps are decimal nanoseconds. */
  readonly entries: readonly { readonly timestampNs: string; readonly line: string }[];
}
export type AttributeValue = string | number | boolean;
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly service: string;
  readonly instance: string;
  readonly operation: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly startUs: number;
  readonly durationUs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly failed: boolean;
}
/** Which parts of a dataset a loader wants: signals not asked for are not generated twice, and none is loaded in vain. */
export interface DatasetName {
  /** Incident file under `snippets/incidents/`, e.g. `checkout-lag`. */
  readonly incident: string;
  /** Overrides of a variant: `checkout-lag(discount.latency=1.5s)` → `[['discount.latency', '1.5s']]`. */
  readonly overrides: readonly (readonly [path: string, value: string])[];
}
/** One simulated incident: three signals of one run, which agree with each other. Same name, same bytes. */
export interface Dataset {
  /** As written by the author, spaces removed: `checkout-lag` or `checkout-lag(discount.latency=1.5s)`. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** When the fault begins; undefined in a dataset without one. */
  readonly faultStartMs: number | undefined;
  readonly faultEndMs: number | undefined;
  readonly series: readonly Series[];
  readonly logs: readonly LogStream[];
  /** Spans grouped by trace, traces in order of their root's start. */
  readonly traces: readonly (readonly Span[])[];
}
