import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { prometheus } from './services.ts';
import { errorOf, inspect, leftOvers, never, open, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });

const { request } = prometheus;

afterEach(async () => expect(await leftOvers()).toEqual([]));

it('names the images that there are when one is missing', async () => {
  await using engine = await open();
  const error = await errorOf(engine.start({ ...request, image: 'promotheus' }, never));
  expect(error.code).toBe('image-not-built');
  expect(error.message).toMatch(/no image "promotheus".*Known: alertmanager, alertmanager-0.25, jaeger, loki, otelcol, prometheus, prometheus-2.42, sandbox/);
});

it('says which port was not published', async () => {
  await using engine = await open();
  const container = await engine.start(request, never);
  expect(() => container.url(9999)).toThrow(/9999/);
});

it('lets two containers with the same ports and aliases stand on two networks', async () => {
  await using engine = await open();
  const networks = [await engine.network(), await engine.network()];
  const both = await Promise.all(networks.map((network) => engine.start({ ...request, networks: [network] }, never)));
  const answers = await Promise.all(both.map(async (container) => (await fetch(`${container.url(9090)}/-/ready`)).status));
  expect(answers).toEqual([200, 200]);
  expect(new Set(both.map((container) => container.url(9090))).size).toBe(2);
});

it('is on its own networks only, never on the default one', async () => {
  await using engine = await open();
  const [inside, outside] = [await engine.network({ internal: true }), await engine.network()];
  const { NetworkSettings } = await inspect((await engine.start({ ...request, networks: [inside, outside] }, never)).id);
  expect(Object.keys(NetworkSettings.Networks).sort()).toEqual([inside.name, outside.name].sort());
});

it('removes what it started when the work throws', async () => {
  const work = async (): Promise<void> => {
    await using engine = await open();
    await engine.start({ ...request, networks: [await engine.network()] }, never);
    expect(await leftOvers()).toHaveLength(2);
    throw new Error('the work failed');
  };
  await expect(work()).rejects.toThrow('the work failed');
});

it('removes a container whose start is under way when it is disposed', async () => {
  const engine = await open();
  const outcome = errorOf(engine.start({ ...request, ready: { path: '/never', port: 9090 } }, never));
  while ((await leftOvers()).length === 0) await new Promise((resolve) => setImmediate(resolve));
  await engine[Symbol.asyncDispose]();
  expect(await leftOvers()).toEqual([]);
  expect((await outcome).code).toBe('cancelled');
});

it('starts nothing more once it is being disposed', async () => {
  const engine = await open();
  const outcome = errorOf(engine.start(request, never));
  await engine[Symbol.asyncDispose]();
  expect(await leftOvers()).toEqual([]);
  expect((await outcome).code).toBe('cancelled');
});

it('starts nothing once the run is interrupted', async () => {
  const interrupt = new AbortController();
  await using engine = await open(interrupt.signal);
  interrupt.abort();
  expect((await errorOf(engine.start(request, never))).code).toBe('cancelled');
});

it('leaves no volume behind', async () => {
  await using engine = await open();
  const container = await engine.start(request, never);
  const { Mounts } = await inspect(container.id);
  await container[Symbol.asyncDispose]();
  const { connectEngine } = await import('../../harness/backends/engine-client.ts');
  const { dockerode } = (await connectEngine(() => undefined)).container;
  const { Volumes } = await dockerode.listVolumes();
  expect((Volumes ?? []).filter(({ Name }) => Mounts.some((mount) => mount.Name === Name))).toEqual([]);
});

it('removes what a killed run left, and leaves a running one alone', async () => {
  await using mine = await open();
  const alive = await mine.start(request, never);
  const killed = spawn(process.execPath, [join(import.meta.dirname, 'start-and-hang.ts'), root], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  expect(await leftOvers(killed.pid)).toHaveLength(2);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await using _next = await open();
  expect(await leftOvers(killed.pid)).toEqual([]);
  expect((await inspect(alive.id)).State.Running).toBe(true);
});

it('takes a program out of an image, once', async () => {
  await using engine = await open();
  const promtool = await engine.tool('prometheus', 'promtool');
  expect(promtool).toMatch(/prometheus-[0-9a-f]{16}\/promtool$/);
  expect(await engine.tool('prometheus', 'promtool')).toBe(promtool);
  const { presentTool } = await import('../../harness/backends/engine-tools.ts');
  expect(await presentTool(root, 'prometheus', 'promtool')).toBe(promtool);
  expect(await presentTool(root, 'prometheus', 'promtail')).toBeUndefined();
});
