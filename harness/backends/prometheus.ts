import { readFileSync } from 'node:fs';
import type { Backend, BackendContext, ContainerRequest, RunRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import type { Dataset } from '../model/dataset.ts';
import type { Block } from '../model/block.ts';
import { coursePath } from './course-path.ts';
import { getJson, queryTime, toOutput, type QueryTime, type RawResult } from './answers.ts';
import { judgeRejection, rejectionRules } from './rejection.ts';
import { Shelves } from './shelves.ts';
import { remoteWrite } from './prometheus/remote-write.ts';

const PORT = 9090;
const CONFIG = 'harness/backends/prometheus/prometheus.yml';

/** Prometheus over the datasets: takes them by remote write at their own dates, answers instant and range queries. */
export const prometheus: Backend = {
  name: 'prometheus',
  images: ['prometheus'],
  rules: rejectionRules,
  configFiles: () => [CONFIG],
  start: async (context) => startPrometheus(context),
};

function startPrometheus(context: BackendContext): StartedBackend {
  const shelves = new Shelves<StartedContainer>({
    start: (isFirst, signal) => startPrometheusServer(context, { aliases: isFirst ? ['prometheus'] : [], networks: [context.network] }, signal),
    load: (server, dataset, signal) => remoteWrite(server.url(PORT), context.engine.version('prometheus'), dataset.series, signal),
  });
  return {
    versions: [{ name: 'prometheus', version: context.engine.version('prometheus') }],
    run: (requests, onResult, signal) => shelves.answer(requests, async (server, request) => onResult(await answer(server.url(PORT), request, signal)), signal),
    [Symbol.asyncDispose]: () => shelves[Symbol.asyncDispose](),
  };
}

/** A Prometheus that takes samples of any date by remote write. Also what shell blocks ask. */
export async function startPrometheusServer(context: BackendContext, { aliases, networks }: Pick<Required<ContainerRequest>, 'aliases' | 'networks'>, signal: AbortSignal): Promise<StartedContainer> {
  return context.engine.start({
    image: 'prometheus',
    aliases,
    command: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=100y',
      '--web.enable-remote-write-receiver',
      '--enable-feature=exemplar-storage',
    ],
    ports: [PORT],
    files: [{ path: '/etc/prometheus/prometheus.yml', content: readFileSync(coursePath(context.root, CONFIG)) }],
    ready: { path: '/-/ready', port: PORT },
    networks,
  }, signal);
}

async function answer(url: string, request: RunRequest, signal: AbortSignal): Promise<RunResult> {
  return queryPrometheus(url, request.block, queryTime(request.block, request.dataset as Dataset), signal);
}

/** Asks one PromQL block of the server at `url`. Also used for the servers of live blocks. */
export async function queryPrometheus(url: string, block: Block, time: QueryTime, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const { atMs, window } = time;
  const response = window === undefined
    ? await getJson<{ data: RawResult }>(`${url}/api/v1/query`, { query: block.text, time: seconds(atMs) }, signal)
    : await getJson<{ data: RawResult }>(`${url}/api/v1/query_range`, {
      query: block.text, start: seconds(window.startMs), end: seconds(window.endMs), step: seconds(window.stepMs),
    }, signal);
  const rejection = judgeRejection(block, 'Prometheus', response, startedMs);
  if (rejection !== undefined || !response.ok) return rejection as RunResult;
  return { block, output: toOutput(response.value.data, atMs, window), findings: [], elapsedMs: performance.now() - startedMs };
}

function seconds(ms: number): string {
  return String(ms / 1000);
}
