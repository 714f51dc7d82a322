import type { Transcript, TranscriptLock } from '../model/transcript.ts';

/** Longest line of a compact value. */
const WIDTH = 140;

/**
 * JSON for people who review diffs: what fits on a line stands on one line, everything else is spread.
 * Reading it back gives the same value; same value, same bytes.
 */
export function formatJson(value: unknown): string {
  return `${spread(value, '')}\n`;
}

function spread(value: unknown, indent: string): string {
  const compact = JSON.stringify(value);
  if (compact === undefined || value === null || typeof value !== 'object' || indent.length + compact.length <= WIDTH) return compact ?? 'null';
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + spread(item, inner)).join(',\n')}\n${indent}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${spread(item, inner)}`).join(',\n')}\n${indent}}`;
}

/** @throws Error when the text is not a transcript of this format */
export function parseTranscript(text: string): Transcript {
  const value = JSON.parse(text) as Transcript;
  if (value.formatVersion !== 1) throw new Error(`transcript format ${String(value.formatVersion)} is not known here; this harness writes format 1`);
  return value;
}

/** Entries sorted by name: adding one changes one line. */
export function formatLock(lock: TranscriptLock): string {
  const sort = <T>(record: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
  return `${JSON.stringify({ ...lock, datasets: sort(lock.datasets), backends: sort(lock.backends) }, null, 2)}\n`;
}
