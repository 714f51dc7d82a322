import type { AttributeValue } from '../model/dataset.ts';
import type { Process, Wait } from './event-loop.ts';
import type { ServiceName } from './incident.ts';
import { logNormalUs } from './random.ts';
import { beginSpan } from './tracing.ts';
import type { OpenSpan } from './tracing.ts';
import { OK } from './visit.ts';
import type { Answer, Visit } from './visit.ts';
import { splitEndpoint } from './world.ts';
import type { Instance, World } from './world.ts';

/** Outbound calls that take longer are warned about. */
const SLOW_CALL_US = 1_000_000;
const LOST: Answer = { status: 503, errorType: 'connection_reset' };
const REFUSED: Answer = { status: 503, errorType: 'connection_refused' };

/** What a handler knows of the request that it works on. */
export interface Scope {
  readonly world: World;
  readonly visit: Visit;
  readonly instance: Instance;
  readonly span: OpenSpan;
  /** How often the instance had died when the request came. */
  readonly deaths: number;
}
export type Handler = (scope: Scope) => Process<Answer>;

/** Thrown inside a request when its instance died while it waited; `serve` catches it. */
class InstanceDied extends Error {}

/** Waits as part of a request: it goes on only if its instance still lives. */
function* pause(scope: Scope, wait: Wait): Process<boolean> {
  const granted = yield wait;
  if (scope.instance.deaths !== scope.deaths) throw new InstanceDied();
  return granted;
}

/** The service's own time. */
export function* work(scope: Scope, part: number): Process<void> {
  const { world, visit, instance } = scope;
  const { medianUs, sigma } = world.service(instance.service).work;
  yield* pause(scope, world.loop.sleep(logNormalUs(medianUs * part, sigma, visit.random.normal())));
}

/** Latency faults of the service, once a request: in a call to an outside peer when the fault names one. */
function* sufferFaults(scope: Scope): Process<void> {
  const { world, visit, instance } = scope;
  for (const { role, value, call: outside } of world.latencyFaults(instance.service)) {
    if (role !== undefined && role !== visit.role) continue;
    const us = logNormalUs(value.medianUs, value.sigma, visit.faultZ);
    const span = outside && beginSpan(world, visit, instance, `${outside.peer} ${outside.endpoint}`, 'client', scope.span.spanId);
    yield* pause(scope, world.loop.sleep(us));
    if (outside === undefined) continue;
    span?.end({ 'server.address': outside.peer, 'http.response.status_code': 200 }, undefined);
    instance.metrics.declareHistogram('outbound_request_duration_seconds', { peer: outside.peer }, false).observe(us, world.loop.nowUs, visit);
  }
}

/** One query through the instance's pool. */
export function* query(scope: Scope, summary: string): Process<Answer> {
  const { world, visit, instance, span: parent } = scope;
  const database = world.service(instance.service).database;
  const pool = instance.pool;
  if (database === undefined || pool === undefined) return OK;
  const us = logNormalUs(database.query.medianUs, database.query.sigma, visit.random.normal());
  const askedUs = world.loop.nowUs;
  const wait = beginSpan(world, visit, instance, 'db.pool.acquire', 'internal', parent.spanId);
  const granted = yield* pause(scope, pool.acquire());
  const waitedMs = (world.loop.nowUs - askedUs) / 1000;
  const errorType = granted ? undefined : 'DBConnectionTimeout';
  if (waitedMs > 0) wait.end({ 'db.pool.wait_ms': waitedMs }, errorType);
  if (!granted) return { status: 503, errorType };
  const span = beginSpan(world, visit, instance, `db.query ${summary}`, 'client', parent.spanId);
  yield* pause(scope, world.loop.sleep(us));
  pool.release();
  span.end({ 'db.query.summary': summary, 'db.pool.wait_ms': waitedMs }, undefined);
  return OK;
}

