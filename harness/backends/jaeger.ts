import { setTimeout } from 'node:timers/promises';
import { ask } from './ask.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Backend, BackendContext, ContainerRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Dataset } from '../model/dataset.ts';
import { getJson, queryTime, wholeBlock } from './answers.ts';
import { judgeRejection, rejectionRules } from './rejection.ts';
import { Shelves } from './shelves.ts';
import { toTraces, type RawTrace } from './jaeger/answer.ts';
import { toOtlp } from './jaeger/otlp.ts';

const QUERY_PORT = 16686;
const OTLP_PORT = 4318;
const HEALTH_PORT = 13133;
/** Of Jaeger about itself. */
const METRICS_PORT = 8888;
/** More than a dataset may store. */
const DEFAULT_LIMIT = 2_000;
const TRACES_A_PUSH = 500;
const LOAD_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/** Jaeger over the datasets: takes spans by OTLP/JSON at their own dates, answers `/api/traces`. */
export const jaeger: Backend = {
  name: 'jaeger',
  images: ['jaeger'],
  rules: { ...rejectionRules, 'limit-reached': { level: 'error', summary: 'The answer is as long as its limit: there may be more traces that it does not show.' } },
  configFiles: () => [],
  start: async (context) => startJaeger(context),
};

function startJaeger(context: BackendContext): StartedBackend {
  const shelves = new Shelves<StartedContainer>({ start: (isFirst, signal) => startJaegerServer(context, { aliases: isFirst ? ['jaeger'] : [], networks: [context.network] }, signal), load: loadSpans });
  return {
    versions: [{ name: 'jaeger', version: context.engine.version('jaeger') }],
    run: (requests, onResult, signal) => shelves.answer(requests, async (server, { block, dataset }) => {
      const { atMs, window } = queryTime(block, dataset as Dataset);
      onResult(await queryJaeger(server.url(QUERY_PORT), block, { startMs: window?.startMs ?? (dataset as Dataset).startMs, endMs: atMs }, signal));
    }, signal),
    [Symbol.asyncDispose]: () => shelves[Symbol.asyncDispose](),
  };
}

/** A Jaeger that keeps spans in memory. Also what shell blocks ask. */
export async function startJaegerServer(context: BackendContext, { aliases, networks }: Pick<Required<ContainerRequest>, 'aliases' | 'networks'>, signal: AbortSignal): Promise<StartedContainer> {
  return context.engine.start({
    image: 'jaeger',
    aliases,
    command: [],
    // Without the sampler it traces its own API, and turns up in its own list of services.
    env: { JAEGER_LISTEN_HOST: '0.0.0.0', OTEL_TRACES_SAMPLER: 'always_off' },
    ports: [QUERY_PORT, OTLP_PORT, HEALTH_PORT, METRICS_PORT],
    // Its own word that every part is up: the query API answers before the receiver listens.
    ready: { path: '/status', port: HEALTH_PORT },
    networks,
  }, signal);
}

/** Jaeger takes spans into a queue and answers before they can be found: loaded means that it has written all of them to its store. */
export async function loadSpans(server: StartedContainer, dataset: Dataset, signal: AbortSignal): Promise<void> {
  const before = await countStored(server, signal);
  for (let at = 0; at < dataset.traces.length; at += TRACES_A_PUSH) {
    const { response, text } = await ask(`${server.url(OTLP_PORT)}/v1/traces`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(toOtlp(dataset.traces.slice(at, at + TRACES_A_PUSH).flat())),
    }, signal);
    if (!response.ok) throw new HarnessError('backend-lost', `Jaeger refused spans with ${response.status}: ${text.slice(0, 400)}`);
  }
  const spans = before + dataset.traces.reduce((sum, trace) => sum + trace.length, 0);
  for (const deadlineMs = performance.now() + LOAD_TIMEOUT_MS; await countStored(server, signal) < spans;) {
    if (performance.now() > deadlineMs) throw new HarnessError('timed-out', `Jaeger took the spans of ${dataset.name} but has not stored all of them after ${LOAD_TIMEOUT_MS / 1000} s`);
    await setTimeout(POLL_MS, undefined, { signal });
  }
}

/** Spans that Jaeger has written to its store since it began, by its own count. Failed ones would show as never stored. */
async function countStored(server: StartedContainer, signal: AbortSignal): Promise<number> {
  const { response, text } = await ask(`${server.url(METRICS_PORT)}/metrics`, {}, signal);
  if (!response.ok) throw new HarnessError('backend-lost', `Jaeger refused its own metrics with ${response.status}: ${text.slice(0, 400)}`);
  return Number(/^otelcol_exporter_sent_spans_total\{exporter="jaeger_storage_exporter".*\} (\S+)$/m.exec(text)?.[1] ?? 0);
}

/** The lines of a `jaeger` block: `key=value`, comments and empty lines left out. */
function readQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !line.trimStart().startsWith('#')) query.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return query;
}

/** Asks one `jaeger` block of the server at `url`. Also used for the servers of live blocks. */
export async function queryJaeger(url: string, block: Block, time: { readonly startMs: number; readonly endMs: number }, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const query = readQuery(block.text);
  const traceId = query.get('traceID');
  if (traceId !== undefined) return fetchTrace(url, block, traceId, startedMs, signal);
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  const parameters: Record<string, string> = { limit: String(limit), start: `${time.startMs}000`, end: `${time.endMs}000` };
  for (const key of ['service', 'operation', 'tags', 'minDuration', 'maxDuration']) {
    const value = query.get(key);
    if (value !== undefined) parameters[key] = value;
  }
  const response = await getJson<{ data: readonly RawTrace[] }>(`${url}/api/traces`, parameters, signal);
  const rejection = judgeRejection(block, 'Jaeger', response, startedMs);
  if (rejection !== undefined || !response.ok) return rejection as RunResult;
  const elapsedMs = performance.now() - startedMs;
  if (response.value.data.length >= limit) {
    return { block, output: undefined, elapsedMs, findings: [wholeBlock(block, 'limit-reached', `Found ${response.value.data.length} traces, as many as the limit allows, expected fewer: what Jaeger left out is not known. Raise limit=, or narrow the query.`)] };
  }
  return { block, output: toTraces(response.value.data), findings: [], elapsedMs };
}

/** One trace by its id, whenever it was. One that was not kept is an empty answer: so the question was put, and so it is shown. */
async function fetchTrace(url: string, block: Block, traceId: string, startedMs: number, signal: AbortSignal): Promise<RunResult> {
  const response = await getJson<{ data: readonly RawTrace[] }>(`${url}/api/traces/${encodeURIComponent(traceId)}`, {}, signal);
  const isMissing = !response.ok && response.status === 404;
  const rejection = isMissing ? undefined : judgeRejection(block, 'Jaeger', response, startedMs);
  if (rejection !== undefined) return rejection;
  return { block, output: toTraces(response.ok ? response.value.data : []), findings: [], elapsedMs: performance.now() - startedMs };
}
