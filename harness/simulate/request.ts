import type { AttributeValue } from '../model/dataset.ts';
import { splitEndpoint } from './endpoint.ts';
import type { Process } from './event-loop.ts';
import type { Condition } from './fault.ts';
import { die } from './instance.ts';
import type { Instance } from './instance.ts';
import { LabelTrie } from './label-trie.ts';
import { renderFields } from './logs.ts';
import { logNormalUs } from './random.ts';
import { beginSpan } from './tracing.ts';
import type { OpenSpan } from './tracing.ts';
import { meets } from './visit.ts';
import type { Answer, Visit } from './visit.ts';
import type { World } from './world.ts';

const LOST: Answer = { status: 503, errorType: 'connection_reset' };

/** What a handler knows of the request that it works on. */
export interface Scope {
  readonly world: World;
  readonly visit: Visit;
  readonly instance: Instance;
  readonly span: OpenSpan;
  /** How often the instance had died when the request came. */
  readonly deaths: number;
}
/** Who waits for an answer, and may have given up. */
export interface Caller {
  gone: boolean;
}
export type Handler = (scope: Scope) => Process<Answer>;

/** Thrown inside a request when its instance died while it waited; `serve` catches it. */
class InstanceDied extends Error {}

/** Whether the instance is still the one that the request came to. */
export function isAlive({ instance, deaths }: Scope): boolean {
  return instance.deaths === deaths;
}

/** Around every wait of a request: `alive(scope, yield wait)` goes on, with what the wait gave, only if its instance still lives. */
export function alive<T>(scope: Scope, given: T): T {
  if (!isAlive(scope)) throw new InstanceDied();
  return given;
}

/** Draws the service's own time for a part of a request, in microseconds; the caller waits that long. */
export function work({ world, visit, instance }: Scope, part: number): number {
  const { medianUs, sigma } = world.service(instance.service).work;
  const us = logNormalUs(medianUs * part, sigma, visit.random.normal());
  instance.process.cpuUs += us;
  return us;
}

/** Whether `suffer` has anything to do. Most requests meet no fault, and should not pay for that. */
function maySuffer({ world: { active }, instance }: Scope): boolean {
  return instance.eventLoop !== undefined || active.all('latency').length > 0 || active.all('errors').length > 0;
}

/** What faults of the service do to a request before it is worked on. An answer ends it. */
function* suffer(scope: Scope): Process<Answer | undefined> {
  const { world, visit, instance } = scope;
  if (instance.eventLoop !== undefined) yield* takeTurn(scope);
  for (const { value, call: outside, when, ...fault } of world.active.all('latency')) {
    if (fault.service !== instance.service || (fault.instance !== undefined && fault.instance !== instance.name) || !meets(visit, when)) continue;
    const us = logNormalUs(value.medianUs, value.sigma, visit.faultZ);
    const span = outside && beginSpan(world, visit, instance, `${outside.peer} ${outside.endpoint}`, 'client', scope.span.spanId);
    alive(scope, yield us);
    if (outside === undefined) continue;
    span?.end({ 'server.address': outside.peer, 'http.response.status_code': 200 }, undefined);
    instance.metrics.declareHistogram('outbound_request_duration_seconds', { peer: outside.peer }, false).observe(us, world.loop.nowUs, visit);
  }
  const failing = world.active.all('errors').find((fault) => fault.service === instance.service && (fault.instance ?? instance.name) === instance.name && meets(visit, fault.when));
  if (failing === undefined) return undefined;
  alive(scope, yield work(scope, 0.5));
  const code = pickShare(failing.codes, visit.luck.fraction());
  return { status: failing.status, errorType: failing.errorType ?? code, errorCode: code };
}

/** Where something may hold the event loop, every request waits for its turn; one that is met holds it. */
function* takeTurn(scope: Scope): Process<void> {
  const { world, visit, instance } = scope;
  const loop = instance.eventLoop;
  if (loop === undefined) return;
  alive(scope, yield loop.acquire());
  const busy = world.active.at('busy-loop', instance);
  if (busy !== undefined && meets(visit, busy.when)) {
    const us = logNormalUs(busy.value.medianUs, busy.value.sigma, visit.faultZ);
    instance.process.cpuUs += us;
    instance.process.block(us);
    alive(scope, yield us);
  }
  loop.release();
}

/**
 * One request at a server: its span, its metrics, its log line. Nothing of it is left when the instance dies on the way. Where the caller has
 * gone meanwhile, the span may end after its parent's, and says so.
 */
