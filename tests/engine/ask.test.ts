import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ask } from '../../harness/backends/ask.ts';

let server: Server | undefined;
afterEach(() => server?.close());
async function listen(handler: Parameters<typeof createServer>[1] & object): Promise<string> {
  server = createServer(handler);
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const { signal } = new AbortController();

test('each question has a connection of its own', async () => {
  let connections = 0;
  const url = await listen((_request, response) => response.end('yes'));
  server?.on('connection', () => { connections++; });
  for (let round = 0; round < 3; round++) expect((await ask(`${url}/ready`, { method: 'POST', body: 'x' }, signal)).text).toBe('yes');
  expect(connections).toBe(3);
});
test('a server that hangs up is named by what it was asked', async () => {
  const url = await listen((request) => request.socket.destroy());
  await expect(ask(`${url}/v1/traces?x=1`, {}, signal)).rejects.toMatchObject({ code: 'backend-lost', message: expect.stringContaining('no answer from /v1/traces') });
});
test('whoever interrupts is not told that a backend was lost', async () => {
  const controller = new AbortController();
  const url = await listen(() => controller.abort());
  await expect(ask(url, {}, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});
