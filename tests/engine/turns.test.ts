import { expect, it } from 'vitest';
import type { Docker } from '../../harness/backends/engine-client.ts';
import { sweep } from '../../harness/backends/engine-sweep.ts';
import { takeTurn } from '../../harness/backends/engine-turns.ts';

it('gives a network to one at a time, in the order in which they came', async () => {
  const first = await takeTurn(['a']);
  const order: string[] = [];
  const later = ['second', 'third'].map(async (name) => {
    const end = await takeTurn(['a']);
    order.push(name);
    end();
  });
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  first();
  await Promise.all(later);
  expect(order).toEqual(['second', 'third']);
});

it('lets nobody wait who is on another network, or on none', async () => {
  const end = await takeTurn(['a']);
  for (const networks of [['b'], []]) (await takeTurn(networks))();
  end();
});

it('makes nobody wait in a circle', async () => {
  const both = await takeTurn(['a', 'b']);
  const taken = [takeTurn(['b', 'a']), takeTurn(['a']), takeTurn(['b'])];
  both();
  for (const turn of taken) (await turn)();
});

it('removes what a run left one by one where it shares a network, and at once where not', async () => {
  const on = new Map([['one', ['a']], ['two', ['a']], ['three', ['a', 'b']], ['four', ['c']]]);
  const leaving: string[] = [];
  const seen: string[][] = [];
  const container = (id: string) => ({
    remove: async () => {
      leaving.push(id);
      seen.push([...leaving]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      leaving.splice(leaving.indexOf(id), 1);
    },
    inspect: () => Promise.reject(Object.assign(new Error('gone'), { statusCode: 404 })),
  });
  const docker = {
    listContainers: async () => [...on].map(([Id, networks]) => ({ Id, Labels: {}, NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) } })),
    listNetworks: async () => [], getContainer: container,
  } as unknown as Docker;
  expect(await sweep(docker, () => true, () => undefined)).toBe(4);
  const atOnce = seen.map((ids) => ids.flatMap((id) => on.get(id) ?? []));
  for (const networks of atOnce) expect(new Set(networks).size).toBe(networks.length);
  expect(seen.some((ids) => ids.length > 1)).toBe(true);
});
