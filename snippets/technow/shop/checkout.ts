import { randomUUID } from 'node:crypto';
import { Counter } from 'prom-client';
import { Peer } from './client.ts';
import { Database } from './database.ts';
import { Failure } from './failure.ts';
import { serve, type Body, type Reply } from './server.ts';
import { draw, readSettings, sleep, type Settings } from './settings.ts';
import { logger, registry, tracer } from './telemetry.ts';
import { currentUser, flagsOf } from './user.ts';

const settings = readSettings({
  work: { ms: 9, sigma: 0.35 },
  database: { connections: 10, timeoutMs: 2_000, query: { ms: 6, sigma: 0.3 } },
  logEvery: ['POST /checkout'],
} satisfies Settings);
const { calls } = settings as Settings;
const inventory = new Peer('inventory', calls?.['inventory']);
const discount = new Peer('discount', calls?.['discount']);
const payment = new Peer('payment', calls?.['payment']);
const orders = new Map<string, Body>();
/** The shop forgets old orders, its memory being all it has. */
const MAX_ORDERS = 10_000;
const database = new Database('orders-db-1', settings.database, ['insert_order']);

// #region orders
type Result = 'completed' | 'payment_declined' | 'out_of_stock' | 'failed';
const ordersTotal = new Counter({ name: 'orders_total', help: 'Orders, by how they ended.', labelNames: ['result'], registers: [registry] });
for (const result of ['completed', 'payment_declined', 'out_of_stock', 'failed'] satisfies Result[]) ordersTotal.inc({ result }, 0);
ordersTotal.inc({ result: 'completed' }, (settings as Settings).history?.ordersCompleted ?? 0);

/** However an order ends, it is counted. */
async function checkOut(body: Body): Promise<Reply> {
  try {
    const order = { order_id: randomUUID(), ...body };
    const isPaid = await placeOrder(order);
    count(isPaid ? 'completed' : 'payment_declined');
    return { status: 200, body: { order_id: order.order_id, paid: isPaid } };
  } catch (error) {
    count(error instanceof Failure && error.status === 409 ? 'out_of_stock' : 'failed');
    throw error;
  }
}

function count(result: Result): void {
  ordersTotal.inc({ result });
}
// #endregion

// #region place
/** True when it is paid for. */
async function placeOrder(order: Body & { readonly order_id: string }): Promise<boolean> {
  const { role, cartItems } = currentUser();
  logger.debug({ event: 'order_received', order }, 'order received');
  await tracer.startActiveSpan('cart.price', async (span) => {
    await sleep(draw(settings.work) * 0.7);
    span.setAttribute('cart.items', cartItems).end();
  });
  await ask(inventory, 'POST /reserve', { order_id: order.order_id });
  // Only these roles have a personal discount.
  if (role !== 'standard') await ask(discount, 'GET /quote');
  const charge = await ask(payment, 'POST /charge', order);
  await database.query('insert_order', () => {
    orders.set(order.order_id, order);
    if (orders.size > MAX_ORDERS) orders.delete(orders.keys().next().value ?? '');
  });
  await sleep(draw(settings.work) * 0.3);
  return charge['status'] === 'accepted';
}

/** Whatever failed behind us, our own caller learns that it was behind us. */
async function ask(peer: Peer, endpoint: string, body?: object): Promise<Body> {
  try {
    return await peer.call(endpoint, body);
  } catch (error) {
    throw error instanceof Failure && error.status >= 500 ? new Failure(503, 'upstream_503') : error;
  }
}
// #endregion

serve({
  routes: { 'POST /checkout': checkOut },
  settings,
  describe: (user) => ({ 'user.role': user.role, 'cart.items': user.cartItems, ...flagsOf(user) }),
  about: ({ order_id }) => ({ order_id }),
});
