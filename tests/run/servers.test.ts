import { expect, test } from 'vitest';
import { Shelves } from '../../harness/backends/shelves.ts';
import type { RunRequest } from '../../harness/model/backend.ts';
import type { Dataset } from '../../harness/model/dataset.ts';

const dataset = (name: string, startMs: number, endMs: number): Dataset => ({ name, startMs, endMs }) as Dataset;
const march = dataset('march', 0, 10);
const weaker = dataset('march(x=1)', 0, 10);
const april = dataset('april', 20, 30);
const ask = (id: string, of: Dataset, alone = false): RunRequest =>
  ({ block: { id, attributes: new Map(alone ? [['alone', { value: true }]] : []) }, dataset: of }) as unknown as RunRequest;
const { signal } = new AbortController();

/** Servers that write down what is done with them. */
class Hall {
  readonly servers: { readonly number: number; readonly loaded: string[]; readonly asked: string[]; gone: boolean }[] = [];
  refuses: string | undefined;
  readonly shelves = new Shelves<Hall['servers'][number] & AsyncDisposable>({
    start: async () => {
      const server = { number: this.servers.length, loaded: [], asked: [], gone: false, [Symbol.asyncDispose]: async () => void (server.gone = true) };
      this.servers.push(server);
      return server;
    },
    load: async (server, { name }) => {
      if (name === this.refuses) throw new Error(`no room for ${name}`);
      server.loaded.push(name);
    },
  });
  run(requests: readonly RunRequest[]): Promise<void> {
    return this.shelves.answer(requests, async (server, { block }) => void server.asked.push(block.id), signal);
  }
  get plan() {
    return this.servers.map(({ loaded, asked }) => [loaded, asked]);
  }
}

test('datasets of different times share a server, variants of one incident do not', async () => {
  const hall = new Hall();
  await hall.run([ask('a', march), ask('b', weaker), ask('c', april)]);
  expect(hall.plan).toEqual([[['march', 'april'], ['a', 'c']], [['march(x=1)'], ['b']]]);
});

test('a block marked alone gets a server that holds its dataset and nothing else, until it is answered', async () => {
  const hall = new Hall();
  await hall.run([ask('a', march), ask('b', march, true), ask('c', april)]);
  expect(hall.plan).toEqual([[['march', 'april'], ['a', 'c']], [['march'], ['b']]]);
  expect(hall.servers.map(({ gone }) => gone)).toEqual([false, true]);
});

test('a later run loads what is missing, and nothing twice', async () => {
  const hall = new Hall();
  await hall.run([ask('a', march)]);
  await hall.run([ask('b', weaker), ask('c', march), ask('d', april)]);
  expect(hall.plan).toEqual([[['march', 'april'], ['a', 'c', 'd']], [['march(x=1)'], ['b']]]);
});

test('a server whose load broke off answers nobody', async () => {
  const hall = new Hall();
  hall.refuses = 'april';
  await expect(hall.run([ask('a', march), ask('b', april)])).rejects.toThrow('no room for april');
  expect(hall.servers.map(({ gone }) => gone)).toEqual([true]);
  hall.refuses = undefined;
  await hall.run([ask('b', april)]);
  expect(hall.plan.at(-1)).toEqual([['april'], ['b']]);
});

test('disposing ends every server', async () => {
  const hall = new Hall();
  await hall.run([ask('a', march), ask('b', weaker)]);
  await hall.shelves[Symbol.asyncDispose]();
  expect(hall.servers.map(({ gone }) => gone)).toEqual([true, true]);
});
