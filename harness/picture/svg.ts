import type { Line } from './signals.ts';
import { formatClock, formatValue } from './words.ts';

/** What all charts of a page share. */
export interface ChartTime {
  readonly startMs: number;
  readonly endMs: number;
  readonly binMs: number;
  readonly faultStartMs: number | undefined;
  readonly faultEndMs: number | undefined;
}
const SIZE = { width: 720, height: 150, left: 64, right: 64, top: 12, bottom: 24 } as const;
const TICKS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720].map((minutes) => minutes * 60_000);

/** A line chart from zero up, the fault window shaded, each line named at its end: one `<svg>` as text. */
export function drawLines(lines: readonly Line[], time: ChartTime, least = 0): string {
  const { width, height, left, right, top, bottom } = SIZE;
  const unit = lines[0]?.unit ?? 'count';
  const highest = Math.max(least, ...lines.flatMap(({ values }) => values.filter((value) => value !== undefined))) || 1;
  const x = (atMs: number): number => Math.round((left + ((atMs - time.startMs) / (time.endMs - time.startMs)) * (width - left - right)) * 10) / 10;
  const y = (value: number): number => Math.round((height - bottom - (value / highest) * (height - bottom - top)) * 10) / 10;
  const grid = [0, 0.5, 1].map((part) => `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(part * highest)}" y2="${y(part * highest)}"/><text x="${left - 6}" y="${y(part * highest) + 4}" text-anchor="end">${formatValue(part * highest, unit)}</text>`);
  const tickMs = TICKS_MS.find((candidate) => (time.endMs - time.startMs) / candidate <= 8) ?? 1440 * 60_000;
  const ticks: string[] = [];
  for (let atMs = Math.ceil(time.startMs / tickMs) * tickMs; atMs <= time.endMs; atMs += tickMs) ticks.push(`<text x="${x(atMs)}" y="${height - 6}" text-anchor="middle">${formatClock(atMs)}</text>`);
  const fault = time.faultStartMs === undefined ? '' : `<rect class="fault" x="${x(time.faultStartMs)}" y="${top}" width="${x(time.faultEndMs ?? time.endMs) - x(time.faultStartMs)}" height="${height - bottom - top}"/>`;
  const paths = lines.map(({ values }, index) => `<path class="line s${index + 1}" d="${pathOf(values, (bin) => x(Math.min(time.endMs, time.startMs + (bin + 1) * time.binMs)), y)}"/>`);
  // Lines often end together, at zero: each name stands a little above the one before.
  const names = lines.length < 2 ? [] : lines.map(({ name, values }, index) => `<text class="s${index + 1}" x="${width - right + 6}" y="${y(values.findLast((value) => value !== undefined) ?? 0) + 4 - index * 13}">${escapeHtml(name)}</text>`);
  const label = lines.map(({ name, values }) => `${name} at most ${formatValue(Math.max(0, ...values.filter((value) => value !== undefined)), unit)}`).join(', ');
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${fault}${grid.join('')}${ticks.join('')}${paths.join('')}${names.join('')}</svg>`;
}

/** Nothing is drawn where nothing was measured. */
function pathOf(values: readonly (number | undefined)[], x: (bin: number) => number, y: (value: number) => number): string {
  return values.map((value, bin) => (value === undefined ? '' : `${bin > 0 && values[bin - 1] !== undefined ? 'L' : 'M'}${x(bin)} ${y(value)}`)).join('');
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
