import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
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

// #region work
/** What the service is for. */
async function placeOrder(order: Order): Promise<void> {
  if (order.coupon !== undefined) await findDiscount(order.coupon);
}
// #endregion

// #region answer
/** Answers one request, and says with which status. */
async function answer(request: IncomingMessage, method: string, route: string): Promise<number> {
  const stopTimer = duration.startTimer({ method, route });
  let status = 200;
  try {
    if (route === 'unmatched') status = 404;
    else await placeOrder((await json(request)) as Order);
  } catch {
    status = 500;
  }
  stopTimer();
  requests.inc({ method, route, status });
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
