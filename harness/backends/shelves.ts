import { HarnessError } from '../model/verdict.ts';
import type { RunRequest } from '../model/backend.ts';
import type { Dataset } from '../model/dataset.ts';

interface Shelf<Server> {
  readonly starting: Promise<Server>;
  readonly datasets: Dataset[];
}
/** What a backend does with its servers. */
export interface ShelfKeeper<Server extends AsyncDisposable> {
  /** @param isFirst of those that answer for the backend: it may carry the backend's host name */
  start(isFirst: boolean, signal: AbortSignal): Promise<Server>;
  /** Resolves when the server answers for the whole dataset. */
  load(server: Server, dataset: Dataset, signal: AbortSignal): Promise<void>;
}
type Ask<Server> = (server: Server, request: RunRequest) => Promise<void>;

/**
 * Servers that hold datasets. They live as long as their backend, so that a later run finds loaded what it needs. Datasets share
 * one unless their times overlap (variants of one incident do): first fit, in the order given. Requests marked `alone` get a server
 * that holds their dataset and nothing else, because their answer depends on what is loaded; it goes when they are answered.
 */
export class Shelves<Server extends AsyncDisposable> implements AsyncDisposable {
  readonly #keeper: ShelfKeeper<Server>;
  readonly #shelves: Shelf<Server>[] = [];

  constructor(keeper: ShelfKeeper<Server>) {
    this.#keeper = keeper;
  }

  /**
   * Loads what the requests need and is not there yet, and asks them, servers side by side. Where one is lost, or cannot answer a
   * request, all others are answered first; then it throws the first such error.
   */
  async answer(requests: readonly RunRequest[], ask: Ask<Server>, signal: AbortSignal): Promise<void> {
    const shared = requests.filter((request) => !isAlone(request));
    const alone = requests.filter(isAlone);
    throwFirst(await Promise.allSettled([
      ...this.#assign(datasetsOf(shared)).map(([shelf, datasets]) => this.#answerShared(shelf ?? this.#add(signal), datasets, shared, ask, signal)),
      ...datasetsOf(alone).map((dataset) => this.#answerAlone(dataset, alone, ask, signal)),
    ]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#shelves.splice(0).map(async ({ starting }) => (await starting)[Symbol.asyncDispose]()));
  }

  /** Datasets by shelf, those that are there already included. */
  #assign(datasets: readonly Dataset[]): (readonly [Shelf<Server> | undefined, readonly Dataset[]])[] {
    const shelves = this.#shelves.map((shelf) => [...shelf.datasets]);
    for (const dataset of datasets) {
      if (shelves.some((shelf) => shelf.includes(dataset))) continue;
      const free = shelves.find((shelf) => shelf.every((other) => other.endMs < dataset.startMs || dataset.endMs < other.startMs));
      if (free) free.push(dataset);
      else shelves.push([dataset]);
    }
    return shelves.map((held, index) => [this.#shelves[index], held] as const);
  }

  #add(signal: AbortSignal): Shelf<Server> {
    const shelf = { starting: this.#keeper.start(this.#shelves.length === 0, signal), datasets: [] };
    this.#shelves.push(shelf);
    return shelf;
  }

  async #answerShared(shelf: Shelf<Server>, datasets: readonly Dataset[], requests: readonly RunRequest[], ask: Ask<Server>, signal: AbortSignal): Promise<void> {
    const server = await this.#load(shelf, datasets.filter((one) => !shelf.datasets.includes(one)), signal);
    try {
      await askAll(server, requests.filter(({ dataset }) => dataset !== undefined && datasets.includes(dataset)), ask);
    } catch (error) {
      if (isLost(error)) await this.#drop(shelf);
      throw error;
    }
  }

  async #load(shelf: Shelf<Server>, missing: readonly Dataset[], signal: AbortSignal): Promise<Server> {
    let server: Server | undefined;
    try {
      server = await shelf.starting;
      // Oldest first: Jaeger's `limit` cuts by order of insertion.
      for (const dataset of missing.toSorted((left, right) => left.startMs - right.startMs)) {
        await this.#keeper.load(server, dataset, signal);
        shelf.datasets.push(dataset);
      }
      return server;
    } catch (error) {
      // Nobody knows how much of the dataset it holds now.
      await this.#drop(shelf, server);
      throw error;
    }
  }

  async #drop(shelf: Shelf<Server>, server?: Server): Promise<void> {
    const index = this.#shelves.indexOf(shelf);
    if (index >= 0) this.#shelves.splice(index, 1);
    await (server ?? await shelf.starting.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #answerAlone(dataset: Dataset, requests: readonly RunRequest[], ask: Ask<Server>, signal: AbortSignal): Promise<void> {
    await using server = await this.#keeper.start(false, signal);
    await this.#keeper.load(server, dataset, signal);
    await askAll(server, requests.filter((request) => request.dataset === dataset), ask);
  }
}

/** One request after another. A server that answers with an error of its own is asked on; one that does not answer is lost. */
async function askAll<Server>(server: Server, requests: readonly RunRequest[], ask: Ask<Server>): Promise<void> {
  const failures: PromiseSettledResult<void>[] = [];
  for (const request of requests) {
    try {
      await ask(server, request);
    } catch (reason) {
      failures.push({ status: 'rejected', reason });
      if (isLost(reason) || !(reason instanceof HarnessError && reason.code === 'backend-lost')) break;
    }
  }
  throwFirst(failures);
}

/** True where the server did not answer: one that answers 5xx has no cause beside that. */
function isLost(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'backend-lost' && error.cause !== undefined;
}

function throwFirst(settled: readonly PromiseSettledResult<void>[]): void {
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isAlone({ block }: RunRequest): boolean {
  return block.attributes.has('alone');
}

function datasetsOf(requests: readonly RunRequest[]): Dataset[] {
  return [...new Set(requests.flatMap((request) => request.dataset ?? []))];
}
