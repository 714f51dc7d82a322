import { setTimeout as sleep } from 'node:timers/promises';

// #region work
/** Stands in for what each route does. Do not look here: in your own service you could not either. */
export async function answer(route: string): Promise<number> {
  await sleep(route === '/recommendations' ? 700 : 2);
  return route === 'unmatched' ? 404 : 200;
}
// #endregion

/** Many quick requests, a few slow ones: the same on every run. */
export async function sendVisitors(baseUrl: string): Promise<void> {
  await get(`${baseUrl}/metrics`);
  for (let visitor = 1; visitor <= 75; visitor++) {
    await get(`${baseUrl}/products`);
    await get(`${baseUrl}/products/${visitor}`);
    if (visitor % 25 === 0) await get(`${baseUrl}/recommendations`);
  }
}

async function get(url: string): Promise<void> {
  const response = await fetch(url);
  await response.arrayBuffer();
}
