/** Runs tasks, at most `limit` at a time, and can stop them all: what was begun is over before `stop` returns. */
export class Limiter {
  readonly #limit: number;
  readonly #signal: AbortSignal;
  readonly #tasks = new Set<Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number, signal: AbortSignal) {
    this.#limit = limit;
    this.#signal = signal;
  }

  /** Throws what the task throws, or the signal's reason when its turn never came. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#take(task);
    const settled = result.catch(() => undefined);
    this.#tasks.add(settled);
    return result;
  }

  /** Resolves when every task has ended, however. */
  async settle(): Promise<void> {
    await Promise.all(this.#tasks);
  }

  async #take<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      this.#signal.throwIfAborted();
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The slot passes on to whoever waits longest.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