/** A call to another service, seen from the caller. */
export function* call(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler): Process<Answer> {
  const { world, visit, instance } = scope;
  const startUs = world.loop.nowUs;
  const span = beginSpan(world, visit, instance, `${peer} ${endpoint}`, 'client', scope.span.spanId);
  yield* pause(scope, world.loop.sleep(world.incident.networkUs));
  const target = world.pick(peer);
  const answer = target === undefined ? REFUSED : yield* serve(world, visit, target, endpoint, span.spanId, handler);
  yield* pause(scope, world.loop.sleep(world.incident.networkUs));
  const us = world.loop.nowUs - startUs;
  span.end({ 'server.address': peer, 'http.response.status_code': answer.status }, answer.errorType);
  instance.metrics.declareHistogram('outbound_request_duration_seconds', { peer }, false).observe(us, world.loop.nowUs, visit);
  if (us > SLOW_CALL_US && instance.service !== 'gateway') {
    const about = { peer, ...splitEndpoint(endpoint), duration_ms: toMs(us), trace_id: visit.traceId, span_id: span.spanId };
    world.log(instance, 'warn', { event: 'outbound_call_slow', ...about }, 'outbound call slow');
  }
  return answer;
}

/** One request at a server: its span, its metrics, its log line. Nothing of it is left when the instance dies on the way. */
export function* serve(
  world: World,
  visit: Visit,
  instance: Instance,
  endpoint: string,
  parentSpanId: string | undefined,
  handler: Handler,
): Process<Answer> {
  const { loop } = world;
  const startUs = loop.nowUs;
  const { deaths, version } = instance;
  const span = beginSpan(world, visit, instance, endpoint, 'server', parentSpanId);
  instance.inFlight++;
  const scope = { world, visit, instance, span, deaths };
  let answer: Answer;
  try {
    yield* sufferFaults(scope);
    answer = yield* handler(scope);
  } catch (error) {
    if (error instanceof InstanceDied) return LOST;
    throw error;
  }
  instance.inFlight--;
  const us = loop.nowUs - startUs;
  span.end(serverAttributes(visit, instance, endpoint, version, answer), answer.errorType);
  const labels = splitEndpoint(endpoint);
  instance.metrics.count('http_requests_total', { ...labels, status: String(answer.status) });
  instance.metrics.declareHistogram('http_request_duration_seconds', labels, true).observe(us, loop.nowUs, visit);
  logRequest(scope, endpoint, us, answer);
  return answer;
}

function serverAttributes(visit: Visit, instance: Instance, endpoint: string, version: string, answer: Answer): Readonly<Record<string, AttributeValue>> {
  const { method, route } = splitEndpoint(endpoint);
  const knowsUser = instance.service === 'gateway' || instance.service === 'checkout' || instance.service === 'discount';
  return {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': answer.status,
    'service.version': version,
    ...(knowsUser ? { 'user.role': visit.role } : {}),
    ...(instance.service === 'checkout' ? { 'cart.items': visit.cartItems } : {}),
  };
}

function logRequest({ world, visit, instance, span }: Scope, endpoint: string, us: number, answer: Answer): void {
  const failed = answer.status >= 500;
  if (!failed && !world.service(instance.service).loggedEndpoints.includes(endpoint)) return;
  const paid = instance.service === 'payment' && !failed;
  const msg = failed ? 'request failed' : paid ? 'payment accepted' : 'request completed';
  world.log(instance, failed ? 'error' : 'info', {
    event: msg.replace(' ', '_'),
    ...splitEndpoint(endpoint),
    status: answer.status,
    duration_ms: toMs(us),
    trace_id: visit.traceId,
    span_id: span.spanId,
    order_id: instance.service === 'checkout' || instance.service === 'payment' ? visit.orderId : undefined,
    payment_status: paid ? 'accepted' : undefined,
    error_type: answer.errorType,
  }, msg);
}

/** A tenth of a millisecond is as fine as a log line needs. */
function toMs(us: number): number {
  return Math.round(us / 100) / 10;
}
