import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import pino from 'pino';
import { collectDefaultMetrics, Counter, Registry, type OpenMetricsContentType } from 'prom-client';
import { instance, service } from './settings.ts';

// #region metrics
/** OpenMetrics, because only there an exemplar can stand behind a bucket. */
export const registry = new Registry<OpenMetricsContentType>();
registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
collectDefaultMetrics({ register: registry });

/** Bounds on either side of every threshold that the shop's alerts use. */
export const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10];
// #endregion

// #region traces
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 500, maxQueueSize: 4_096 })],
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
export const tracer = trace.getTracer('technow');

/** Sends the spans that wait for their batch. */
export async function flushSpans(): Promise<void> {
  await provider.forceFlush();
}
/** The last batch is still in memory when the service is asked to stop. */
export async function stopTelemetry(): Promise<void> {
  await provider.shutdown();
}
// #endregion

// #region logs
const lines = new Counter({ name: 'log_lines_total', help: 'Lines written.', labelNames: ['level'], registers: [registry] });
for (const level of ['debug', 'info', 'warn', 'error']) lines.inc({ level }, 0);

const SECRETS = ['token', 'card', 'email'];

/** One JSON object a line; inside a span every line says which. Who reads logs must not learn how to pay with them. */
export const logger = pino({
  level: 'info',
  base: { service, instance },
  timestamp: () => `,"ts":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  redact: [...SECRETS, ...SECRETS.map((secret) => `*.${secret}`)],
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
  },
  hooks: {
    logMethod(args, method, level) {
      lines.inc({ level: pino.levels.labels[level] ?? 'unknown' });
      method.apply(this, args);
    },
  },
});
// #endregion
