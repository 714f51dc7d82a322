import { setTimeout as sleep } from 'node:timers/promises';

export interface Order {
  readonly id: string;
  readonly items: number;
  readonly coupon?: string;
}

// #region coupons
/** Percent off. WELCOME is looked up where it takes long; SPRING24 was deleted, and the code that reads it does not expect that. */
export async function findDiscount(coupon: string): Promise<number> {
  await sleep(coupon === 'WELCOME' ? 900 : 5);
  if (coupon === 'SPRING24') throw new Error('coupon SPRING24 has no percentage');
  return 10;
}
// #endregion

/** The same on every run, one after the other: a visitor who tries doors, and twelve orders, two of them with a coupon. */
export async function sendOrders(baseUrl: string): Promise<void> {
  for (const door of ['wp-login.php', '.env', 'admin']) await send(`${baseUrl}/${door}`, {});
  const coupons: Readonly<Record<number, string>> = { 5: 'WELCOME', 9: 'SPRING24' };
  for (let number = 1; number <= 12; number++) {
    const order: Order = { id: `o-${4100 + number}`, items: 1 + (number % 4), ...(coupons[number] === undefined ? {} : { coupon: coupons[number] }) };
    await send(`${baseUrl}/checkout`, { method: 'POST', body: JSON.stringify(order) });
  }
}

async function send(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  await response.arrayBuffer();
}
