import { randomUUID } from 'node:crypto';
import type { ContainerRuntimeClient, StartedTestContainer } from 'testcontainers';
import type { ContainerRequest, Engine, Network, StartedContainer } from '../model/backend.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Log } from './engine-cache.ts';
import { connectEngine } from './engine-client.ts';
import { execIn, orAborted, readLogs, writeInside } from './engine-exec.ts';
import { ensureImage } from './engine-images.ts';
import { readImageSpec } from './engine-specs.ts';
import type { ImageTags } from './engine-specs.ts';
import { hostUrl, startContainer } from './engine-start.ts';
import { isStale, ownerLabels, removeContainer, removeNetwork, runLabel, sweep } from './engine-sweep.ts';
import { takeTool } from './engine-tools.ts';

export interface EngineOptions {
  /** Folder of the repository. */
  readonly root: string;
  readonly log: Log;
  /** Interrupts starts and image builds under way; disposing is still the caller's duty. */
  readonly signal: AbortSignal;
  /** Other tags than the pinned ones. The sandbox keeps the tools of the pinned ones. */
  readonly tags?: ImageTags | undefined;
}

/**
 * The container engine of one run. Finds a running engine or starts one, and removes what dead runs left behind.
 * Throws `engine-missing`.
 */
export async function openEngine({ root, log, signal, tags }: EngineOptions): Promise<Engine> {
  const client = await connectEngine(log);
  const swept = await sweep(client.container.dockerode, isStale, log);
  if (swept > 0) log(`removed ${swept} containers and networks of runs that had been killed`);
  return new RunEngine(root, log, signal, client, tags);
}

class RunEngine implements Engine {
  readonly digests = new Map<string, string>();
  readonly #root: string;
  readonly #log: Log;
  readonly #client: ContainerRuntimeClient;
  readonly #tags: ImageTags | undefined;
  readonly #runId = randomUUID();
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #internal = new WeakSet<Network>();

  constructor(root: string, log: Log, signal: AbortSignal, client: ContainerRuntimeClient, tags: ImageTags | undefined) {
    this.#root = root;
    this.#tags = tags;
    this.#log = log;
    this.#client = client;
    this.#signal = AbortSignal.any([signal, this.#closing.signal]);
  }

  network(options: { readonly internal?: boolean } = {}): Promise<Network> {
    return this.#track(this.#createNetwork(options.internal ?? false));
  }

  start(request: ContainerRequest, signal: AbortSignal): Promise<StartedContainer> {
    return this.#track(this.#start(request, AbortSignal.any([signal, this.#signal])));
  }

