import { createServer, type Server } from 'node:http';

/** The same few requests on every run, one after the other: a page can count on the counters. */
export async function sendRequests(baseUrl: string): Promise<void> {
  for (let number = 1; number <= 20; number++) await send(`${baseUrl}/checkout`, { method: 'POST' });
  for (let id = 4101; id <= 4105; id++) await send(`${baseUrl}/orders/${id}`, {});
  await send(`${baseUrl}/wp-login.php`, {});
}

export interface Order {
  readonly id: string;
  readonly role: 'standard' | 'vip';
  readonly items: number;
}

/** Twelve orders, every third of a VIP; the last one carries a customer number that the discount service does not know. */
export async function sendOrders(baseUrl: string): Promise<void> {
  for (let number = 1; number <= 12; number++) {
    const order: Order = { id: `o-${4100 + number}`, role: number % 3 === 0 ? 'vip' : 'standard', items: 1 + (number % 4) };
    await send(`${baseUrl}/checkout`, { method: 'POST', body: JSON.stringify(order), headers: { 'Content-Type': 'application/json' } });
  }
}

/** Stands in for the discount service: it knows every order but one. */
export function startDiscount(port: number): Server {
  return createServer((request, response) => {
    response.statusCode = request.url === '/quote?order=o-4112' ? 503 : 200;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ percent: 10 }));
  }).listen(port);
}

async function send(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  await response.arrayBuffer();
}
