import { splitEndpoint } from './endpoint.ts';
import type { Process, Wait } from './event-loop.ts';
import type { CallPolicy, ServiceName } from './incident.ts';
import { pause, serve, toMs } from './request.ts';
import type { Caller, Handler, Scope } from './request.ts';
import { beginSpan } from './tracing.ts';
import type { Answer, Visit } from './visit.ts';

/** Outbound calls that take longer are warned about. */
const SLOW_CALL_US = 1_000_000;
const REFUSED: Answer = { status: 503, errorType: 'connection_refused' };
const TIMED_OUT: Answer = { status: 504, errorType: 'timeout' };

/** A call to another service, seen from the caller: with the patience and the attempts that the caller has for this peer. */
export function* call(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler): Process<Answer> {
  const { world, visit, instance } = scope;
  const policy = world.service(instance.service).calls.get(peer);
  if (policy === undefined) return yield* attempt(scope, peer, endpoint, handler, undefined, 0);
  for (let again = 0; ; again++) {
    const answer = yield* attempt(scope, peer, endpoint, handler, policy, again);
    if (answer.status < 500) return answer;
    if (again + 1 >= policy.attempts) {
      const about = { peer, ...splitEndpoint(endpoint), attempts: again + 1, trace_id: visit.traceId, span_id: scope.span.spanId, order_id: visit.orderId, error_type: answer.errorType };
      world.log(instance, 'error', { event: `${peer}_call_failed`, ...about }, `call to ${peer} failed`);
      return answer;
    }
    yield* pause(scope, world.loop.sleep(policy.backoffUs));
  }
}

function* attempt(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler, policy: CallPolicy | undefined, again: number): Process<Answer> {
  const { world, visit, instance } = scope;
  const startUs = world.loop.nowUs;
  const span = beginSpan(world, visit, instance, `${peer} ${endpoint}`, 'client', scope.span.spanId);
  const caller: Caller = { gone: false };
  const exchange = talk(scope, peer, endpoint, handler, span.spanId, caller);
  const answer = policy === undefined ? yield* exchange : yield* within(scope, exchange, policy.timeoutUs);
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

/** There and back over the network. */
function* talk(scope: Scope, peer: ServiceName, endpoint: string, handler: Handler, spanId: string, caller: Caller): Process<Answer> {
  const { world, visit } = scope;
  yield* pause(scope, world.loop.sleep(world.incident.networkUs));
  const target = world.pick(peer);
  const stripped = target !== undefined && world.active.at('headers-stripped', target) !== undefined;
  const answer = target === undefined ? REFUSED : yield* serve(world, stripped ? beginTrace(scope) : visit, target, endpoint, stripped ? undefined : spanId, handler, caller);
  yield* pause(scope, world.loop.sleep(world.incident.networkUs));
  return answer;
}

/** Who gets no `traceparent` begins a trace of its own. */
function beginTrace({ visit }: Scope): Visit {
  return { ...visit, traceId: visit.luck.hex(4), samplingDraw: visit.luck.fraction(), spans: [], kept: false, ended: false };
}

/** Stops waiting at the timeout. The server does not know: it works on, and its span may end after its caller's. */
function* within(scope: Scope, exchange: Process<Answer>, timeoutUs: number): Process<Answer> {
  const { loop } = scope.world;
  let answer: Answer = TIMED_OUT;
  const first: Wait = (wake) => {
    let settled = false;
    const settle = (): void => {
      if (!settled) wake(true);
      settled = true;
    };
    loop.at(loop.nowUs + timeoutUs, settle);
    loop.spawn(finish(exchange, (result) => {
      if (!settled) answer = result;
      settle();
    }));
  };
  yield* pause(scope, first);
  return answer;
}

function* finish(exchange: Process<Answer>, take: (answer: Answer) => void): Process<void> {
  try {
    take(yield* exchange);
  } catch {
    // Its caller's instance died meanwhile: nobody is there to take the answer.
  }
}