export function* serve(world: World, visit: Visit, instance: Instance, endpoint: string, parentSpanId: string | undefined, handler: Handler, caller?: Caller): Process<Answer> {
  const { loop } = world;
  const startUs = loop.nowUs;
  const { deaths, version } = instance;
  const span = beginSpan(world, visit, instance, endpoint, 'server', parentSpanId);
  instance.inFlight++;
  instance.process.serve();
  const scope = { world, visit, instance, span, deaths };
  let answer: Answer;
  try {
    answer = (maySuffer(scope) ? yield* suffer(scope) : undefined) ?? (yield* handler(scope));
  } catch (error) {
    if (error instanceof InstanceDied) return LOST;
    throw error;
  }
  instance.inFlight--;
  const us = loop.nowUs - startUs;
  span.end({ ...serverAttributes(visit, instance, endpoint, version, answer), ...(caller?.gone === true ? { 'http.client_gone': true } : {}) }, answer.errorType);
  const labels = splitEndpoint(endpoint);
  const status = String(answer.status);
  const many = world.active.at('label', instance);
  instance.metrics.count('http_requests_total', many === undefined ? { ...labels, status } : { ...labels, status, [many.label]: `u-${visit.userId % many.values}` });
  instance.metrics.declareHistogram('http_request_duration_seconds', labels, true).observe(us, loop.nowUs, visit);
  logRequest(scope, endpoint, us, answer);
  growLeak(scope);
  return answer;
}

/** How long it takes until a process that was killed is there again. */
const RESTART_US = 3_000_000;

/** Memory that is never given back ends in a process that is killed and started again. */
function growLeak({ world, instance }: Scope): void {
  const leak = world.active.at('leak', instance);
  if (leak === undefined) return;
  instance.process.leakedBytes += leak.bytesPerRequest;
  if (instance.process.residentBytes < leak.limitBytes) return;
  world.log(instance, 'error', { event: 'out_of_memory', error_type: 'ERR_WORKER_OUT_OF_MEMORY' }, 'heap limit reached');
  die(world, instance);
  world.loop.at(world.loop.nowUs + RESTART_US, () => {
    instance.up = true;
    world.restart(instance);
  });
}

const KNOWS_USER = new Set(['gateway', 'checkout', 'discount']);

function serverAttributes(visit: Visit, instance: Instance, endpoint: string, version: string, answer: Answer): Readonly<Record<string, AttributeValue>> {
  const { method, route } = splitEndpoint(endpoint);
  const attributes: Record<string, AttributeValue> = {
    'http.request.method': method, 'http.route': route, 'http.response.status_code': answer.status, 'service.version': version,
  };
  if (KNOWS_USER.has(instance.service)) attributes['user.role'] = visit.role;
  if (instance.service === 'checkout') attributes['cart.items'] = visit.cartItems;
  if (instance.service === 'checkout' || instance.service === 'gateway') for (const flag of visit.flags) attributes[`flag.${flag}`] = true;
  if (instance.service === 'payment' && answer.result !== undefined) attributes['payment.status'] = answer.result;
  return attributes;
}

const FIRST_FIELDS = new LabelTrie<string>();

/** What all lines about requests to the endpoint with this outcome begin with. */
function firstFields(endpoint: string, status: number, msg: string): string {
  return FIRST_FIELDS.find(endpoint, { msg, status: String(status) }, () => renderFields({ event: msg.replace(' ', '_'), ...splitEndpoint(endpoint), status }));
}

function logRequest({ world, visit, instance, span }: Scope, endpoint: string, us: number, answer: Answer): void {
  const failed = answer.status >= 500;
  const raised = world.active.all('log-level')[0];
  if (raised !== undefined) for (let line = 1; line <= raised.linesPerRequest; line++) world.log(instance, 'debug', { event: 'step', step: line, trace_id: visit.traceId }, 'entering step');
  if (!failed && answer.result !== 'auth_rejected' && !world.service(instance.service).loggedEndpoints.includes(endpoint)) return;
  const paid = instance.service === 'payment' && !failed;
  const declined = paid && answer.result === 'auth_rejected';
  const msg = failed ? 'request failed' : declined ? 'payment declined' : paid ? 'payment accepted' : 'request completed';
  world.log(instance, failed ? 'error' : 'info', {
    duration_ms: toMs(us),
    trace_id: visit.traceId,
    span_id: span.spanId,
    order_id: instance.service === 'checkout' || instance.service === 'payment' ? visit.orderId : undefined,
    payment_status: paid ? answer.result ?? 'accepted' : undefined,
    provider_code: declined ? answer.errorCode : undefined,
    error_code: declined ? undefined : answer.errorCode,
    error_type: answer.errorType,
    tenant: visit.tenant,
  }, msg, firstFields(endpoint, answer.status, msg));
}

/** Which of names with shares a draw falls on. */
export function pickShare(shares: readonly (readonly [string, number])[], draw: number): string {
  let sum = 0;
  for (const [name, share] of shares) {
    sum += share;
    if (draw < sum) return name;
  }
  return shares.at(-1)?.[0] ?? '';
}

/** Whether a fault with a condition holds for the visit at the instance. */
export function isMet(visit: Visit, fault: { readonly when: Condition } | undefined): boolean {
  return fault !== undefined && meets(visit, fault.when);
}

/** A tenth of a millisecond is as fine as a log line needs. */
export function toMs(us: number): number {
  return Math.round(us / 100) / 10;
}
