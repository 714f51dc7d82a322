import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readProgress, type ScrapeProgress } from '../../harness/backends/live/scrapes.ts';

/** What a Prometheus says that has scraped these values of one counter, a second apart. @param growing another scrape comes with each question */
async function progressOf(scraped: readonly number[], wanted: number, growing = false): Promise<ScrapeProgress> {
  let all = scraped;
  const values = (of: (value: number) => number) => all.map((value, index) => [index + 1, String(of(value))]);
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://localhost').searchParams.get('query') ?? '';
    if (growing) all = [...all, all.at(-1) ?? 0];
    const up = { metric: { __name__: 'up' }, values: values(() => 1) };
    const own = { metric: { __name__: 'orders_total' }, values: values((value) => value) };
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: asked.startsWith('up{') ? [up] : [own, up] } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  try {
    return await readProgress(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'checkout', wanted, 0, new AbortController().signal);
  } finally {
    server.close();
  }
}

test.each<[string, readonly number[], number, ScrapeProgress['kind']]>([
  ['traffic that goes on', [1, 4, 9], 3, 'waiting'],
  ['two scrapes within one pause of the traffic', [1, 4, 4], 3, 'waiting'],
  ['three that found the same', [4, 4, 4], 3, 'settled'],
  ['three after a pause', [4, 4, 12, 12, 12], 3, 'settled'],
  ['fewer than were asked for', [4, 4, 4], 6, 'waiting'],
  ['fewer than can say anything', [4, 4], 2, 'waiting'],
  ['traffic that never ends', Array.from({ length: 63 }, (_, index) => index), 3, 'never-settles'],
  ['traffic of a machine that is slow', Array.from({ length: 40 }, (_, index) => index), 3, 'waiting'],
])('%s', async (_, scraped, wanted, kind) => expect((await progressOf(scraped, wanted)).kind).toBe(kind));

test('another scrape between two questions keeps nobody from settling', async () => expect((await progressOf([4, 4, 4], 3, true)).kind).toBe('settled'));
