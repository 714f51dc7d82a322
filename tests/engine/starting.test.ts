import { PassThrough } from 'node:stream';
import { afterAll, expect, it, vi } from 'vitest';
import { ensureImage } from '../../harness/backends/engine-images.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { readLogs } from '../../harness/backends/engine-exec.ts';
import { startContainer } from '../../harness/backends/engine-start.ts';
import { ownerLabels, sweep } from '../../harness/backends/engine-sweep.ts';
import { never, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });
const labels = { ...ownerLabels('starting-test') };
afterAll(async () => {
  const client = await connectEngine(() => undefined);
  await sweep(client.container.dockerode, (found) => found['course.run'] === labels['course.run'] && found['course.pid'] === labels['course.pid'], () => undefined);
});

it('what ends at the moment in which it counts as started keeps its words: nobody removes it behind its owner', async () => {
  const client = await connectEngine(() => undefined);
  const { dockerode } = client.container;
  const exited = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  /** Ready is said once the exit is seen; what is asked after the exit is answered once the start has returned. */
  const slow = (id: string): object => {
    const container = dockerode.getContainer(id);
    const ready = async (): Promise<PassThrough> => {
      await exited.promise;
      return new PassThrough().end();
    };
    return new Proxy(container, {
      get: (target, name) => {
        if (name === 'exec') return async () => ({ start: ready, inspect: async () => ({ ExitCode: 0 }) });
        if (name === 'inspect') return async () => {
          exited.resolve();
          await started.promise;
          return target.inspect();
        };
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  const docker = new Proxy(dockerode, { get: (target, name) => (name === 'getContainer' ? slow : Reflect.get(target, name)) });
  const request = { image: 'sandbox', confined: true, aliases: [], ports: [], networks: [], command: ['echo', 'last words'], ready: { port: 1, path: '/' } };
  const reference = await ensureImage(root, 'sandbox', () => undefined, never);
  const plan = { client: { ...client, container: { ...client.container, dockerode: docker } } as typeof client, request, reference, labels, networks: [] };
  const container = await startContainer(plan, never);
  started.resolve();
  for (let looked = 0; looked < 50; looked++) expect(await readLogs(dockerode, container.getId(), { tail: 5 })).toBe('last words\n');
});
