import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
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

// #region logs
/** One JSON object a line, and what all lines have in common. */
const logger = pino({
  base: { service: 'checkout', instance: 'checkout:8080' },
  timestamp: () => `,"ts":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
});
// #endregion

// #region work
/** What the service is for. Whose request it serves, the logger knows. */
async function placeOrder(order: Order, log: Logger): Promise<void> {
  const { coupon } = order;
  if (coupon === undefined) return;
  const percent = await findDiscount(coupon);
  log.info({ event: 'coupon_applied', coupon, percent }, 'coupon applied');
}
// #endregion

// #region answer
/** Answers one request, and says with which status. */
async function answer(request: IncomingMessage, method: string, route: string): Promise<number> {
  const stopTimer = duration.startTimer({ method, route });
  let log = logger.child({ request_id: randomUUID(), method, route });
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

// #region server
const server = createServer(async (request, response) => {
  const { method = 'GET', url = '/' } = request;
  if (url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const route = method === 'POST' && url === '/checkout' ? '/checkout' : 'unmatched';
  response.statusCode = await answer(request, method, route);
  response.end();
});
server.listen(8080);
// #endregion

process.once('SIGTERM', () => server.close());
if (process.env['DRIVE'] === 'yes') await sendOrders('http://localhost:8080');
