import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IncidentError } from './cursor.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No query of the course looks further back than this beyond its dataset's start. */
const APART_MS = 6 * HOUR_MS;
const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: HOUR_MS };

interface Entry {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly line: number;
  readonly column: number;
}

/**
 * Datasets share their backends and are kept apart by time alone.
 * @param known all incidents, sorted; files whose times cannot be read are left to the reader
 * @throws IncidentError at the start of `name`'s file when another begins or ends less than six hours from it
 */
export function checkCalendar(root: string, folder: string, known: readonly string[], name: string): void {
  const entries = known.flatMap((incident) => readEntry(incident, readFileSync(join(root, folder, `${incident}.yaml`), 'utf8')));
  const own = entries.find((entry) => entry.name === name);
  const near = own && entries.find((other) => other !== own && other.startMs - own.endMs < APART_MS && own.startMs - other.endMs < APART_MS);
  if (own === undefined || near === undefined) return;
  const print = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const message = `this dataset lies less than 6 h from "${near.name}" (${print(near.startMs)} to ${print(near.endMs)}), and only time keeps them apart: `
    + `choose another date; ${print(firstFree(entries, own)).slice(0, 10)} is free`;
  const point = { line: own.line, column: own.column };
  throw new IncidentError(message, { file: `${folder}/${name}.yaml`, start: point, end: point });
}

/** The first later day at the same time of day that is far enough from every dataset. */
function firstFree(entries: readonly Entry[], own: Entry): number {
  const lengthMs = own.endMs - own.startMs;
  let atMs = own.startMs + DAY_MS;
  while (entries.some((other) => other !== own && other.startMs - (atMs + lengthMs) < APART_MS && atMs - other.endMs < APART_MS)) atMs += DAY_MS;
  return atMs;
}

function readEntry(name: string, text: string): readonly Entry[] {
  const start = /^start: *(\S+)/m.exec(text);
  const duration = /^duration: *(\d+(?:\.\d+)?)(us|ms|s|m|h)\b/m.exec(text);
  const startMs = Date.parse(start?.[1] ?? '');
  if (start === null || duration === null || Number.isNaN(startMs)) return [];
  const line = text.slice(0, start.index).split('\n').length;
  return [{ name, startMs, endMs: startMs + Number(duration[1]) * (UNIT_MS[duration[2] ?? 's'] ?? 1), line, column: start[0].lastIndexOf(start[1] ?? '') + 1 }];
}
