import { expect, test } from 'vitest';
import { Shelves } from '../../harness/backends/shelves.ts';
import type { RunRequest } from '../../harness/model/backend.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { HarnessError } from '../../harness/model/verdict.ts';

const march = { name: 'march', startMs: 0, endMs: 10 } as Dataset;
/** Of the same time: it needs a server of its own. */
const weaker = { name: 'march(x=1)', startMs: 0, endMs: 10 } as Dataset;
const request = (id: string, dataset = march): RunRequest => ({ block: { id, attributes: new Map() }, dataset }) as unknown as RunRequest;
const { signal } = new AbortController();
const lost = new HarnessError('backend-lost', 'no answer from /api/v1/query', { cause: new Error('socket hang up') });
const overloaded = new HarnessError('backend-lost', '/api/v1/query answered 503: query timed out');

/** Asks requests of servers that take a moment. @param refuse why a request has no answer */
async function ask(requests: readonly RunRequest[], refuse: (id: string) => Error | undefined): Promise<{ asked: string[]; answered: string[]; thrown: unknown }> {
  const [asked, answered]: [string[], string[]] = [[], []];
  const shelves = new Shelves<AsyncDisposable>({ start: async () => ({ [Symbol.asyncDispose]: async () => undefined }), load: async () => undefined });
  const thrown = await shelves.answer(requests, async (_, { block: { id } }) => {
    asked.push(id);
    const error = refuse(id);
    if (error !== undefined) throw error;
    await new Promise((resolve) => setImmediate(resolve));
    answered.push(id);
  }, signal).then(() => undefined, (error: unknown) => error);
  return { asked, answered, thrown };
}

test('a server that is lost takes no answer of another server with it', async () => {
  expect(await ask([request('a'), request('b', weaker), request('c', weaker), request('d', weaker)], (id) => (id === 'a' ? lost : undefined)))
    .toEqual({ asked: ['a', 'b', 'c', 'd'], answered: ['b', 'c', 'd'], thrown: lost });
});

test('a query that a server cannot finish takes no other query’s answer with it', async () => {
  expect(await ask([request('a'), request('b'), request('c')], (id) => (id === 'b' ? overloaded : undefined))).toEqual({ asked: ['a', 'b', 'c'], answered: ['a', 'c'], thrown: overloaded });
});

test('a server that is lost is not asked again', async () => {
  expect(await ask([request('a'), request('b'), request('c')], (id) => (id === 'b' ? lost : undefined))).toEqual({ asked: ['a', 'b'], answered: ['a'], thrown: lost });
});

test('a server that is lost is ended, and the next run has another', async () => {
  const ended: number[] = [];
  let started = 0;
  const shelves = new Shelves<AsyncDisposable & { readonly number: number }>({
    start: async () => {
      const number = (started += 1);
      return { number, [Symbol.asyncDispose]: async () => void ended.push(number) };
    },
    load: async () => undefined,
  });
  await expect(shelves.answer([request('a')], () => Promise.reject(lost), signal)).rejects.toBe(lost);
  expect(ended).toEqual([1]);
  await expect(shelves.answer([request('a')], () => Promise.reject(overloaded), signal)).rejects.toBe(overloaded);
  await shelves.answer([request('a')], async (server) => expect(server.number).toBe(2), signal);
});
