import type { EventLoop, Wait } from './event-loop.ts';

interface Waiter {
  settled: boolean;
  wake(granted: boolean): void;
}
/** Database connections of one instance. Who finds none free queues, first come first served, and gives up after the timeout. */
export class Pool {
  /** Connections in use. */
  active = 0;
  /** Most ever in use, for tests. */
  peak = 0;
  max: number;
  readonly #loop: EventLoop;
  readonly #timeoutUs: number;
  #queue: Waiter[] = [];
  constructor(loop: EventLoop, max: number, timeoutUs: number) {
    this.#loop = loop;
    this.max = max;
    this.#timeoutUs = timeoutUs;
  }
  get waiting(): number {
    return this.#queue.length;
  }
  /** Yields true with a connection, false when the timeout passed. */
  acquire(): Exclude<Wait, number> {
    return (wake) => {
      if (this.active < this.max && this.#queue.length === 0) {
        this.#take();
        wake(true);
        return;
      }
      const waiter: Waiter = { settled: false, wake };
      this.#queue.push(waiter);
      if (this.#timeoutUs === Infinity) return;
      this.#loop.at(this.#loop.nowUs + this.#timeoutUs, () => {
        if (waiter.settled) return;
        this.#queue = this.#queue.filter((other) => other !== waiter);
        settle(waiter, false);
      });
    };
  }
  release(): void {
    this.active--;
    this.#grant();
  }
  /** A smaller pool takes effect as connections come back. */
  resize(max: number): void {
    this.max = max;
    this.#grant();
  }

  #take(): void {
    this.active++;
    this.peak = Math.max(this.peak, this.active);
  }
  #grant(): void {
    while (this.active < this.max) {
      const waiter = this.#queue.shift();
      if (waiter === undefined) return;
      this.#take();
      settle(waiter, true);
    }
  }
}

function settle(waiter: Waiter, granted: boolean): void {
  waiter.settled = true;
  waiter.wake(granted);
}
