import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';

/** How a socket answered `GET /_ping`. */
export type Answer = 'answers' | 'denied' | 'silent';

const pingTimeoutMs = 2000;

/** Asks one engine address, e.g. `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`. */
export function pingEngine(dockerHost: string): Promise<Answer> {
  const url = new URL(dockerHost);
  const target = url.protocol === 'unix:' || url.protocol === 'npipe:'
    ? { socketPath: url.pathname }
    : { host: url.hostname, port: url.port || '2375' };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: pingTimeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'answers' : 'silent');
    });
    ping.on('timeout', () => ping.destroy(new Error('timed out')));
    ping.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES' ? 'denied' : 'silent'));
    ping.end();
  });
}

/** Sockets of the engines that we know, in the order in which they are asked. */
function knownSockets(): readonly string[] {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
}

/**
 * Address of a running engine; `denied` names a socket that is there but may not be opened.
 * DOCKER_HOST, when set, is the only one asked. Throws `engine-missing` when it is set and does not answer.
 */
export async function findEngine(): Promise<{ readonly dockerHost?: string; readonly denied?: string }> {
  const wanted = process.env['DOCKER_HOST'];
  if (wanted) {
    // An engine behind TLS is asked by the client, which has the certificates.
    if (process.env['DOCKER_TLS_VERIFY'] || (await askWanted(wanted)) === 'answers') return { dockerHost: wanted };
    throw new HarnessError('engine-missing', `DOCKER_HOST is ${wanted}, and no engine answers there. Start that engine, or unset DOCKER_HOST.`);
  }
  let denied: string | undefined;
  for (const socket of knownSockets()) {
    if (!existsSync(socket)) continue;
    const answer = await pingEngine(`unix://${socket}`);
    if (answer === 'answers') return { dockerHost: `unix://${socket}` };
    if (answer === 'denied') denied ??= socket;
  }
  return denied === undefined ? {} : { denied };
}

async function askWanted(dockerHost: string): Promise<Answer> {
  try {
    return await pingEngine(dockerHost);
  } catch (cause) {
    throw new HarnessError('engine-missing', `DOCKER_HOST is "${dockerHost}", which is no address: expected unix:///path or tcp://host:port.`, { cause });
  }
}
