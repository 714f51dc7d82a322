import { HarnessError } from '../../model/verdict.ts';
import type { ServiceOutput } from '../../model/transcript.ts';
import { getJson } from '../answers.ts';
import { ask } from '../ask.ts';
import { toTraces, type RawTrace } from '../jaeger/answer.ts';
import { pollUntil } from './poll.ts';

const STORE_TIMEOUT_MS = 10_000;
const MAX_TRACES = 1_500;

/** Spans that Jaeger took in, once all of them are stored: it batches for a moment, and its own counters tell when that is over. */
export async function countStoredSpans(metricsUrl: string, signal: AbortSignal): Promise<number> {
  return pollUntil('Jaeger to store the spans that it accepted', STORE_TIMEOUT_MS, signal, async () => {
    const { response, text } = await ask(`${metricsUrl}/metrics`, {}, signal);
    if (!response.ok) throw new HarnessError('backend-lost', `Jaeger's own metrics answered ${response.status}`);
    const accepted = sumMetric(text, 'otelcol_receiver_accepted_spans_total');
    return sumMetric(text, 'otelcol_exporter_sent_spans_total') >= accepted ? accepted : undefined;
  });
}

/** Sum of a counter over its series in an exposition; 0 when it is not there yet. */
export function sumMetric(exposition: string, name: string): number {
  return exposition.split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

export async function readTraces(url: string, service: string, window: { readonly startMs: number; readonly endMs: number }, signal: AbortSignal): Promise<ServiceOutput['traces']> {
  const answer = await getJson<{ data: readonly RawTrace[] | null }>(`${url}/api/traces`, {
    service, start: `${window.startMs}000`, end: `${window.endMs}000`, limit: String(MAX_TRACES),
  }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Jaeger refused our own query: ${answer.message}`);
  return toTraces(answer.value.data ?? []).traces;
}

/** Names of the services whose spans it has. */
export async function readServices(url: string, signal: AbortSignal): Promise<readonly string[]> {
  const answer = await getJson<{ data: readonly string[] | null }>(`${url}/api/services`, {}, signal);
  return answer.ok ? (answer.value.data ?? []).toSorted() : [];
}
