/** A timer comes that often, and how late it comes is how long nothing ran. */
const TICK_MS = 10;
/** What a scheduler of a busy machine takes is less. */
const LATE_MS = 20;
/**
 * Beyond it durations are the machine's. Of twelve runs, all claims held in the seven in which this machine stood still for 2 to 23 % of the
 * time, and claims failed in the five with 26 to 45 % (decision 0035); a tenth leaves room.
 */
const MAX_SHARE = 0.1;

/** Why what was measured while this machine stood still for so much of the time says nothing of the services; undefined: it kept time. */
export function whyUnmeasured(share: number): string | undefined {
  return share <= MAX_SHARE ? undefined : `not judged: this machine stood still for ${(share * 100).toFixed(1)} % of the time (at most ${MAX_SHARE * 100} % is borne), so that durations are its own. Try again when it has time to spare`;
}

/** For how much of the time this machine stood still, until it is disposed. Nothing else may keep this process busy meanwhile. */
export class StallMeter implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  readonly #startMs: number;
  #lastMs: number;
  #lostMs = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startMs = this.#lastMs = now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }
  /** 0 to 1, of the time from its making until now. */
  get share(): number {
    this.#tick();
    return this.#lostMs / Math.max(TICK_MS, this.#lastMs - this.#startMs);
  }
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
  #tick(): void {
    const nowMs = this.#now();
    const lateMs = nowMs - this.#lastMs - TICK_MS;
    if (lateMs >= LATE_MS) this.#lostMs += lateMs;
    this.#lastMs = nowMs;
  }
}
