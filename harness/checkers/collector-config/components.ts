/** Sections of the file that define components. */
export const SECTIONS = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'] as const;
export type Section = (typeof SECTIONS)[number];

/** Types of the Collector that `harness/images/otelcol/builder.yaml` makes, former names behind the present one. */
export const COMPONENTS: Readonly<Record<Section, readonly (readonly [type: string, ...former: string[]])[]>> = {
  receivers: [['otlp'], ['file_log', 'filelog'], ['prometheus']],
  processors: [['batch'], ['memory_limiter'], ['attributes'], ['probabilistic_sampler'], ['tail_sampling']],
  exporters: [['debug'], ['otlp_grpc', 'otlp'], ['otlp_http', 'otlphttp'], ['prometheus_remote_write', 'prometheusremotewrite']],
  connectors: [['span_metrics', 'spanmetrics']],
  extensions: [['health_check']],
};

/** What the Collector had, and what took its place. */
export const REMOVED: Readonly<Record<string, string>> = {
  'exporters/jaeger': 'Jaeger takes OTLP: write `otlp_grpc` with its port 4317',
  'exporters/jaeger_thrift': 'Jaeger takes OTLP: write `otlp_http` with its port 4318',
  'exporters/logging': 'write `debug`',
  'exporters/loki': 'Loki takes OTLP: write `otlp_http` with `endpoint: http://loki:3100/otlp`',
  'processors/queued_retry': 'exporters have `sending_queue` and `retry_on_failure` of their own',
  'processors/spanmetrics': 'it is a connector now: move it below `connectors:`, as exporter of one pipeline and receiver of another',
  'extensions/memory_ballast': 'set the environment variable GOMEMLIMIT',
};

/** `otlp` of `otlp/jaeger`. */
export const typeOf = (id: string): string => id.split('/', 1)[0]?.trim() ?? id;
