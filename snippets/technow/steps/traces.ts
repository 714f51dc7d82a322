import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import pino, { type Logger } from 'pino';
import { Counter, Histogram, register } from 'prom-client';
import { findDiscount, sendOrders, type Order } from './customers.ts';

// #region metrics
const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests answered.',
  labelNames: ['method', 'route', 'status'],
});
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long a request took.',
  labelNames: ['method', 'route'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
});
// A counter that comes with the first failure comes as 1: nobody sees it rise.
requests.inc({ method: 'POST', route: '/checkout', status: 500 }, 0);
// #endregion

// #region traces
/** Finished spans go to OTEL_EXPORTER_OTLP_ENDPOINT, in batches. */
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'checkout' }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
});
const tracer = provider.getTracer('checkout');
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
// #endregion

// #region logs
/** One JSON object a line, what all lines have in common, and the span in which each is written. */
const logger = pino({
  base: { service: 'checkout', instance: 'checkout:8080' },
  timestamp: () => `,"ts":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
  },
});
// #endregion

// #region work
/** What the service is for. Whose request it serves, the logger knows. */
async function placeOrder(order: Order, log: Logger): Promise<void> {
  const { coupon } = order;
  if (coupon === undefined) return;
  const percent = await tracer.startActiveSpan('coupon.lookup', async (span) => {
    span.setAttribute('coupon', coupon);
    try {
      return await findDiscount(coupon);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
  log.info({ event: 'coupon_applied', coupon, percent }, 'coupon applied');
}
// #endregion

// #region answer
/** Answers one request, and says with which status. */
async function answer(request: IncomingMessage, method: string, route: string): Promise<number> {
  const stopTimer = duration.startTimer({ method, route });
  let log = logger.child({ method, route });
  let status = 200;
  try {
    if (route === 'unmatched') status = 404;
    else {
      const order = (await json(request)) as Order;
      log = log.child({ order_id: order.id });
      await placeOrder(order, log);
    }
  } catch (error) {
    status = 500;
    log.error({ event: 'request_failed', error_type: 'internal' }, String(error));
  }
  const seconds = stopTimer();
  requests.inc({ method, route, status });
  log.info({ event: 'request_completed', status, duration_ms: Math.round(seconds * 1000) }, 'request completed');
  return status;
}
// #endregion

// #region span
/** One request, one span: it begins a trace, or continues the one that the caller's header names. */
async function traced(request: IncomingMessage, method: string, route: string): Promise<number> {
  const caller = propagation.extract(context.active(), request.headers);
  return tracer.startActiveSpan(`${method} ${route}`, { kind: SpanKind.SERVER }, caller, async (span) => {
    const status = await answer(request, method, route);
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    return status;
  });
}
// #endregion

// #region server
const server = createServer(async (request, response) => {
  const { method = 'GET', url = '/' } = request;
  if (url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const route = method === 'POST' && url === '/checkout' ? '/checkout' : 'unmatched';
  response.statusCode = await traced(request, method, route);
  response.end();
});
server.listen(8080);
// #endregion

process.once('SIGTERM', () => {
  server.close();
  // The last batch is still in memory.
  provider.shutdown().catch((error: unknown) => logger.warn({ event: 'spans_lost' }, String(error)));
});
if (process.env['DRIVE'] === 'yes') await sendOrders('http://localhost:8080');
