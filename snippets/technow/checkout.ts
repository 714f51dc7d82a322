import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { context, propagation, SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import { Counter, Histogram, register } from 'prom-client';
import { logger, stopTelemetry, tracer } from './telemetry.ts';
import { sendOrders, startDiscount, type Order } from './traffic.ts';

const discountUrl = process.env['DISCOUNT_URL'] ?? 'http://localhost:8081';

// #region metrics
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10];
const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests answered.',
  labelNames: ['method', 'route', 'status'],
});
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long a request took.',
  labelNames: ['method', 'route'],
  buckets,
});
const outboundDuration = new Histogram({
  name: 'outbound_request_duration_seconds',
  help: 'How long another service took to answer us.',
  labelNames: ['peer'],
  buckets,
});
for (const status of [200, 503]) requests.inc({ method: 'POST', route: '/checkout', status }, 0);
// #endregion

// #region quote
/** Asks the discount service. The span covers the wait, the header carries the trace over. */
async function fetchQuote(order: Order): Promise<void> {
  await tracer.startActiveSpan('discount GET /quote', { kind: SpanKind.CLIENT }, async (span) => {
    const stopTimer = outboundDuration.startTimer({ peer: 'discount' });
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    try {
      const response = await fetch(`${discountUrl}/quote?order=${order.id}`, { headers });
      await response.arrayBuffer();
      span.setAttribute('http.response.status_code', response.status);
      if (!response.ok) throw new Error(`discount answered ${response.status}`);
    } catch (error) {
      fail(span, 'discount_unavailable');
      throw error;
    } finally {
      stopTimer();
      span.end();
    }
  });
}
// #endregion

// #region handler
/** Answers one order; every signal of it is written here, once. */
async function handleCheckout(request: IncomingMessage): Promise<number> {
  const parent = propagation.extract(context.active(), request.headers);
  return tracer.startActiveSpan('POST /checkout', { kind: SpanKind.SERVER }, parent, async (span) => {
    const stopTimer = duration.startTimer({ method: 'POST', route: '/checkout' });
    const order = JSON.parse(await text(request)) as Order;
    span.setAttributes({ 'user.role': order.role, 'cart.items': order.items });
    let status = 200;
    let cause: unknown;
    try {
      if (order.role === 'vip') await fetchQuote(order);
    } catch (error) {
      status = 503;
      cause = error;
      fail(span, 'discount_unavailable');
    }
    const seconds = stopTimer();
    requests.inc({ method: 'POST', route: '/checkout', status });
    span.setAttribute('http.response.status_code', status);
    const fields = { route: '/checkout', status, duration_ms: Math.round(seconds * 1000), order_id: order.id };
    if (status === 200) logger.info({ event: 'order_placed', ...fields }, 'order placed');
    else logger.error({ event: 'discount_call_failed', error_type: 'discount_unavailable', ...fields }, String(cause));
    span.end();
    return status;
  });
}

function fail(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
// #endregion

// #region server
const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
  } else if (request.method === 'POST' && request.url === '/checkout') {
    response.statusCode = await handleCheckout(request);
    response.end();
  } else {
    requests.inc({ method: request.method ?? 'GET', route: 'unmatched', status: 404 });
    response.statusCode = 404;
    response.end();
  }
});
server.listen(8080);
// #endregion

const discount = process.env['DRIVE'] === 'yes' ? startDiscount(8081) : undefined;
process.once('SIGTERM', () => {
  server.close();
  discount?.close();
  stopTelemetry().catch((error: unknown) => logger.warn({ event: 'spans_lost' }, String(error)));
});
if (discount !== undefined) await sendOrders('http://localhost:8080');
