import type { Line } from './signals.ts';

/** `14:02`, with seconds where they matter; UTC. */
export function formatClock(timeMs: number): string {
  const text = new Date(timeMs).toISOString().slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

/** A value of a line as a person says it: `38 ms`, `2.9 s`, `4.1 %`, `5.6 /s`. */
export function formatValue(value: number, unit: Line['unit']): string {
  switch (unit) {
    case 's': return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
    case 'ratio': return `${(value * 100).toFixed(value * 100 < 10 && value > 0 ? 1 : 0)} %`;
    case '/s': return `${value.toFixed(1)} /s`;
    case 'count': return String(Math.round(value));
  }
}

/** `12,345` in every locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
