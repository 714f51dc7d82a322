import { splitEndpoint } from './endpoint.ts';
import type { Process } from './event-loop.ts';
import type { CallPolicy, ServiceName } from './incident.ts';
import { alive, isAlive, serve, toMs } from './request.ts';
import type { Caller, Handler, Scope } from './request.ts';
import { beginSpan } from './tracing.ts';
import type { Answer, Visit } from './visit.ts';
import type { World } from './world.ts';

/** Outbound calls that take longer are warned about. */
const SLOW_CALL_US = 1_000_000;
const REFUSED: Answer = { status: 503, errorType: 'connection_refused' };
const TIMED_OUT: Answer = { status: 504, errorType: 'timeout' };

/** A call to another service, seen from the caller: with the patience and the attempts that the caller has for this peer. */
export function call(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler): Process<Answer> {
  const policy = scope.world.service(scope.instance.service).calls.get(peer);
  return policy === undefined ? attempt(scope, peer, endpoint, handler, undefined, 0) : persist(scope, peer, endpoint, handler, policy);
}

function* persist(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler, policy: CallPolicy): Process<Answer> {
  const { world, visit, instance } = scope;
  for (let again = 0; ; again++) {
    const answer = yield* attempt(scope, peer, endpoint, handler, policy, again);
    if (answer.status < 500) return answer;
    if (again + 1 >= policy.attempts) {
      const about = { peer, ...splitEndpoint(endpoint), attempts: again + 1, trace_id: visit.traceId, span_id: scope.span.spanId, order_id: visit.orderId, error_type: answer.errorType };
      world.log(instance, 'error', { event: `${peer}_call_failed`, ...about }, `call to ${peer} failed`);
      return answer;
    }
    alive(scope, yield policy.backoffUs);
  }
}

function* attempt(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler, policy: CallPolicy | undefined, again: number): Process<Answer> {
  const { world, visit, instance } = scope;
  const startUs = world.loop.nowUs;
  const span = beginSpan(world, visit, instance, `${peer} ${endpoint}`, 'client', scope.span.spanId);
  const caller: Caller = { gone: false };
  const exchange = talk(scope, peer, endpoint, handler, span.spanId, caller);
  let answer = TIMED_OUT;
  // A process of its own: what happens at the far end should not pass through all who wait for it.
  alive(scope, yield (wake) => exchangeWithin(world, exchange, policy?.timeoutUs, (given) => {
    answer = given ?? answer;
    wake(true);
  }));
  caller.gone = answer === TIMED_OUT;
  const us = world.loop.nowUs - startUs;
  span.end({ 'server.address': peer, ...(answer === TIMED_OUT ? {} : { 'http.response.status_code': answer.status }), ...(again > 0 ? { 'http.request.resend_count': again } : {}) }, answer.errorType);
  instance.metrics.declareHistogram('outbound_request_duration_seconds', { peer }, false).observe(us, world.loop.nowUs, visit);
  if (us > SLOW_CALL_US && instance.service !== 'gateway') {
    const about = { peer, ...splitEndpoint(endpoint), duration_ms: toMs(us), trace_id: visit.traceId, span_id: span.spanId };
    world.log(instance, 'warn', { event: 'outbound_call_slow', ...about }, 'outbound call slow');
  }
  return answer;
}

/** There and back over the network. Undefined when the caller's instance died meanwhile: nobody is there to take an answer. */
function* talk(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler, spanId: string, caller: Caller): Process<Answer | undefined> {
  const { world, visit } = scope;
  yield world.incident.networkUs;
  if (!isAlive(scope)) return undefined;
  const target = world.pick(peer);
  const stripped = target !== undefined && world.active.at('headers-stripped', target) !== undefined;
  const answer = target === undefined ? REFUSED : yield* serve(world, stripped ? beginTrace(scope) : visit, target, endpoint, stripped ? undefined : spanId, handler, caller);
  yield world.incident.networkUs;
  return isAlive(scope) ? answer : undefined;
}

/** Who gets no `traceparent` begins a trace of its own. */
function beginTrace({ visit }: Scope): Visit {
  return { ...visit, traceId: visit.luck.hex(4), samplingDraw: visit.luck.fraction(), spans: [], kept: false, ended: false };
}

/**
 * Calls back once: with what the exchange gave, or without an answer at the timeout. The server does not know: it works on, and its span may
 * end after its caller's.
 */
function exchangeWithin({ loop }: World, exchange: Process<Answer | undefined>, timeoutUs: number | undefined, back: (answer: Answer | undefined) => void): void {
  if (timeoutUs === undefined) return loop.spawn(exchange, back);
  let settled = false;
  const settle = (answer: Answer | undefined): void => {
    if (!settled) back(answer);
    settled = true;
  };
  loop.at(loop.nowUs + timeoutUs, () => settle(undefined));
  loop.spawn(exchange, (answer) => {
    // The caller's instance died: its timeout still comes.
    if (answer !== undefined) settle(answer);
  });
}
