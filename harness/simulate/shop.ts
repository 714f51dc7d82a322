import { call } from './call.ts';
import { ATTEMPT_RESULTS, ORDER_RESULTS, PROVIDER, RESERVATION_RESULTS } from './declare.ts';
import type { Process } from './event-loop.ts';
import type { ServiceName, UserEndpoint } from './incident.ts';
import { query } from './query.ts';
import { logNormalUs } from './random.ts';
import { alive, isMet, serve, work } from './request.ts';
import type { Handler, Scope } from './request.ts';
import { beginSpan } from './tracing.ts';
import { OK } from './visit.ts';
import type { Answer, Visit } from './visit.ts';
import type { World } from './world.ts';

const UPSTREAM_FAILED: Answer = { status: 503, errorType: 'upstream_503' };
const SOLD_OUT: Answer = { status: 409, errorType: undefined, result: 'out_of_stock' };

const HANDLERS: Readonly<Record<UserEndpoint, Handler>> = {
  'POST /checkout': gatewayCheckout, 'GET /products': answerAlone, 'POST /login': answerAlone, 'POST /register': register,
};

/** A user's request, from the moment it reaches the gateway's door. */
export function visitShop(world: World, visit: Visit): void {
  const gateway = world.pick('gateway');
  // Nobody is there to see who could not connect.
  if (gateway !== undefined) world.loop.spawn(serve(world, visit, gateway, visit.endpoint, undefined, HANDLERS[visit.endpoint]));
}

function* answerAlone(scope: Scope): Process<Answer> {
  alive(scope, yield work(scope, 1));
  return OK;
}
function* register(scope: Scope): Process<Answer> {
  alive(scope, yield work(scope, 1));
  // The page is shown either way; a form that sends nothing registers nobody.
  if (scope.world.active.all('form-broken').length === 0) scope.instance.metrics.count('user_registrations_total', {});
  return OK;
}
function* gatewayCheckout(scope: Scope): Process<Answer> {
  alive(scope, yield work(scope, 0.5));
  const answer = yield* call(scope, 'checkout', 'POST /checkout', checkout);
  alive(scope, yield work(scope, 0.5));
  return answer.status >= 500 ? UPSTREAM_FAILED : answer;
}

function* checkout(scope: Scope): Process<Answer> {
  const answer = yield* placeOrder(scope);
  const result = answer.status >= 500 ? 'failed' : answer.result === 'auth_rejected' ? 'payment_declined' : answer.result === 'out_of_stock' ? 'out_of_stock' : 'completed';
  scope.instance.metrics.count('orders_total', { result: result satisfies (typeof ORDER_RESULTS)[number] });
  return answer;
}

function* placeOrder(scope: Scope): Process<Answer> {
  const pricing = beginSpan(scope.world, scope.visit, scope.instance, 'cart.price', 'internal', scope.span.spanId);
  alive(scope, yield work(scope, 0.7));
  pricing.end({ 'cart.items': scope.visit.cartItems }, undefined);
  const calls: readonly (readonly [ServiceName, string, Handler])[] = [
    ['inventory', 'POST /reserve', inventory],
    // Only these roles have a personal discount.
    ...(scope.visit.role === 'standard' ? [] : [['discount', 'GET /quote', discount] as const]),
    ['payment', 'POST /charge', payment],
  ];
  let result: string | undefined;
  for (const [peer, endpoint, handler] of calls) {
    const answer = yield* call(scope, peer, endpoint, handler);
    if (answer.status >= 500) return UPSTREAM_FAILED;
    if (answer.status >= 400) return answer;
    result = answer.result ?? result;
  }
  const stored = yield* query(scope, 'insert_order');
  alive(scope, yield work(scope, 0.3));
  return stored === OK && result !== undefined ? { ...OK, result } : stored;
}

