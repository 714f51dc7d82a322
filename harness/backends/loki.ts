import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parser } from '@grafana/lezer-logql';
import { coursePath } from './course-path.ts';
import { ask } from './ask.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Block } from '../model/block.ts';
import type { Backend, BackendContext, ContainerRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import type { Dataset, Labels } from '../model/dataset.ts';
import type { LogsOutput } from '../model/transcript.ts';
import { compareLabels, getJson, queryTime, sortLabels, toOutput, type QueryTime, type RawResult } from './answers.ts';
import { judgeRejection, rejectionRules } from './rejection.ts';

const PORT = 3100;
const CONFIG = 'harness/backends/loki/loki.yaml';
/** More than a dataset may hold, so that no answer is cut without our knowing. */
const MAX_ENTRIES = 20_000;
const LOAD_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** Loki's parts talk gRPC to each other, 4 MB a message. */
const ENTRIES_A_PUSH = 4_000;
/** Entries kept in a transcript; `total` says how many there were. */
const KEPT_ENTRIES = 200;

/** Loki over the datasets: one tenant each, pushed at their own dates. */
export const loki: Backend = {
  name: 'loki',
  images: ['loki'],
  rules: rejectionRules,
  configFiles: () => [CONFIG],
  start: async (context, signal) => startLoki(context, signal),
};

async function startLoki(context: BackendContext, signal: AbortSignal): Promise<StartedBackend> {
  const server = await startLokiServer(context, { aliases: ['loki'], networks: [context.network] }, signal);
  const url = server.url(PORT);
  // By tenant: a later run finds loaded what it needs.
  const loaded = new Map<Dataset, string>();
  let tenantCount = 0;
  return {
    versions: [{ name: 'loki', version: context.engine.version('loki') }],
    run: async (requests, onResult, signal) => {
      const missing = [...new Set(requests.flatMap((request) => request.dataset ?? []))].filter((dataset) => !loaded.has(dataset));
      // A dataset that changed since must not meet its older lines, nor those of a load that broke off.
      const tenants = new Map(missing.map((dataset) => [dataset, `${tenantOf(dataset)}-${tenantCount += 1}`]));
      await loadLines(url, tenants, signal);
      for (const [dataset, tenant] of tenants) loaded.set(dataset, tenant);
      for (const { block, dataset } of requests) {
        if (dataset !== undefined) onResult(await queryLoki(url, block, datasetTime(block, dataset), loaded.get(dataset) as string, signal));
      }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A Loki with a tenant for each dataset. Also what shell blocks ask. */
export async function startLokiServer(context: BackendContext, { aliases, networks }: Pick<Required<ContainerRequest>, 'aliases' | 'networks'>, signal: AbortSignal): Promise<StartedContainer> {
  return context.engine.start({
    image: 'loki',
    aliases,
    command: ['-config.file=/etc/loki/loki.yaml'],
    ports: [PORT],
    files: [{ path: '/etc/loki/loki.yaml', content: readFileSync(coursePath(context.root, CONFIG)) }],
    ready: { path: '/ready', port: PORT },
    networks,
  }, signal);
}

/** Pushes the lines of datasets, each to the tenant named beside it, and waits until every one of them is found. */
export async function loadLines(url: string, tenants: ReadonlyMap<Dataset, string>, signal: AbortSignal): Promise<void> {
  if (tenants.size === 0) return;
  for (const [dataset, tenant] of tenants) await push(url, dataset, tenant, signal);
  await post(`${url}/flush`, '', {}, signal);
  for (const [dataset, tenant] of tenants) await waitForLines(url, dataset, tenant, signal);
}

/** A log query without `range` looks at the whole dataset up to its time. */
function datasetTime(block: Block, dataset: Dataset): QueryTime {
  const time = queryTime(block, dataset);
  if (time.window !== undefined || isMetricQuery(block.text)) return time;
  return { atMs: time.atMs, window: { startMs: dataset.startMs, endMs: time.atMs, stepMs: dataset.stepMs } };
}

/** Tenant ids allow letters, digits and a few marks; variants carry parentheses and `=`. */
export function tenantOf(dataset: Dataset): string {
  return dataset.name.replaceAll(/[^a-zA-Z0-9-]/g, '_');
}

async function push(url: string, dataset: Dataset, tenant: string, signal: AbortSignal): Promise<void> {
  for (const stream of dataset.logs) {
    for (let at = 0; at < stream.entries.length; at += ENTRIES_A_PUSH) {
      const values = stream.entries.slice(at, at + ENTRIES_A_PUSH).map((entry) => [entry.timestampNs, entry.line]);
      await post(`${url}/loki/api/v1/push`, JSON.stringify({ streams: [{ stream: stream.labels, values }] }), { 'X-Scope-OrgID': tenant }, signal);
    }
  }
}

/** Flushed lines are found a moment later: loaded means that Loki counts every one of them. */
async function waitForLines(url: string, dataset: Dataset, tenant: string, signal: AbortSignal): Promise<void> {
  const lines = dataset.logs.reduce((sum, stream) => sum + stream.entries.length, 0);
  const label = Object.keys(dataset.logs[0]?.labels ?? {})[0];
  if (label === undefined) return;
  const windowS = Math.ceil((dataset.endMs - dataset.startMs) / 1000) + 60;
  const parameters = { query: `sum(count_over_time({${label}=~".+"}[${windowS}s]))`, time: ns(dataset.endMs + 1_000) };
  let counted = 0;
  for (const deadlineMs = performance.now() + LOAD_TIMEOUT_MS; performance.now() < deadlineMs;) {
    const answer = await getJson<{ data: RawResult }>(`${url}/loki/api/v1/query`, parameters, signal, { 'X-Scope-OrgID': tenant });
    counted = answer.ok && answer.value.data.resultType === 'vector' ? Number(answer.value.data.result[0]?.value?.[1] ?? 0) : 0;
    if (counted === lines) return;
    await setTimeout(POLL_MS, undefined, { signal });
  }
  throw new HarnessError('timed-out', `Loki took ${lines} lines of ${dataset.name} but counts ${counted} after ${LOAD_TIMEOUT_MS / 1000} s`);
}

async function post(url: string, body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  const { response, text } = await ask(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } }, signal);
  if (!response.ok) throw new HarnessError('backend-lost', `Loki answered ${response.status} to ${new URL(url).pathname}: ${text.slice(0, 400)}`);
}

function isMetricQuery(text: string): boolean {
  let metric = false;
  parser.parse(text).iterate({ enter: (node) => { if (node.name === 'MetricExpr') metric = true; } });
  return metric;
}

interface RawStreams {
  readonly resultType: 'streams';
  readonly result: readonly { readonly stream: Labels; readonly values: readonly (readonly [string, string])[] }[];
}

/** Asks one LogQL block of the server at `url`, as `tenant`. Also used for the servers of live blocks. */
export async function queryLoki(url: string, block: Block, time: QueryTime, tenant: string, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const { atMs, window } = time;
  const headers = { 'X-Scope-OrgID': tenant };
  const response = window === undefined
    ? await getJson<{ data: RawResult | RawStreams }>(`${url}/loki/api/v1/query`, { query: block.text, time: ns(atMs) }, signal, headers)
    : await getJson<{ data: RawResult | RawStreams }>(`${url}/loki/api/v1/query_range`, {
      query: block.text, start: ns(window.startMs), end: ns(window.endMs + 1), step: String(window.stepMs / 1000),
      limit: String(MAX_ENTRIES), direction: 'forward',
    }, signal, headers);
  const rejection = judgeRejection(block, 'Loki', response, startedMs);
  if (rejection !== undefined || !response.ok) return rejection as RunResult;
  const { data } = response.value;
  const output = data.resultType === 'streams' ? toLogs(data, atMs, window?.startMs ?? atMs) : toOutput(data, atMs, window);
  return { block, output, findings: [], elapsedMs: performance.now() - startedMs };
}

function toLogs(data: RawStreams, endMs: number, startMs: number): LogsOutput {
  const entries = data.result
    .flatMap(({ stream, values }) => values.map(([timestampNs, line]) => ({ timestampNs, labels: sortLabels(stream), line })))
    .sort((left, right) => left.timestampNs.length - right.timestampNs.length
      || (left.timestampNs < right.timestampNs ? -1 : left.timestampNs > right.timestampNs ? 1 : 0)
      || compareLabels(left.labels, right.labels)
      || (left.line < right.line ? -1 : left.line > right.line ? 1 : 0));
  return { kind: 'logs', startMs, endMs, entries: entries.slice(0, KEPT_ENTRIES), total: entries.length };
}

function ns(ms: number): string {
  return `${ms}000000`;
}
