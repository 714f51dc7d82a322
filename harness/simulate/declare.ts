import { ENDPOINTS, PEERS, QUERIES } from './incident.ts';
import type { Instance } from './instance.ts';
import { LEVELS, STATUSES } from './metrics.ts';
import { splitEndpoint } from './endpoint.ts';
import type { World } from './world.ts';

export const PROVIDER = 'acme-pay';
export const ATTEMPT_RESULTS = ['success', 'declined', 'error'] as const;
export const ORDER_RESULTS = ['completed', 'payment_declined', 'out_of_stock', 'failed'] as const;
export const RESERVATION_RESULTS = ['reserved', 'rejected'] as const;

/** Everything that a new process exposes before its first request. Known label sets begin at zero. */
export function declareMetrics(world: World, instance: Instance): void {
  const { metrics, service } = instance;
  const { incident } = world;
  for (const endpoint of service === 'gateway' ? incident.traffic.map(([asked]) => asked) : ENDPOINTS[service]) {
    const labels = splitEndpoint(endpoint);
    for (const status of STATUSES) metrics.declareCounter('http_requests_total', { ...labels, status });
    metrics.declareHistogram('http_request_duration_seconds', labels, true);
  }
  for (const peer of PEERS[service]) {
    if (incident.services.has(peer)) metrics.declareHistogram('outbound_request_duration_seconds', { peer }, false);
  }
  for (const level of LEVELS) metrics.declareCounter('log_lines_total', { level });
  metrics.declareGauge('http_requests_in_flight', () => instance.inFlight);
  declareDatabase(instance);
  declareBusiness(world, instance);
  declareProcess(world, instance);
}

function declareDatabase(instance: Instance): void {
  const { metrics, service } = instance;
  if (instance.pool === undefined) return;
  metrics.declareGauge('db_pool_connections_active', () => instance.pool?.active ?? 0);
  metrics.declareGauge('db_pool_connections_max', () => instance.pool?.max ?? 0);
  metrics.declareGauge('db_pool_requests_waiting', () => instance.pool?.waiting ?? 0);
  metrics.declareCounter('db_pool_timeouts_total', {});
  for (const query of QUERIES[service] ?? []) metrics.declareHistogram('db_query_duration_seconds', { query }, false);
}

function declareBusiness(world: World, instance: Instance): void {
  const { incident } = world;
  const { metrics, service } = instance;
  if (service === 'payment') for (const result of ATTEMPT_RESULTS) metrics.declareCounter('payment_attempts_total', { provider: PROVIDER, result });
  if (service === 'checkout') for (const result of ORDER_RESULTS) metrics.declareCounter('orders_total', { result });
  if (service === 'inventory') for (const result of RESERVATION_RESULTS) metrics.declareCounter('inventory_reservations_total', { result });
  if (service === 'inventory' && incident.stock !== undefined) {
    metrics.declareCounter('inventory_units_sold_total', {});
    metrics.declareGauge('inventory_stock_units', () => world.stock ?? 0);
  }
  const cache = world.service(service).cache;
  if (cache !== undefined) {
    for (const result of ['hit', 'miss', 'error']) metrics.declareCounter('cache_requests_total', { result });
    metrics.declareGauge('cache_bytes', () => instance.cacheBytes);
    metrics.declareGauge('cache_max_bytes', () => cache.maxBytes);
  }
  if (service === 'gateway' && incident.traffic.some(([endpoint]) => endpoint === 'POST /register')) metrics.declareCounter('user_registrations_total', {});
}

function declareProcess({ incident, loop }: World, { metrics, process }: Instance): void {
  metrics.declareGauge('process_start_time_seconds', () => process.startSeconds);
  metrics.declareGauge('process_cpu_seconds_total', () => process.cpuUs / 1e6);
  metrics.declareGauge('process_resident_memory_bytes', () => process.residentBytes);
  metrics.declareGauge('nodejs_heap_size_used_bytes', () => process.heapBytes);
  metrics.declareGauge('nodejs_eventloop_lag_p99_seconds', () => process.takeLagSeconds(incident.startMs + loop.nowUs / 1000));
  // After the percentile, whose reading it keeps. On other days nobody asks for it, and it would say the same.
  if (incident.faults.some(({ kind }) => kind === 'busy-loop')) metrics.declareGauge('nodejs_eventloop_lag_max_seconds', () => process.worstLagSeconds);
}
