import { createServer } from 'node:http';
import { Counter, Histogram, register } from 'prom-client';
import { sendRequests } from './traffic.ts';

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
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10],
});
// A counter that does not exist yet is not 0 but missing: an error ratio over it would have no answer.
requests.inc({ method: 'POST', route: '/checkout', status: 500 }, 0);
// #endregion

// #region route
/** The template, not the path: one series for all orders instead of one for each. */
function routeOf(path: string): string {
  if (path === '/checkout') return '/checkout';
  if (/^\/orders\/\d+$/.test(path)) return '/orders/:id';
  return 'unmatched';
}
// #endregion

// #region server
const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const method = request.method ?? 'GET';
  const route = routeOf(request.url ?? '/');
  const stopTimer = duration.startTimer({ method, route });
  // However the request ends, what was answered is counted.
  response.on('finish', () => {
    stopTimer();
    requests.inc({ method, route, status: response.statusCode });
  });
  response.statusCode = route === 'unmatched' ? 404 : 200;
  response.end();
});
server.listen(8080);
// #endregion

process.once('SIGTERM', () => server.close());
if (process.env['DRIVE'] === 'yes') await sendRequests('http://localhost:8080');
