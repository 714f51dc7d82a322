import { createServer } from 'node:http';
import { Counter, Histogram, register } from 'prom-client';
import { answer, sendVisitors } from './traffic.ts';

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
  buckets: [0.1, 0.25, 0.5, 1, 2.5, 5],
});
// #endregion

/** The template, not the path: one series for all products instead of one for each. */
function routeOf(path: string): string {
  if (path === '/products' || path === '/recommendations') return path;
  return /^\/products\/\d+$/.test(path) ? '/products/:id' : 'unmatched';
}

// #region server
const server = createServer(async (request, response) => {
  const { method = 'GET', url = '/' } = request;
  if (url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const route = routeOf(url);
  const stopTimer = duration.startTimer({ method, route });
  const status = await answer(route);
  stopTimer();
  requests.inc({ method, route, status });
  response.statusCode = status;
  response.end();
});
server.listen(8080);
// #endregion

process.once('SIGTERM', () => server.close());
if (process.env['DRIVE'] === 'yes') await sendVisitors('http://localhost:8080');
