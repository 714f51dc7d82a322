const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000,
};
const ORDER = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;

/**
 * Milliseconds of a duration in Prometheus' own notation: units from large to small, each at most once (`8m45s`, `0`).
 * Returns undefined for anything else. Source: prometheus/common/model/time.go.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(text) || text === '') return undefined;
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) totalMs += Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return totalMs;
}

/** A duration as Prometheus writes one: `8m45s`, `0s`; years and weeks are left as days, which read better here. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let restMs = Math.abs(durationMs);
  let text = durationMs < 0 ? '-' : '';
  for (const unit of ORDER.slice(2)) {
    const unitMs = UNIT_MS[unit] ?? 1;
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return text;
}
