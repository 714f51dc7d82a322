import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../harness/model/backend.ts';
import { readImageSpec } from '../../harness/backends/engine-specs.ts';
import { services } from './services.ts';
import { errorOf, inspect, leftOvers, never, open, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });

let engine: Engine;
beforeAll(async () => {
  engine = await open();
}, 3_600_000);
afterAll(() => engine[Symbol.asyncDispose]());

describe.each(services)('$request.image', ({ request, missing, complaint }) => {
  // The first start may have to bring the image.
  const longMs = 3_600_000;

  afterEach(async () => expect(await leftOvers()).toEqual([]));

  it('answers on a loopback port once started, and is gone after dispose', { timeout: longMs }, async () => {
    const container = await engine.start(request, never);
    const response = await fetch(container.url(request.ready.port) + request.ready.path);
    expect(response.status).toBe(200);
    const { NetworkSettings, Image } = await inspect(container.id);
    expect(Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []).map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    expect(Image).toMatch(/^sha256:/);
    await container[Symbol.asyncDispose]();
    await expect(inspect(container.id)).rejects.toThrow(/no such container/i);
  });

  it('fails with its own words when it refuses its command line', async () => {
    const error = await errorOf(engine.start({ ...request, command: ['--nonsense'] }, never));
    expect(error.code).toBe('backend-not-ready');
    expect(error.message).toMatch(new RegExp(`container of ${request.image} exited with [1-9]`));
    expect(error.logTail).toMatch(complaint);
  });

  it('fails, with the log tail, when it is not ready in time', async () => {
    // On a busy machine Loki writes its first line only after seconds.
    const error = await errorOf(engine.start({ ...request, ready: { ...request.ready, path: missing }, startupTimeoutMs: 5000 }, never));
    expect(error.code).toBe('backend-not-ready');
    expect(error.message).toContain(`did not answer 200 on port ${request.ready.port}${missing} within 5 s`);
    expect(error.logTail).not.toBe('');
  });

  it('ends at once when it is cancelled while it waits', async () => {
    const cancel = new AbortController();
    const starting = engine.start({ ...request, ready: { ...request.ready, path: missing } }, cancel.signal);
    const outcome = errorOf(starting);
    await untilRunning();
    const startMs = performance.now();
    cancel.abort();
    expect((await outcome).code).toBe('cancelled');
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  it('is the version that its image.json states', async () => {
    const version = engine.version(request.image);
    const { logTail } = await errorOf(engine.start({ ...request, command: [request.image === 'jaeger' ? 'version' : '--version'] }, never));
    expect(logTail).toContain(version);
    expect(version).toBe(readImageSpec(root, request.image).version);
  });
});

async function untilRunning(): Promise<void> {
  while ((await leftOvers()).length === 0) await new Promise((resolve) => setImmediate(resolve));
}
