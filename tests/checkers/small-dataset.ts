import type { Dataset, Labels, LogStream, Series, Span } from '../../harness/model/dataset.ts';

const startMs = Date.UTC(2026, 2, 11, 14);

function series(labels: Labels, native = false): Series {
  const histogram = { timestampMs: startMs, schema: 0, count: 1, sum: 0.4, zeroThreshold: 0, zeroCount: 0, buckets: [[-1, 1]] as const };
  return { labels, samples: native ? [] : [[startMs, 1]], histograms: native ? [histogram] : [], exemplars: [] };
}
function line(fields: Readonly<Record<string, unknown>>): LogStream['entries'][number] {
  return { timestampNs: `${startMs}000000`, line: JSON.stringify(fields) };
}
function span(operation: string, service: string, attributes: Span['attributes']): Span {
  return { traceId: '5b8efff798038103d269b633813fc60c', spanId: operation, parentSpanId: undefined, service, instance: `${service}-1:8080`, operation, kind: 'server', startUs: startMs * 1000, durationUs: 2_600_000, attributes, failed: false };
}

/** Two services, every kind of metric, three log lines, one trace: as small as the checkers allow. Scraped every 15 s. */
export const smallDataset: Dataset = {
  name: 'small',
  startMs,
  endMs: startMs + 600_000,
  stepMs: 15_000,
  faultStartMs: undefined,
  faultEndMs: undefined,
  series: [
    series({ __name__: 'up', job: 'checkout', instance: 'checkout-1:8080', service: 'checkout' }),
    series({ __name__: 'http_requests_total', method: 'POST', route: '/checkout', status: '200', service: 'checkout', instance: 'checkout-1:8080' }),
    series({ __name__: 'http_requests_total', method: 'POST', route: '/checkout', status: '503', service: 'gateway', instance: 'gateway-1:8080' }),
    series({ __name__: 'http_request_duration_seconds_bucket', le: '0.5', route: '/checkout', service: 'checkout', instance: 'checkout-1:8080' }),
    series({ __name__: 'http_request_duration_seconds_sum', route: '/checkout', service: 'checkout', instance: 'checkout-1:8080' }),
    series({ __name__: 'http_request_duration_seconds_count', route: '/checkout', service: 'checkout', instance: 'checkout-1:8080' }),
    series({ __name__: 'db_query_duration_seconds', query: 'stock_by_sku', service: 'inventory', instance: 'inventory-1:8080' }, true),
    series({ __name__: 'outbound_request_duration_seconds_bucket', le: '0.5', peer: 'discount', service: 'checkout', instance: 'checkout-1:8080' }),
    series({ __name__: 'db_pool_connections_active', service: 'checkout', instance: 'checkout-1:8080' }),
  ],
  logs: [
    { labels: { service: 'checkout', level: 'info', instance: 'checkout-1:8080' }, entries: [line({ msg: 'done', event: 'request_completed', duration_ms: 2600, user: { role: 'vip' } })] },
    { labels: { service: 'gateway', level: 'info', instance: 'gateway-1:8080' }, entries: [line({ ts: '2026-03-11T14:00:00.000Z', level: 'info', service: 'gateway', instance: 'gateway-1:8080', msg: 'request completed', event: 'request_completed', status: 200, duration_ms: 38.2 })] },
    { labels: { service: 'payment-pool', level: 'error', instance: 'payment-1:8080' }, entries: [line({ msg: 'declined', event: 'payment_declined', service: 'payment-pool' })] },
  ],
  traces: [[
    span('POST /checkout', 'checkout', { 'http.response.status_code': 200, 'user.role': 'vip' }),
    span('GET /quote', 'discount', { 'http.response.status_code': 200 }),
  ]],
};
