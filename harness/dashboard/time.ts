import type { Dashboard, Panel, PanelQuery } from './model.ts';

/** What a panel's query looks at, as Grafana works it out. Milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** `$__interval`. */
  readonly intervalMs: number;
  /** `$__rate_interval`. */
  readonly rateIntervalMs: number;
}
/** Grafana's idea of how often is scraped, where the data source does not say `timeInterval`. */
const SCRAPE_MS = 15_000;
/** A dashboard is 24 columns wide; on the screens that people have, a column draws about this many points. */
const POINTS_A_COLUMN = 60;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };
// Source: @grafana/data, rangeUtil.roundInterval: below the first, the second.
const ROUNDED: readonly (readonly [below: number, ms: number])[] = [
  [10, 1], [15, 10], [35, 20], [75, 50], [150, 100], [350, 200], [750, 500], [1_500, 1_000], [3_500, 2_000], [7_500, 5_000], [12_500, 10_000], [17_500, 15_000], [25_000, 20_000], [45_000, 30_000], [90_000, 60_000],
  [210_000, 120_000], [450_000, 300_000], [750_000, 600_000], [1_050_000, 900_000], [1_500_000, 1_200_000], [2_700_000, 1_800_000], [5_400_000, 3_600_000], [9_000_000, 7_200_000], [16_200_000, 10_800_000],
  [32_400_000, 21_600_000], [86_400_000, 43_200_000], [604_800_000, 86_400_000],
];

/** `90s`, `1m30s` → milliseconds; undefined when it is none. */
export function readSpanMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** How long before its end a dashboard begins: `from: now-30m`, `to: now`. Undefined: it names dates, or rounds to days. */
export function readRangeMs({ from, to }: Pick<Dashboard, 'from' | 'to'>): number | undefined {
  return to === 'now' ? readSpanMs(/^now-(.+)$/.exec(from)?.[1]) : undefined;
}

/** @param nowMs when the dashboard is looked at. @param rangeMs of the dashboard */
export function windowOf(panel: Panel, query: PanelQuery, nowMs: number, rangeMs: number): Window {
  const ownMs = readSpanMs(panel.timeFrom?.replace(/^now-/, '')) ?? rangeMs;
  const endMs = nowMs - (readSpanMs(panel.timeShift) ?? 0);
  const points = panel.maxDataPoints ?? Math.max(1, (panel.grid?.w ?? 12) * POINTS_A_COLUMN);
  const leastMs = readSpanMs((query.interval ?? panel.interval ?? query.scrapeInterval)?.replace(/^>/, '')) ?? SCRAPE_MS;
  const intervalMs = Math.max(roundInterval(ownMs / points), leastMs);
  // Source: Grafana's documentation of $__rate_interval.
  const rateIntervalMs = Math.max(intervalMs + leastMs, 4 * leastMs);
  return { startMs: endMs - ownMs, endMs, intervalMs, rateIntervalMs };
}

function roundInterval(ms: number): number {
  return ROUNDED.find(([below]) => ms < below)?.[1] ?? 604_800_000;
}

/** `90000` → `90s`, `120000` → `2m`: as Grafana writes it into a query. */
export function formatSpan(ms: number): string {
  const [unit, size] = (['d', 'h', 'm', 's'] as const).map((name) => [name, UNIT_MS[name] ?? 1] as const).find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** Variables that Grafana itself fills in queries; undefined for others. */
export function builtIn(name: string, { startMs, endMs, intervalMs, rateIntervalMs }: Window): string | undefined {
  const rangeMs = endMs - startMs;
  const values = {
    __interval: formatSpan(intervalMs), __interval_ms: String(intervalMs), __rate_interval: formatSpan(rateIntervalMs), __rate_interval_ms: String(rateIntervalMs),
    __range: formatSpan(rangeMs), __range_s: String(Math.round(rangeMs / 1_000)), __range_ms: String(rangeMs), __from: String(startMs), __to: String(endMs), __auto: formatSpan(intervalMs),
  };
  return Object.hasOwn(values, name) ? values[name as keyof typeof values] : undefined;
}
