import type { ProcessResult } from '../../images/sandbox/runner/protocol.ts';
import { HarnessError } from '../../model/verdict.ts';
import { getJson } from '../answers.ts';
import { ask } from '../ask.ts';
import { TENANT } from './stack.ts';

type Line = ProcessResult['lines'][number];
const MAX_LINES = 5_000;

/** Stands in for the log collector: pushes what the service wrote, one stream per level. @returns Loki's refusal, if any */
export async function pushLines(url: string, service: string, lines: readonly Line[], signal: AbortSignal): Promise<string | undefined> {
  if (lines.length === 0) return undefined;
  const streams = Map.groupBy(lines, ({ line }) => levelOf(line));
  const body = { streams: [...streams].map(([level, entries]) => ({
    stream: level === undefined ? { service } : { level, service },
    values: entries.map(({ timestampNs, line }) => [timestampNs, line]),
  })) };
  const { response, text } = await ask(`${url}/loki/api/v1/push`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'X-Scope-OrgID': TENANT },
  }, signal);
  if (response.status >= 500) throw new HarnessError('backend-lost', `Loki answered ${response.status} to a push: ${text.slice(0, 400)}`);
  return response.ok ? undefined : text.trim();
}

/** The service's lines as Loki answers them, oldest first. */
export async function readLines(url: string, service: string, lines: readonly Line[], signal: AbortSignal): Promise<string[]> {
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return [];
  const answer = await getJson<{ data: { result: readonly { values: readonly (readonly [string, string])[] }[] } }>(
    `${url}/loki/api/v1/query_range`,
    { query: `{service="${service}"}`, start: first.timestampNs, end: String(BigInt(last.timestampNs) + 1n), limit: String(MAX_LINES), direction: 'forward' },
    signal, { 'X-Scope-OrgID': TENANT });
  if (!answer.ok) throw new HarnessError('backend-lost', `Loki refused our own query: ${answer.message}`);
  return answer.value.data.result.flatMap(({ values }) => values).sort(([left], [right]) => (BigInt(left) < BigInt(right) ? -1 : 1)).map(([, line]) => line);
}

/** The level of a line, when it is an object that names one in words. */
function levelOf(line: string): string | undefined {
  const fields = parseLine(line);
  return typeof fields?.['level'] === 'string' ? fields['level'] : undefined;
}

/** A log line's fields; undefined when it is not a JSON object. */
export function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
