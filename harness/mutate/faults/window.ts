import { changesAt, changesInQueries, type Fault } from '../fault.ts';

/** A range or an interval five times as long, and a fifth. */
export const window: Fault = {
  name: 'window',
  seed: (sample) => {
    const { dialect, text } = sample;
    if (sample.queries.length > 0) return [...changesInQueries(sample, /\[(?<at>\d+[smhd])[\]:]/, scale), ...changesInQueries(sample, /\boffset\s+(?<at>\d+[smhd])/, scale)];
    if (dialect === 'alertmanager-config') return changesAt(text, /\b(?:group_wait|group_interval|repeat_interval):\s*(?<at>\d+[smhd])\b/, scale);
    if (dialect === 'prometheus-config') return changesAt(text, /\b(?:scrape_interval|evaluation_interval|scrape_timeout):\s*(?<at>\d+[smhd])\b/, scale);
    if (dialect === 'shell') return changesAt(text, /\b(?:since|step|range|lookback)=(?<at>\d+[smhd])\b/, scale);
    return [];
  },
};

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function scale(found: string): string[] {
  const [count, unit] = [Number(found.slice(0, -1)), found.slice(-1)];
  const fifth = Math.max(1, Math.round((count * (SECONDS[unit] ?? 1)) / 5));
  return [`${count * 5}${unit}`, fifth % 60 === 0 ? `${fifth / 60}m` : `${fifth}s`];
}
