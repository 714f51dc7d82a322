import { ask } from './ask.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Block } from '../model/block.ts';
import type { Finding } from '../model/checker.ts';
import type { Dataset, Labels } from '../model/dataset.ts';
import type { MatrixOutput, Value, VectorOutput } from '../model/transcript.ts';

/** An HTTP answer that the author may be responsible for: a 4xx carries the tool's own words. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: number; readonly message: string };

/** A 500 that is about what was asked: Jaeger's to a limit above its own, Loki's to more lines or series than it hands on, and to series that do not match one to one. */
const AUTHORS = /search depth must be|received message larger than max|many-to-many matching not allowed/;

/**
 * GETs JSON from a backend of this run.
 * @throws HarnessError `cancelled`, `backend-lost` when it does not answer, or answers any other 5xx
 */
export async function getJson<T>(url: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
  const address = `${url}?${new URLSearchParams(parameters)}`;
  const { response, text } = await ask(address, { headers }, signal);
  if (response.status >= 500 && !AUTHORS.test(text)) throw new HarnessError('backend-lost', `${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 400)}`);
  if (!response.ok) return { ok: false, status: response.status, message: toolMessage(text) };
  return { ok: true, value: JSON.parse(text) as T };
}

/** What time it is to a Prometheus, in milliseconds: containers may run on another machine, and this one's clock may be set meanwhile. */
export async function readClock(url: string, signal: AbortSignal): Promise<number> {
  const answer = await getJson<{ data: { result: readonly [seconds: number, value: string] } }>(`${url}/api/v1/query`, { query: 'time()' }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus did not tell its time: ${answer.message}`);
  return Math.round(answer.value.data.result[0] * 1000);
}

/** The words of the tool: Prometheus and Jaeger wrap them in JSON, Loki answers plain text. */
function toolMessage(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: unknown; message?: unknown; errors?: { msg?: unknown }[] };
    const words = body.error ?? body.message ?? body.errors?.[0]?.msg;
    return sortNamedSeries(typeof words === 'string' ? words : text.trim());
  } catch {
    return text.trim();
  }
}

/** Prometheus names the two series of a match that is not one to one in no order of its own: two runs must say the same. */
export function sortNamedSeries(words: string): string {
  return words.replace(/(operation: \[)(\{.*\}), (\{.*\})(\];many-to-many)/, (_, before: string, one: string, other: string, after: string) => `${before}${[one, other].sort().join(', ')}${after}`);
}

/** 12 significant digits: what sums of floats agree on, whatever the order they were added in. */
export function roundValue(text: string): Value {
  const value = Number(text);
  return Number.isFinite(value) ? String(Number(value.toPrecision(12))) : text;
}

/** Order of series in every transcript: by their labels, names first. */
export function compareLabels(left: Labels, right: Labels): number {
  const leftKey = JSON.stringify(Object.entries(sortLabels(left)));
  const rightKey = JSON.stringify(Object.entries(sortLabels(right)));
  return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
}
export function sortLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

interface RawSeries {
  readonly metric: Labels;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
/** The result shapes that Prometheus and Loki share. */
export type RawResult =
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly RawSeries[] }
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] };

/** @param window undefined for an instant query */
export function toOutput(data: RawResult, atMs: number, window?: QueryWindow): VectorOutput | MatrixOutput {
  if (data.resultType === 'scalar') return { kind: 'vector', atMs, samples: [{ labels: {}, value: roundValue(data.result[1]) }] };
  const rows = [...data.result].sort((left, right) => compareLabels(left.metric, right.metric));
  if (data.resultType === 'vector' || window === undefined) {
    return { kind: 'vector', atMs, samples: rows.map((row) => ({ labels: sortLabels(row.metric), value: roundValue(row.value?.[1] ?? 'NaN') })) };
  }
  return {
    kind: 'matrix',
    startMs: window.startMs,
    endMs: window.endMs,
    stepMs: window.stepMs,
    series: rows.map((row) => ({
      labels: sortLabels(row.metric),
      points: (row.values ?? []).map(([seconds, value]) => [Math.round(seconds * 1000), roundValue(value)] as const),
    })),
  };
}

export interface QueryWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}
/** When a query is asked, out of `at=`, `range=` and `step=`. */
export interface QueryTime {
  readonly atMs: number;
  readonly window: QueryWindow | undefined;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** `8m45s` → 525000. Undefined when it is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return total;
}

/**
 * `at` is a clock time (UTC) on the day the dataset begins, default its end; `range` makes a range query that ends there.
 * Well-formedness is planning's business.
 * @throws HarnessError `checker-crashed` on attributes that planning should have refused
 */
export function queryTime(block: Block, dataset: Dataset): QueryTime {
  const at = attributeText(block, 'at');
  const atMs = at === undefined ? dataset.endMs : clockMs(at, dataset);
  const range = attributeText(block, 'range');
  if (range === undefined) return { atMs, window: undefined };
  const rangeMs = parseDurationMs(range);
  const stepMs = parseDurationMs(attributeText(block, 'step') ?? '') ?? dataset.stepMs;
  if (rangeMs === undefined) throw new HarnessError('checker-crashed', `range=${range} passed planning`);
  return { atMs, window: { startMs: atMs - rangeMs, endMs: atMs, stepMs } };
}

function clockMs(clock: string, dataset: Dataset): number {
  const [hours, minutes, seconds] = clock.split(':').map(Number);
  const midnight = Math.floor(dataset.startMs / UNIT_MS.d) * UNIT_MS.d;
  const atMs = midnight + (hours ?? 0) * UNIT_MS.h + (minutes ?? 0) * UNIT_MS.m + (seconds ?? 0) * UNIT_MS.s;
  return atMs < dataset.startMs - UNIT_MS.h * 12 ? atMs + UNIT_MS.d : atMs;
}

export function attributeText(block: Block, name: string): string | undefined {
  const value = block.attributes.get(name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A finding about the whole block. */
export function wholeBlock(block: Block, rule: string, message: string): Finding {
  return { block, rule, range: { offset: 0, length: block.text.length }, message };
}
