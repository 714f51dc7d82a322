import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import pino from 'pino';

// #region traces
/** Sends finished spans to OTEL_EXPORTER_OTLP_ENDPOINT, in batches. */
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'checkout', 'service.version': '1.4.0' }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

export const tracer = trace.getTracer('checkout');

/** The last batch is still in memory when the service is asked to stop. */
export async function stopTelemetry(): Promise<void> {
  await provider.shutdown();
}
// #endregion

// #region logs
/** One JSON object a line; inside a span every line says which. */
export const logger = pino({
  base: { service: 'checkout', instance: 'checkout:8080' },
  timestamp: () => `,"ts":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  redact: ['token', 'card', 'email'],
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
  },
});
// #endregion
