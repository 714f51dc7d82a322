import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Docker } from './engine-client.ts';
import { isAlive, processStart } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { takeTurn } from './engine-turns.ts';

/** Labels of everything that a run starts. The host is named because one engine may serve several machines. */
export const runLabel = 'course.run';
const pidLabel = 'course.pid';
const startedLabel = 'course.started';
const hostLabel = 'course.host';

type Labels = Readonly<Record<string, string>>;

/** Labels for what this process starts in the run `runId`. */
export function ownerLabels(runId: string): Labels {
  return {
    [runLabel]: runId,
    [pidLabel]: String(process.pid),
    [startedLabel]: processStart(process.pid) ?? '',
    [hostLabel]: hostname(),
  };
}

/** True when the process that started it is gone. Things of other machines are never ours to judge. */
export function isStale(labels: Labels): boolean {
  return isOfThisHost(labels) && !isAlive(Number(labels[pidLabel]), labels[startedLabel] ?? '');
}

/** True for what any run on this machine started, whether it still runs or not. */
export function isOfThisHost(labels: Labels): boolean {
  return labels[hostLabel] === hostname();
}

async function ignoreGone(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    // 404: already gone. 409: somebody else is removing it at this moment.
    if (statusCode !== 404 && statusCode !== 409) throw error;
  }
}

/** Removes a container with its volumes; resolves when it is gone, whoever removed it. @param networks names of those that it is on */
export async function removeContainer(docker: Docker, id: string, networks: readonly string[]): Promise<void> {
  const container = docker.getContainer(id);
  const endTurn = await takeTurn(networks);
  try {
    await ignoreGone(container.remove({ force: true, v: true }));
  } finally {
    endTurn();
  }
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await container.inspect().catch((error: { statusCode?: number }) => error.statusCode)) === 404) return;
    await delay(50);
  }
}

/**
 * Removes a network; one that is gone already is no error. Resolves to why it stays when the engine keeps it for its
 * members: containers that are not ours, or none at all. Docker 20.10 miscounts members now and then when many come
 * and go at once, and corrects its count only when it starts ("Fixing inconsistent endpoint_cnt").
 */
export async function removeNetwork(docker: Docker, name: string): Promise<string | undefined> {
  const network = docker.getNetwork(name);
  try {
    await ignoreGone(network.remove());
    return undefined;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 403) throw error;
  }
  const { Containers = {} } = (await network.inspect()) as { readonly Containers?: Readonly<Record<string, { readonly Name: string }>> };
  const members = Object.values(Containers).map(({ Name }) => Name);
  return members.length > 0
    ? `the network ${name} stays, because ${members.join(', ')} is on it, which no run started: docker rm -f ${members.join(' ')}`
    : `the network ${name} stays: the engine counts members that it cannot name. It is empty, harms nothing, and can be removed once the engine was started anew`;
}

interface Member {
  readonly id: string;
  /** Names of the networks that it is on. */
  readonly networks: readonly string[];
}

async function findContainers(docker: Docker, wanted: (labels: Labels) => boolean): Promise<readonly Member[]> {
  const containers = await docker.listContainers({ all: true, filters: { label: [runLabel] } });
  return containers.filter(({ Labels }) => wanted(Labels)).map(({ Id, NetworkSettings }) => ({ id: Id, networks: Object.keys(NetworkSettings?.Networks ?? {}) }));
}

/**
 * Removes containers (with their volumes) and networks that carry our labels and that `wanted` accepts. Logs a network
 * that the engine keeps, and leaves it: what a run found out is true all the same.
 * Returns how many; throws what the engine says when it refuses anything else.
 */
export async function sweep(docker: Docker, wanted: (labels: Labels) => boolean, log: Log): Promise<number> {
  const containers = await findContainers(docker, wanted);
  // A network with members cannot be removed: containers first, also those that somebody else is removing.
  await Promise.all(containers.map(({ id, networks }) => removeContainer(docker, id, networks)));
  const networks = await docker.listNetworks({ filters: { label: [runLabel] } });
  const ours = networks.filter(({ Labels }) => wanted(Labels ?? {}));
  const kept = (await Promise.all(ours.map(({ Name }) => removeNetwork(docker, Name)))).filter((why) => why !== undefined);
  for (const why of kept) log(why);
  return containers.length + ours.length - kept.length;
}
