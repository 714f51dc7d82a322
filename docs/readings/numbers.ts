import type { Value } from '../../harness/model/transcript.ts';

/** `+Inf`, `-Inf` and `NaN` as JavaScript has them. */
export function parseValue(value: Value): number {
  if (value === '+Inf' || value === 'Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return Number(value);
}

/**
 * Decimals for a column, so that all rows share one number of them and stand under each other at the point: three significant
 * digits of the largest, two of the smallest, at most four, and never more than six digits in all. Whole numbers get none.
 */
export function decimalsFor(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  if (finite.length === 0 || finite.every(Number.isInteger)) return 0;
  const ofLargest = Math.floor(Math.log10(Math.max(...finite)));
  const ofSmallest = Math.floor(Math.log10(Math.min(...finite)));
  return Math.max(0, Math.min(4, 5 - Math.max(0, ofLargest), Math.max(2 - ofLargest, 1 - ofSmallest)));
}

/** A number with a fixed number of decimals, thousands apart by a narrow space; what is not a number as Prometheus writes it. */
export function formatFixed(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  const isNegative = value < 0 && Number(value.toFixed(decimals)) !== 0;
  return `${isNegative ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

export type ValueFormat = 'ms' | 's' | 'percent' | 'int' | 'clock';
/**
 * One value inside a sentence. Without a format: as stored, at three significant digits. `s` and `ms` take seconds, `percent` a
 * ratio, `clock` milliseconds of the incident's clock (handled by the caller).
 */
export function formatInline(value: number, format: Exclude<ValueFormat, 'clock'> | undefined): string {
  if (!Number.isFinite(value)) return formatFixed(value, 0);
  if (format === 'int') return formatFixed(Math.round(value), 0);
  if (format === 's') return `${formatFixed(value, value < 10 ? 2 : 1)}\u00a0s`;
  if (format === 'ms') return `${formatFixed(value * 1000, value < 0.01 ? 1 : 0)}\u00a0ms`;
  if (format === 'percent') {
    const percent = value * 100;
    return `${formatFixed(percent, Number.isInteger(percent) || Math.abs(percent) >= 10 ? 0 : 1)}\u00a0%`;
  }
  return formatFixed(value, decimalsFor([value]));
}

/** Axis ticks at 1, 2, 2.5 or 5 times a power of ten, from zero to at least `largest`; whole ones where halves mean nothing. */
export function ticksTo(largest: number, whole = false, wanted = 4): number[] {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fair = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const step = whole ? Math.max(1, Math.ceil(fair)) : fair;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
