import { resolve } from 'node:path';
import { openEngine } from '../../harness/backends/container.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import type { Engine } from '../../harness/model/backend.ts';
import type { HarnessError } from '../../harness/model/verdict.ts';

export const root = resolve(import.meta.dirname, '../..');
export const never = new AbortController().signal;
const ignore = (): void => undefined;

export function open(signal = never): Promise<Engine> {
  return openEngine({ root, log: ignore, signal });
}

/** Names of the containers, networks and volumes that this process, or the one given, has on the engine. */
export async function leftOvers(pid = process.pid): Promise<readonly string[]> {
  const { dockerode } = (await connectEngine(ignore)).container;
  const filters = { label: [`course.pid=${pid}`] };
  const [containers, networks] = await Promise.all([dockerode.listContainers({ all: true, filters }), dockerode.listNetworks({ filters })]);
  return [...containers.map(({ Names }) => Names[0] ?? '?'), ...networks.map(({ Name }) => Name)];
}

export async function inspect(id: string) {
  return (await connectEngine(ignore)).container.dockerode.getContainer(id).inspect();
}

/** The error that the work ends with. Fails when it does not. */
export async function errorOf(work: Promise<unknown>): Promise<HarnessError> {
  try {
    await work;
  } catch (error) {
    // By name: a test that loads modules anew has a class of its own.
    if ((error as Error).name === 'HarnessError') return error as HarnessError;
    throw error;
  }
  throw new Error('expected a HarnessError, and the work succeeded');
}
