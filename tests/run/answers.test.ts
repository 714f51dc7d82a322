import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { getJson } from '../../harness/backends/answers.ts';
import { HarnessError } from '../../harness/model/verdict.ts';

/** Asks a server that answers everything so. */
async function ask(status: number, body: string): Promise<unknown> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await getJson(`http://127.0.0.1:${(server.address() as AddressInfo).port}/query`, {}, AbortSignal.timeout(5_000));
  } finally {
    server.close();
  }
}

test.each([
  'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (4577016 vs. 4194304)',
  'search depth must be greater than 0 and less than 1500',
])('a 500 that is about what was asked is the author\'s: %s', async (words) => {
  expect(await ask(500, words)).toEqual({ ok: false, status: 500, message: words });
});

test('any other 500 is a backend that broke', async () => {
  await expect(ask(500, 'too many open files')).rejects.toThrow(HarnessError);
});
