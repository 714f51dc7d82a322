/** What a process waits for: so many microseconds, or what it arranges for itself, given a way to be woken. */
export type Wait = number | ((wake: Wake) => void);
type Wake = (granted: boolean) => void;
/** One thread of the simulation: yields what it waits for, gets what it was woken with. */
export type Process<T> = Generator<Wait, T, boolean>;

interface Event {
  readonly atUs: number;
  readonly order: number;
  readonly run: Wake;
}
/** The virtual clock. Events at the same instant run in the order in which they were planned. */
export class EventLoop {
  /** Microseconds since the dataset's start. */
  nowUs = 0;
  readonly #heap: Event[] = [];
  #planned = 0;

  at(atUs: number, run: Wake): void {
    const event = { atUs, order: this.#planned++, run };
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || before(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }
  /** Runs every event before `endUs`, none at it. */
  runUntil(endUs: number): void {
    for (let event = this.#heap[0]; event !== undefined && event.atUs < endUs; event = this.#heap[0]) {
      this.#removeFirst();
      this.nowUs = event.atUs;
      event.run(true);
    }
    this.nowUs = endUs;
  }
  /** Starts a process now; nobody waits for it, but `done` may be told what it ends with. */
  spawn<T>(process: Process<T>, done?: (value: T) => void): void {
    const step = (granted: boolean): void => {
      const next = process.next(granted);
      if (next.done === true) done?.(next.value);
      else if (typeof next.value === 'number') this.at(this.nowUs + next.value, step);
      else next.value(step);
    };
    step(true);
  }
  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      const smaller = right !== undefined && before(right, left) ? right : left;
      if (smaller === right) child++;
      if (before(last, smaller)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}
