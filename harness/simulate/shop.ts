import type { Process } from './event-loop.ts';
import type { ServiceName } from './incident.ts';
import { call, query, serve, work } from './request.ts';
import type { Handler, Scope } from './request.ts';
import { beginSpan } from './tracing.ts';
import { OK } from './visit.ts';
import type { Answer, Visit } from './visit.ts';
import type { World } from './world.ts';

const UPSTREAM_FAILED: Answer = { status: 503, errorType: 'upstream_503' };

/** A user's request, from the moment it reaches the gateway's door. */
export function* visitShop(world: World, visit: Visit): Process<void> {
  const gateway = world.pick('gateway');
  // Nobody is there to see who could not connect.
  if (gateway === undefined) return;
  const handler = visit.endpoint === 'POST /checkout' ? gatewayCheckout : gatewayProducts;
  yield* serve(world, visit, gateway, visit.endpoint, undefined, handler);
}

function* gatewayProducts(scope: Scope): Process<Answer> {
  yield* work(scope, 1);
  return OK;
}
function* gatewayCheckout(scope: Scope): Process<Answer> {
  yield* work(scope, 0.5);
  const answer = yield* call(scope, 'checkout', 'POST /checkout', checkout);
  yield* work(scope, 0.5);
  return answer.status >= 500 ? UPSTREAM_FAILED : answer;
}
function* checkout(scope: Scope): Process<Answer> {
  const pricing = beginSpan(scope.world, scope.visit, scope.instance, 'cart.price', 'internal', scope.span.spanId);
  yield* work(scope, 0.7);
  pricing.end({ 'cart.items': scope.visit.cartItems }, undefined);
  const calls: readonly (readonly [ServiceName, string, Handler])[] = [
    ['inventory', 'POST /reserve', inventory],
    // Only these roles have a personal discount.
    ...(scope.visit.role === 'standard' ? [] : [['discount', 'GET /quote', discount] as const]),
    ['payment', 'POST /charge', payment],
  ];
  for (const [peer, endpoint, handler] of calls) {
    const answer = yield* call(scope, peer, endpoint, handler);
    if (answer.status >= 500) return UPSTREAM_FAILED;
  }
  const stored = yield* query(scope, 'insert_order');
  yield* work(scope, 0.3);
  return stored;
}
function* inventory(scope: Scope): Process<Answer> {
  yield* work(scope, 1);
  return yield* query(scope, 'stock_by_sku');
}
function* payment(scope: Scope): Process<Answer> {
  yield* work(scope, 1);
  return OK;
}
function* discount(scope: Scope): Process<Answer> {
  yield* work(scope, 1);
  return OK;
}
