import { Random } from './random.ts';

/** Heap after a collection, what a request allocates, and how much may gather before the next collection: a small Node.js service. */
const BASE_HEAP_BYTES = 38e6;
const REQUEST_BYTES = 220e3;
const COLLECT_AT_BYTES = 24e6;
/** What a process holds beside its heap. */
const OUTSIDE_HEAP_BYTES = 52e6;
/** prom-client samples the event loop every 10 ms: an idle one reads a little more than that. */
const IDLE_LAG_SECONDS = 0.0102;
/** Streams of random numbers of processes, far from those of visits. */
const STREAM = 2 ** 31;

/** What a process says about itself, named as prom-client names it. */
export class ProcessGauges {
  readonly startSeconds: number;
  /** Whole microseconds of its own work. */
  cpuUs = 0;
  /** Never given back. */
  leakedBytes = 0;
  #served = 0;
  #blockedUs = 0;
  readonly #random: Random;

  constructor(seed: number, instance: string, startMs: number) {
    this.startSeconds = startMs / 1000;
    this.#random = new Random(seed, STREAM + hashName(instance));
  }
  /** A request was served. */
  serve(): void {
    this.#served++;
  }
  /** Nothing else ran for so long. */
  block(us: number): void {
    this.#blockedUs = Math.max(this.#blockedUs, us);
  }
  get heapBytes(): number {
    return BASE_HEAP_BYTES + ((this.#served * REQUEST_BYTES) % COLLECT_AT_BYTES) + this.leakedBytes;
  }
  get residentBytes(): number {
    return this.heapBytes + OUTSIDE_HEAP_BYTES;
  }
  /** Since it was last asked. */
  takeLagSeconds(): number {
    const jitter = Math.floor(this.#random.fraction() * 12) / 10_000;
    const lag = Math.round((IDLE_LAG_SECONDS + jitter + this.#blockedUs / 1e6) * 1e4) / 1e4;
    this.#blockedUs = 0;
    return lag;
  }
}

function hashName(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) >>> 0;
  return hash % 2 ** 30;
}