function* inventory(scope: Scope): Process<Answer> {
  const { world, instance } = scope;
  alive(scope, yield work(scope, 1));
  const racing = world.active.at('stock-race', instance);
  if (world.stock === undefined) {
    const answer = yield* query(scope, 'stock_by_sku');
    count(scope, answer === OK ? 'reserved' : 'rejected');
    return answer;
  }
  const before = world.stock;
  const read = yield* query(scope, 'read_stock', { 'stock.before': before });
  if (read !== OK) return read;
  if (racing !== undefined) alive(scope, yield logNormalUs(racing.gap.medianUs, racing.gap.sigma, scope.visit.luck.normal()));
  // Without the race, reading and writing are one step: what counts is the stock of now.
  const seen = racing === undefined ? world.stock : before;
  if (seen < 1) return soldOut(scope, seen);
  world.stock = seen - 1;
  const written = yield* query(scope, 'write_stock', { 'stock.after': seen - 1 });
  if (written !== OK) return written;
  instance.metrics.count('inventory_units_sold_total', {});
  count(scope, 'reserved');
  return OK;
}

function soldOut(scope: Scope, stock: number): Answer {
  const { world, visit, instance, span } = scope;
  count(scope, 'rejected');
  world.log(instance, 'warn', { event: 'stock_check_failed', stock, order_id: visit.orderId, trace_id: visit.traceId, span_id: span.spanId }, 'stock check failed');
  return SOLD_OUT;
}
function count(scope: Scope, result: (typeof RESERVATION_RESULTS)[number]): void {
  scope.instance.metrics.count('inventory_reservations_total', { result });
}

function* payment(scope: Scope): Process<Answer> {
  const { world, instance } = scope;
  alive(scope, yield work(scope, 1));
  const rotated = world.active.at('rotated-token', instance);
  const result: (typeof ATTEMPT_RESULTS)[number] = rotated === undefined ? 'success' : 'declined';
  instance.metrics.count('payment_attempts_total', { provider: PROVIDER, result });
  return rotated === undefined ? OK : { status: 200, errorType: undefined, errorCode: rotated.code, result: 'auth_rejected' };
}

function* discount(scope: Scope): Process<Answer> {
  const circular = scope.world.active.at('circular-call', scope.instance);
  alive(scope, yield work(scope, 1));
  yield* lookUp(scope);
  return circular !== undefined && isMet(scope.visit, circular) ? yield* askBack(circular.depth)(scope) : OK;
}

/** Discount asks checkout for the cart, and checkout asks discount for its price, and so on. */
function askBack(depth: number): Handler {
  return function* (scope) {
    if (depth === 0) return OK;
    return yield* call(scope, 'checkout', 'GET /cart', function* (cart) {
      alive(cart, yield work(cart, 0.7));
      return yield* call(cart, 'discount', 'GET /quote', function* (again) {
        alive(again, yield work(again, 1));
        return yield* askBack(depth - 1)(again);
      });
    });
  };
}

/** The price of one cart in the cache: there, or worked out and put there. */
function* lookUp(scope: Scope): Process<void> {
  const { world, visit, instance, span } = scope;
  const cache = world.service(instance.service).cache;
  if (cache === undefined) return;
  const trouble = world.active.at('cache', instance);
  const child = beginSpan(world, visit, instance, 'cache.get quote', 'client', span.spanId);
  alive(scope, yield trouble?.state === 'down' ? 20 * world.incident.networkUs : 2 * world.incident.networkUs);
  const hit = trouble?.state !== 'down' && visit.luck.fraction() < cache.hitShare;
  child.end({ 'cache.hit': hit, 'server.address': 'quotes-cache' }, trouble?.state === 'down' ? 'timeout' : undefined);
  instance.metrics.count('cache_requests_total', { result: trouble?.state === 'down' ? 'error' : hit ? 'hit' : 'miss' });
  if (trouble?.state === 'down') instance.cacheBytes = 0;
  if (hit) return;
  alive(scope, yield work(scope, 3));
  if (trouble === undefined) {
    instance.cacheBytes = Math.min(instance.cacheBytes + cache.entryBytes, cache.maxBytes);
    return;
  }
  if (trouble.state === 'full') instance.cacheBytes = cache.maxBytes;
  const why = trouble.state === 'full' ? 'OOM command not allowed when used memory > maxmemory' : 'connection timed out';
  world.log(instance, 'error', { event: 'cache_write_failed', trace_id: visit.traceId, span_id: child.spanId, error_type: trouble.state === 'full' ? 'CacheFull' : 'timeout', reason: why }, 'cache write failed');
}
