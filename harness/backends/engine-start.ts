import { setTimeout as delay } from 'node:timers/promises';
import type { BoundPorts, ContainerRuntimeClient, StartedTestContainer, WaitStrategy } from 'testcontainers';
import type { ContainerRequest, Network } from '../model/backend.ts';
import { HarnessError } from '../model/verdict.ts';
import { CourseContainer, filesArrived } from './engine-container.ts';
import { execIn, readLogs, writeInside } from './engine-exec.ts';
import { removeContainer } from './engine-sweep.ts';
import { takeTurn } from './engine-turns.ts';

const defaultTimeoutMs = 30_000;
const pollMs = 30;

/**
 * Waits for an HTTP 200 as `Wait.forHttp` does, but asks every 30 ms instead of every second, ends at once when the
 * container exits or the run is interrupted, and asks from inside where no port is published.
 */
class HttpReadiness implements WaitStrategy {
  readonly #attempt: Attempt;
  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }
  async waitUntilReady(container: { readonly id: string }, boundPorts: BoundPorts): Promise<void> {
    const { request, ended, client } = this.#attempt;
    const { ready } = request;
    if (ready === undefined) return;
    const timeoutMs = request.startupTimeoutMs ?? defaultTimeoutMs;
    // Not the wall clock, which may be set meanwhile.
    const endMs = performance.now() + timeoutMs;
    const inside = ['curl', '-sf', '-o', '/dev/null', '-m', '2', `http://127.0.0.1:${ready.port}${ready.path}`];
    while (!ended.signal.aborted) {
      if (request.confined) {
        if ((await execIn(client.container.dockerode, container.id, inside, ended)).exitCode === 0) return;
      } else if (await isOk(`${hostUrl(client, boundPorts.getBinding(ready.port))}${ready.path}`, ended.signal)) return;
      if (performance.now() > endMs) {
        ended.abort(await this.#attempt.describe(`did not answer 200 on port ${ready.port}${ready.path} within ${timeoutMs / 1000} s`));
      }
      await delay(pollMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    throw ended.signal.reason;
  }
  withStartupTimeout(): this {
    return this;
  }
  isStartupTimeoutSet(): boolean {
    return true;
  }
  getStartupTimeout(): number {
    return this.#attempt.request.startupTimeoutMs ?? defaultTimeoutMs;
  }
}

async function isOk(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** `http://127.0.0.1:32768`: the host's view of a published port. */
export function hostUrl(client: ContainerRuntimeClient, port: number): string {
  const { host } = client.info.containerRuntime;
  return `http://${host === 'localhost' ? '127.0.0.1' : host}:${port}`;
}

/** One try to start one container. */
export interface StartPlan {
  readonly client: ContainerRuntimeClient;
  readonly request: ContainerRequest;
  readonly reference: string;
  readonly labels: Record<string, string>;
  /** Those that lead outside first: an engine publishes ports on the first network that does. */
  readonly networks: readonly Network[];
}

class Attempt {
  readonly client: ContainerRuntimeClient;
  readonly request: ContainerRequest;
  /** Aborted, with the error as reason, when the container exits, is not ready in time, or the run is interrupted. */
  readonly ended = new AbortController();
  /** Ends the watch over the container's exit. */
  readonly #watch = new AbortController();
  readonly #networks: readonly Network[];
  readonly #gone = Promise.withResolvers<never>();
  #id: string | undefined;
  #exit: Promise<void> | undefined;
  #hasExited = false;
  #endTurn: () => void = () => undefined;

  constructor(plan: StartPlan) {
    this.client = plan.client;
    this.request = plan.request;
    this.#networks = plan.networks;
    this.#gone.promise.catch(() => undefined);
  }

  get #names(): readonly string[] {
    return this.#networks.map(({ name }) => name);
  }

  /** Rejects with the reason once an ended try's container is removed: whoever still asks about it may wait for ever. */
  get gone(): Promise<never> {
    return this.#gone.promise;
  }

  async created(id: string): Promise<void> {
    this.#id = id;
    this.#endTurn = await takeTurn(this.#names);
    if (this.ended.signal.aborted) this.endTurn();
    this.ended.signal.throwIfAborted();
    const { dockerode } = this.client.container;
    for (const network of this.#networks.slice(1)) {
      await dockerode.getNetwork(network.name).connect({ Container: id, EndpointConfig: { Aliases: [...this.request.aliases] } });
    }
    this.#exit = this.#watchExit(id);
  }

  async running(): Promise<void> {
    this.endTurn();
    const { confined, files = [] } = this.request;
    if (!confined || files.length === 0 || this.#id === undefined) return;
    await writeInside(this.client.container.dockerode, this.#id, [...files, { path: filesArrived, content: '' }], this.ended.signal);
  }

  /** It has joined its networks, or never will. */
  endTurn(): void {
    this.#endTurn();
    this.#endTurn = () => undefined;
  }

  async describe(problem: string): Promise<HarnessError> {
    const logTail = this.#id === undefined ? '' : await readLogs(this.client.container.dockerode, this.#id, { tail: 40 });
    return new HarnessError('backend-not-ready', `The container of ${this.request.image} ${problem}. Its last log lines follow; look there for the cause.`, { logTail });
  }

  async #watchExit(id: string): Promise<void> {
    try {
      const wait = { condition: 'next-exit' as const, abortSignal: this.#watch.signal };
      const { StatusCode } = await this.client.container.dockerode.getContainer(id).wait(wait);
      if (!(await this.#hasRun(id))) return;
      // It counts as started, perhaps only since the question above: what it wrote is its owner's to read.
      if (this.#watch.signal.aborted) return;
      this.#hasExited = true;
      this.ended.abort(await this.describe(`exited with ${StatusCode} while it started`));
      await this.remove();
    } catch (cause) {
      // The watch was ended, or the container removed: whoever did that knows why.
      if (this.#watch.signal.aborted || (cause as { statusCode?: number }).statusCode !== undefined) return;
      const lost = new HarnessError('backend-lost', `The container engine no longer answers, while the container of ${this.request.image} started: ${String(cause)}. Is it still running?`, { cause });
      this.ended.abort(lost);
      this.#gone.reject(lost);
    }
  }

  /** False for one that the engine refused to start: its removal looks like an exit, and the refusal says why. */
  async #hasRun(id: string): Promise<boolean> {
    const seen = await this.client.container.dockerode.getContainer(id).inspect().catch((error: { statusCode?: number }) => {
      if (error.statusCode === 404) return undefined;
      throw error;
    });
    return seen !== undefined && !seen.State.StartedAt.startsWith('0001-');
  }

  endWatch(): void {
    this.#watch.abort();
  }

  /** Ends the watch over a container that has started; throws when it has exited meanwhile, and is gone with what it wrote. */
  async conclude(): Promise<void> {
    if (!this.#hasExited) return this.endWatch();
    await this.#exit;
    throw this.ended.signal.reason;
  }

  /** Removing is also what ends testcontainers' own waiting, which takes no signal. */
  async remove(): Promise<void> {
    if (this.#id === undefined) return;
    this.endTurn();
    await removeContainer(this.client.container.dockerode, this.#id, this.#names).catch(() => undefined);
    if (this.ended.signal.aborted) this.#gone.reject(this.ended.signal.reason);
  }
}

/**
 * Starts a container and waits until it is ready. Whatever goes wrong, the container is removed before the throw:
 * `backend-not-ready` with the log tail, or `cancelled`.
 */
export async function startContainer(plan: StartPlan, signal: AbortSignal): Promise<StartedTestContainer> {
  const { client, request } = plan;
  const attempt = new Attempt(plan);
  const cancel = (): void => {
    attempt.ended.abort(new HarnessError('cancelled', `Interrupted while the container of ${request.image} started.`, { cause: signal.reason }));
    void attempt.remove();
  };
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    attempt.ended.signal.throwIfAborted();
    const loopback = client.info.containerRuntime.host === 'localhost';
    const starting = new CourseContainer(plan.reference, request, plan.networks, loopback, attempt)
      .withLabels(plan.labels)
      .withAutoCleanup(process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true')
      .withWaitStrategy(new HttpReadiness(attempt))
      .start();
    const started = await Promise.race([starting, attempt.gone]);
    await Promise.race([attempt.conclude(), attempt.gone]);
    return started;
  } catch (cause) {
    await attempt.remove();
    if (attempt.ended.signal.aborted) throw attempt.ended.signal.reason;
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('backend-not-ready', `The container of ${request.image} could not be started: ${String(cause)}`, { cause });
  } finally {
    signal.removeEventListener('abort', cancel);
    attempt.endTurn();
    attempt.endWatch();
  }
}
