/** What happened when: a moment of the incident's day, and of ours. */
export interface Anchor {
  readonly dayMs: number;
  readonly liveMs: number;
}
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /(\d+)(ms|s|m|h|d)/g;

/** The day's clock as the live run lived it: straight lines between what was seen to happen. Outside of them time passes `scale` times as fast. */
export class LiveClock {
  readonly #anchors: readonly Anchor[];
  readonly #scale: number;

  /** @param anchors at least one, in order of time */
  constructor(anchors: readonly Anchor[], scale: number) {
    this.#anchors = anchors;
    this.#scale = scale;
  }
  toLive(dayMs: number): number {
    const after = this.#anchors.findIndex((anchor) => anchor.dayMs > dayMs);
    const before = this.#anchors.at(after < 0 ? -1 : Math.max(after - 1, 0)) as Anchor;
    const next = after > 0 ? this.#anchors[after] : undefined;
    const pace = next === undefined ? 1 / this.#scale : (next.liveMs - before.liveMs) / (next.dayMs - before.dayMs);
    return Math.round(before.liveMs + (dayMs - before.dayMs) * pace);
  }
}

/** `5m` → `10000ms` at scale 30; never below a millisecond. */
export function scaleDuration(text: string, scale: number): string {
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(DURATION)) ms += Number(amount) * (UNITS_MS[unit as string] as number);
  return `${Math.max(1, Math.round(ms / scale))}ms`;
}

/** Windows of a PromQL or LogQL query, `[5m]` and `[5m:15s]`; a subquery's step is never shorter than a scrape. */
export function scaleWindows(query: string, scale: number): string {
  return query.replaceAll(/\[((?:\d+(?:ms|s|m|h|d))+)(?::((?:\d+(?:ms|s|m|h|d))*))?\]/g, (_, window: string, step: string | undefined) =>
    `[${scaleDuration(window, scale)}${step === undefined ? '' : ':1s'}]`);
}
