const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/**
 * Time of day on the incident's clock, which is UTC: `14:07`, `14:07:15` where the seconds matter, `14:07:15.042` on demand.
 * @param precision `auto` leaves out `:00` seconds.
 */
export function formatClock(timestampMs: number, precision: 'auto' | 'minutes' | 'seconds' | 'milliseconds' = 'auto'): string {
  const date = new Date(timestampMs);
  const minutes = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
  if (precision === 'minutes') return minutes;
  if (precision === 'auto' && timestampMs % 60_000 === 0) return minutes;
  const seconds = `${minutes}:${pad(date.getUTCSeconds())}`;
  return precision === 'milliseconds' ? `${seconds}.${pad(date.getUTCMilliseconds(), 3)}` : seconds;
}

/** Day on the course's calendar: `11 Mar 2026`. */
export function formatDate(timestampMs: number): string {
  const date = new Date(timestampMs);
  return `${date.getUTCDate()} ${monthNames[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/** Machine-readable form for `<time datetime>`. */
export function formatInstant(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}

/** A wait as Prometheus writes it, without zero parts: `8m45s`, `15s`, `1h`. */
export function formatWait(durationMs: number): string {
  const totalSeconds = Math.round(durationMs / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(totalSeconds / 3600), 'h'],
    [Math.floor((totalSeconds % 3600) / 60), 'm'],
    [totalSeconds % 60, 's'],
  ];
  const text = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`).join('');
  return text === '' ? '0s' : text;
}

/** Milliseconds of `8m45s`, `15s`, `1h30m`; undefined when it is none. */
export function parseWait(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

/** The moment that a clock time means, on the day on which the dataset begins (the next one, when it is earlier than the beginning). */
export function parseClock(text: string, startMs: number): number | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!match) return undefined;
  const moment = Math.floor(startMs / 86_400_000) * 86_400_000 + (Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)) * 1000;
  return moment < startMs ? moment + 86_400_000 : moment;
}

/** How long a span took, in the unit that a person would say: `2.51 s`, `38 ms`, `840 µs`. */
export function formatSpanDuration(durationUs: number): string {
  if (durationUs >= 999_500) return `${(durationUs / 1_000_000).toFixed(2)} s`;
  if (durationUs >= 9_950) return `${Math.round(durationUs / 1000)} ms`;
  if (durationUs >= 1_000) return `${(durationUs / 1000).toFixed(1)} ms`;
  return `${Math.round(durationUs)} µs`;
}
