import { expect, it, vi } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import type { Docker } from '../../harness/backends/engine-client.ts';
import { sweep } from '../../harness/backends/engine-sweep.ts';
import { prometheus } from './services.ts';
import { inspect, leftOvers, never, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });

const name = 'course-miscounted';

/** An engine with one network of ours, which answers as `remove` does when asked to remove it. */
function engineWith(remove: () => Promise<void>): Docker {
  const network = { remove, inspect: async () => ({ Containers: {} }) };
  return { listContainers: async () => [], listNetworks: async () => [{ Name: name, Labels: {} }], getNetwork: () => network } as unknown as Docker;
}

function refusing(statusCode: number): Docker {
  return engineWith(() => Promise.reject(Object.assign(new Error(`(HTTP code ${statusCode}) has active endpoints`), { statusCode })));
}

it('leaves a network whose members the engine miscounted, and says so: a run is not broken by it', async () => {
  const said: string[] = [];
  expect(await sweep(refusing(403), () => true, (line) => said.push(line))).toBe(0);
  expect(said).toEqual([expect.stringMatching(/course-miscounted stays.*once the engine was started anew/)]);
});

it('hides no other refusal of the engine', async () => {
  await expect(sweep(refusing(500), () => true, () => undefined)).rejects.toThrow('HTTP code 500');
});

it('says nothing of a network that is removed, or was', async () => {
  const said: string[] = [];
  expect(await sweep(engineWith(async () => undefined), () => true, (line) => said.push(line))).toBe(1);
  expect(await sweep(refusing(404), () => true, (line) => said.push(line))).toBe(1);
  expect(said).toEqual([]);
});

it('names the container that somebody put on a network of a run, and leaves both alone', async () => {
  const { dockerode } = (await connectEngine(() => undefined)).container;
  const said: string[] = [];
  const engine = await openEngine({ root, log: (line) => said.push(line), signal: never });
  const network = await engine.network();
  const own = await engine.start({ ...prometheus.request, networks: [network] }, never);
  const { Image } = await inspect(own.id);
  const guest = await dockerode.createContainer({ Image, Cmd: ['--config.file=/dev/null'], name: `guest-of-${network.name}`, HostConfig: { NetworkMode: network.name } });
  try {
    await guest.start();
    await engine[Symbol.asyncDispose]();
    // Other tests share this engine, and it may keep a network of theirs.
    expect(said.filter((line) => line.includes(network.name))).toEqual([expect.stringContaining(`docker rm -f guest-of-${network.name}`)]);
    expect((await guest.inspect()).State.Running).toBe(true);
  } finally {
    await guest.remove({ force: true, v: true });
  }
  await dockerode.getNetwork(network.name).remove();
  expect(await leftOvers()).toEqual([]);
});
