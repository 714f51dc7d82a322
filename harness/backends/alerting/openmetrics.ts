import type { Labels, Series } from '../../model/dataset.ts';
import { formatSelector } from './series-notation.ts';

/** One series to backfill: `shiftMs` is added to each of its times. */
export interface Backfill {
  readonly labels: Labels;
  readonly samples: Series['samples'];
}

/**
 * OpenMetrics text of series between two times, moved by `shiftMs`. Stale markers and native histograms cannot be said in it and are left out.
 * Source: prometheus/docs/storage.md, "Backfilling from OpenMetrics format".
 */
export function toOpenMetrics(series: readonly Backfill[], untilMs: number, shiftMs: number): string {
  const lines: string[] = [];
  for (const { labels, samples } of series) {
    const selector = formatSelector(labels);
    for (const [timestampMs, value] of samples) {
      if (value === null || timestampMs > untilMs) continue;
      lines.push(`${selector} ${formatValue(value)} ${(timestampMs + shiftMs) / 1000}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
