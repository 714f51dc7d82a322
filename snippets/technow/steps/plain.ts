import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { findDiscount, sendOrders, type Order } from './customers.ts';

// #region work
/** What the service is for. */
async function placeOrder(order: Order): Promise<void> {
  if (order.coupon !== undefined) await findDiscount(order.coupon);
}
// #endregion

// #region answer
/** Answers one request, and says with which status. */
async function answer(request: IncomingMessage, route: string): Promise<number> {
  let status = 200;
  try {
    if (route === 'unmatched') status = 404;
    else await placeOrder((await json(request)) as Order);
  } catch {
    status = 500;
  }
  return status;
}
// #endregion

// #region server
const server = createServer(async (request, response) => {
  const { method = 'GET', url = '/' } = request;
  const route = method === 'POST' && url === '/checkout' ? '/checkout' : 'unmatched';
  response.statusCode = await answer(request, route);
  response.end();
});
server.listen(8080);
// #endregion

process.once('SIGTERM', () => server.close());
if (process.env['DRIVE'] === 'yes') await sendOrders('http://localhost:8080');
