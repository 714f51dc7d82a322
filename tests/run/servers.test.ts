import { expect, test } from 'vitest';
import { assignServers } from '../../harness/backends/answers.ts';
import type { RunRequest } from '../../harness/model/backend.ts';
import type { Dataset } from '../../harness/model/dataset.ts';

const dataset = (name: string, startMs: number, endMs: number): Dataset => ({ name, startMs, endMs }) as Dataset;
const march = dataset('march', 0, 10);
const weaker = dataset('march(x=1)', 0, 10);
const april = dataset('april', 20, 30);
const ask = (id: string, of: Dataset, alone = false): RunRequest =>
  ({ block: { id, attributes: new Map(alone ? [['alone', { value: true }]] : []) }, dataset: of }) as unknown as RunRequest;
const plan = (requests: readonly RunRequest[]) => assignServers(requests).map((server) => [server.datasets.map(({ name }) => name), server.requests.map(({ block }) => block.id)]);

test('datasets of different times share a server, variants of one incident do not', () => {
  expect(plan([ask('a', march), ask('b', weaker), ask('c', april)])).toEqual([[['march', 'april'], ['a', 'c']], [['march(x=1)'], ['b']]]);
});

test('a block marked alone gets a server that holds its dataset and nothing else', () => {
  expect(plan([ask('a', march), ask('b', march, true), ask('c', april)])).toEqual([[['march', 'april'], ['a', 'c']], [['march'], ['b']]]);
});

test('each request is asked once', () => {
  const requests = [ask('a', march), ask('b', weaker, true), ask('c', april), ask('d', march), ask('e', weaker)];
  expect(assignServers(requests).flatMap((server) => server.requests)).toHaveLength(requests.length);
});