  version(image: string): string {
    return readImageSpec(this.#root, image, this.#tags).version;
  }

  async tool(image: string, program: string): Promise<string | undefined> {
    await ensureImage(this.#root, image, this.#log, this.#signal, this.#tags);
    return this.#track(takeTool(this.#root, image, program, this.#client.container.dockerode, this.#tags));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new HarnessError('cancelled', 'The run ended while this was under way.'));
    await Promise.allSettled(this.#underWay);
    try {
      await sweep(this.#client.container.dockerode, (labels) => labels[runLabel] === this.#runId, this.#log);
    } catch (cause) {
      throw new HarnessError('backend-lost', `The container engine did not remove what the run had started: ${String(cause)} Is it still running? npm run stop removes the rest.`, { cause });
    }
  }

  /** Disposing waits for these: what is created behind its back could not be removed. */
  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const forget = (): unknown => this.#underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  async #createNetwork(internal: boolean): Promise<Network> {
    this.#signal.throwIfAborted();
    const name = `course-${randomUUID()}`;
    const { dockerode } = this.#client.container;
    await dockerode.createNetwork({
      Name: name,
      Driver: 'bridge',
      Internal: internal,
      Labels: ownerLabels(this.#runId),
      // Without an address of its own on the bridge, the host cannot be reached from an internal network either.
      Options: internal ? { 'com.docker.network.bridge.inhibit_ipv4': 'true' } : {},
    });
    const network: Network = {
      name,
      [Symbol.asyncDispose]: async () => {
        // The sweep at the end of the run asks once more, and says what stays.
        await removeNetwork(dockerode, name);
      },
    };
    if (internal) this.#internal.add(network);
    return network;
  }

  async #start(request: ContainerRequest, signal: AbortSignal): Promise<StartedContainer> {
    const reference = await ensureImage(this.#root, request.image, this.#log, signal, this.#tags);
    await this.#rememberDigest(request.image, reference);
    const plan = {
      client: this.#client, request, reference, labels: ownerLabels(this.#runId), networks: this.#order(request),
    };
    return new EngineContainer(await startContainer(plan, signal), request, this.#client, this.#signal);
  }

  async #rememberDigest(image: string, reference: string): Promise<void> {
    if (this.digests.has(image)) return;
    const { Id, RepoDigests } = await this.#client.container.dockerode.getImage(reference).inspect();
    this.digests.set(image, RepoDigests?.[0]?.split('@')[1] ?? Id);
  }

  #order({ confined, offline, beside, networks = [] }: ContainerRequest): readonly Network[] {
    if (beside !== undefined && networks.length > 0) throw new Error('A container beside another one has no networks of its own.');
    const open = networks.filter((network) => !this.#internal.has(network));
    if (offline && (open.length > 0 || networks.length === 0)) throw new Error('An offline container joins internal networks only, and at least one: otherwise it would be on the ordinary one.');
    if (confined && open.length > 0) throw new Error(`A confined container may join internal networks only, not ${open[0]?.name}.`);
    return [...open, ...networks.filter((network) => this.#internal.has(network))];
  }
}

class EngineContainer implements StartedContainer {
  readonly id: string;
  readonly name: string;
  readonly #started: StartedTestContainer;
  readonly #confined: boolean;
  /** Names of the networks that it is on. */
  readonly #networks: readonly string[];
  readonly #client: ContainerRuntimeClient;
  /** Of the run: nothing in a container outlives it. */
  readonly #signal: AbortSignal;

  constructor(started: StartedTestContainer, request: ContainerRequest, client: ContainerRuntimeClient, signal: AbortSignal) {
    this.id = started.getId();
    this.name = started.getName().replace(/^\//, '');
    this.#started = started;
    this.#confined = request.confined ?? false;
    this.#networks = (request.networks ?? []).map(({ name }) => name);
    this.#client = client;
    this.#signal = signal;
  }

  url(containerPort: number): string {
    if (this.#confined) throw new Error('A confined container has no port on this machine: ask from inside with exec, or from a container of its network.');
    return hostUrl(this.#client, this.#started.getMappedPort(containerPort));
  }

  logTail(lines = 40): Promise<string> {
    return readLogs(this.#client.container.dockerode, this.id, { tail: lines });
  }

  stdout(): Promise<string> {
    return readLogs(this.#client.container.dockerode, this.id, 'stdout');
  }

  async exitCode(): Promise<number | undefined> {
    const { State } = await this.#client.container.dockerode.getContainer(this.id).inspect();
    return State.Running ? undefined : State.ExitCode;
  }

  exec(command: readonly string[], signal?: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    return execIn(this.#client.container.dockerode, this.id, command, { signal: signal === undefined ? this.#signal : AbortSignal.any([signal, this.#signal]) });
  }

  async copyIn(files: readonly { readonly path: string; readonly content: string | Uint8Array }[]): Promise<void> {
    if (this.#confined) return writeInside(this.#client.container.dockerode, this.id, files, this.#signal);
    await orAborted(this.#started.copyContentToContainer(files.map(({ path, content }) => ({
      content: typeof content === 'string' ? content : Buffer.from(content), target: path, mode: 0o666,
    }))), this.#signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return removeContainer(this.#client.container.dockerode, this.id, this.#networks);
  }
}
