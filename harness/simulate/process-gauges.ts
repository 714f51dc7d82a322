import { Random } from './random.ts';

/** Heap after a collection, what a request allocates, and how much may gather before the next collection: a small Node.js service. */
const BASE_HEAP_BYTES = 38e6;
const REQUEST_BYTES = 220e3;
const COLLECT_AT_BYTES = 24e6;
/** What a process holds beside its heap. */
const OUTSIDE_HEAP_BYTES = 52e6;
/** prom-client samples the event loop every 10 ms: an idle one reads a little more than that. */
const IDLE_LAG_SECONDS = 0.0102;
/** A loop that is held for half a second is one late sample, and not fifty. */
const LAG_SAMPLE_US = 10_200;
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
  /** How long the loop was held, each time since the lag was last asked for. */
  #blocksUs: number[] = [];
  #askedMs: number;
  /** The longest of the blocks that the last reading of the lag covered. */
  worstLagSeconds = 0;
  readonly #random: Random;

  constructor(seed: number, instance: string, startMs: number) {
    this.startSeconds = startMs / 1000;
    this.#askedMs = startMs;
    this.#random = new Random(seed, STREAM + hashName(instance));
  }
  /** A request was served. */
  serve(): void {
    this.#served++;
  }
  /** Nothing else ran for so long. */
  block(us: number): void {
    this.#blocksUs.push(us);
  }
  get heapBytes(): number {
    return BASE_HEAP_BYTES + ((this.#served * REQUEST_BYTES) % COLLECT_AT_BYTES) + this.leakedBytes;
  }
  get residentBytes(): number {
    return this.heapBytes + OUTSIDE_HEAP_BYTES;
  }
  /** The 99th percentile of the samples since it was last asked: as many of them are late as there were blocks. */
  takeLagSeconds(nowMs: number): number {
    const idle = IDLE_LAG_SECONDS + Math.floor(this.#random.fraction() * 12) / 10_000;
    const blocks = this.#blocksUs.sort((one, other) => other - one);
    const held = blocks.reduce((sum, us) => sum + us, 0);
    const samples = Math.max(0, ((nowMs - this.#askedMs) * 1000 - held) / LAG_SAMPLE_US) + blocks.length;
    this.worstLagSeconds = round(idle + (blocks[0] ?? 0) / 1e6);
    this.#askedMs = nowMs;
    this.#blocksUs = [];
    return round(idle + (blocks[Math.floor(samples / 100)] ?? 0) / 1e6);
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1e4) / 1e4;
}

function hashName(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) >>> 0;
  return hash % 2 ** 30;
}
