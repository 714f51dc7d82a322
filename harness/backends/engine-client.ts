import { createServer, isIP } from 'node:net';
import { getContainerRuntimeClient } from 'testcontainers';
import type { ContainerRuntimeClient } from 'testcontainers';
import { HarnessError } from '../model/verdict.ts';
import type { Log } from './engine-cache.ts';
import { ensureEngine, isOwnEngine } from './engine-daemon.ts';

/** The engine's own API, as testcontainers' client holds it. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];

/** Image of testcontainers' own sweeper. Used only where it is already present: pulling it is not worth a wait. */
const ryukImage = 'testcontainers/ryuk:0.14.0';

let connecting: Promise<ContainerRuntimeClient> | undefined;

/** The connection to the engine, made once a process; starts an engine where it may. Throws `engine-missing`. */
export function connectEngine(log: Log): Promise<ContainerRuntimeClient> {
  connecting ??= connect(log).catch((error: unknown) => {
    connecting = undefined;
    throw error;
  });
  return connecting;
}

async function connect(log: Log): Promise<ContainerRuntimeClient> {
  process.env['DOCKER_HOST'] = (await ensureEngine(log)).dockerHost;
  try {
    const client = await getContainerRuntimeClient();
    // testcontainers takes us for a container with somebody else's socket where `/.dockerenv` exists, and names the bridge's address,
    // which is not ours to listen on once the bridge is gone.
    const { containerRuntime } = client.info;
    if (await isOwnEngine() || await isOwnAddress(containerRuntime.host)) containerRuntime.host = 'localhost';
    const ryuk = await client.container.dockerode.getImage(ryukImage).inspect().catch(() => undefined);
    if (ryuk === undefined) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    return client;
  } catch (cause) {
    throw new HarnessError('engine-missing', `A container engine answers at ${process.env['DOCKER_HOST']}, but not as expected: ${String(cause)}`, { cause });
  }
}

/** True when the address belongs to this machine: it can be listened on. Interfaces without a carrier are in no list. */
function isOwnAddress(host: string): Promise<boolean> {
  if (isIP(host) === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}
