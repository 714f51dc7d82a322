import type { ProcessResult } from '../images/sandbox/runner/protocol.ts';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Finding } from '../model/checker.ts';
import type { ServiceOutput } from '../model/transcript.ts';
import { attributeText } from './answers.ts';
import { loki } from './loki.ts';
import { jobOf, PROMETHEUS_CONFIG, readScrapeConfig, type ScrapeJob } from './live/config.ts';
import { judgeEarlyEnd, judgeLogs, judgeProgress, judgeSpans, judgeStop, liveRules } from './live/findings.ts';
import { pushLines, readLines } from './live/logs.ts';
import { pollUntil } from './live/poll.ts';
import { readProgress, readSeries, type ScrapeProgress } from './live/scrapes.ts';
import { readExposition, startService, type RunningService } from './live/service.ts';
import { countStoredSpans, readServices, readTraces } from './live/spans.ts';
import { startLiveStack, TENANT, type LiveStack } from './live/stack.ts';
import { buildTree, pathOf, reachableText, readSnippets } from './sandbox/jobs.ts';
import { showPaths } from './sandbox/findings.ts';
import { listSources } from './sandbox/sources.ts';
import { runProgram } from './sandbox.ts';

/** Each live block has three backends of its own, which mostly wait. */
const PARALLEL = 3;
const PROGRESS_TIMEOUT_MS = 60_000;
const SERVICE_TIMEOUT_MS = 120_000;

/** What a live block left behind, for the queries that continue it. */
export interface LiveSet {
  readonly prometheusUrl: string;
  readonly lokiUrl: string;
  readonly jaegerUrl: string;
  readonly tenant: string;
  readonly startMs: number;
  /** Of its last scrape: an instant query asked later would find a service that is gone. */
  readonly atMs: number;
  readonly endMs: number;
}
export interface StartedLive extends StartedBackend {
  /** By block id; only of blocks that another one continues, until the backend is disposed of. */
  readonly liveSets: ReadonlyMap<string, LiveSet>;
}

/** Services: blocks with `scrapes=`, each observed by a Prometheus, a Loki and a Jaeger of its own on wall-clock time. */
export const live = {
  name: 'live',
  images: ['sandbox', 'prometheus', 'loki', 'jaeger'],
  rules: liveRules,
  configFiles: [PROMETHEUS_CONFIG, ...loki.configFiles, ...listSources()],
  start: async (context: BackendContext): Promise<StartedLive> => {
    const kept = new AsyncDisposableStack();
    const liveSets = new Map<string, LiveSet>();
    return {
      versions: ['sandbox', 'prometheus', 'loki', 'jaeger'].map((name) => ({ name, version: context.engine.version(name) })),
      liveSets,
      run: (requests, onResult, signal) => runServices(context, requests, onResult, { kept, liveSets }, signal),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  },
} satisfies Backend;

interface Kept {
  readonly kept: AsyncDisposableStack;
  readonly liveSets: Map<string, LiveSet>;
}

async function runServices(context: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, { kept, liveSets }: Kept, signal: AbortSignal): Promise<void> {
  const config = readScrapeConfig(context.root);
  const waiting = [...requests];
  const work = async (): Promise<void> => {
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      const { block } = request;
      await using stack = new AsyncDisposableStack();
      const job = jobOf(block, config);
      const observed = await observe(stack.use(await startLiveStack(context, config, job, signal)), context.root, block, job, signal);
      if (observed.set !== undefined && isContinued(request)) {
        liveSets.set(block.id, observed.set);
        kept.use(stack.move());
      }
      onResult(observed.result);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

function isContinued({ block, allBlocks }: RunRequest): boolean {
  return block.name !== undefined && allBlocks.some((other) => other.page === block.page && attributeText(other, 'continues') === block.name);
}

interface Observed {
  readonly result: RunResult;
  readonly set: LiveSet | undefined;
}

/** From the start of the service to what three backends hold of it. */
async function observe(stack: LiveStack, root: string, block: Block, job: ScrapeJob, signal: AbortSignal): Promise<Observed> {
  const startedMs = performance.now();
  const startMs = Date.now();
  const files = buildTree(readSnippets(root), [block]);
  const source = reachableText(pathOf(block), files).join('\n');
  const env = { SERVICE_NAME: job.name, PORT: String(job.port), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318', DRIVE: 'yes' };
  const service = await startService(stack.sandbox, { files, path: pathOf(block), env, timeoutMs: SERVICE_TIMEOUT_MS }, (argument) => runProgram<ProcessResult>(stack.sandbox, 'live.ts', argument, signal));
  const answer = (output: ServiceOutput | undefined, findings: readonly Finding[]): RunResult => ({ block, output, findings, elapsedMs: Math.round(performance.now() - startedMs) });

  const progress = await awaitScrapes(stack, block, job, service, signal);
  const early = service.result();
  if (early !== undefined) return { result: answer(undefined, judgeEarlyEnd(block, early, progress.scrapes)), set: undefined };
  if (progress.kind !== 'settled') return { result: answer(undefined, judgeProgress(block, job, progress)), set: undefined };
  const exposed = await readExposition(stack.sandbox, job.host, job.port, signal);
  const series = await readSeries(stack.prometheusUrl, job.name, progress.atMs, signal);
  const { result, ignoredTerm } = await service.stop(signal);
  const logs = await observeLogs(stack, job.name, result, signal);
  const window = { startMs: startMs - 1_000, endMs: Date.now() + 1_000 };
  const storedSpans = await countStoredSpans(stack.jaegerMetricsUrl, signal);
  const traces = await readTraces(stack.jaegerUrl, job.name, window, signal);
  const findings = [
    ...judgeStop(block, result, ignoredTerm),
    ...judgeLogs(block, source, result, logs.lines, logs.refusal),
    ...judgeSpans(block, source, job.name, storedSpans, traces.length, await readServices(stack.jaegerUrl, signal)),
  ];
  const output: ServiceOutput = { kind: 'service', stdout: showPaths(result.stdout), ...exposed, scrapes: progress.scrapes, series, logLines: logs.lines, traces };
  const { prometheusUrl, lokiUrl, jaegerUrl } = stack;
  return { result: answer(output, findings), set: { prometheusUrl, lokiUrl, jaegerUrl, tenant: TENANT, atMs: progress.atMs, ...window } };
}

/** Until its scraping has an outcome, or it ended by itself. */
function awaitScrapes(stack: LiveStack, block: Block, job: ScrapeJob, service: RunningService, signal: AbortSignal): Promise<ScrapeProgress> {
  const wanted = Number(attributeText(block, 'scrapes'));
  return pollUntil(`Prometheus to scrape ${job.name} ${wanted} times`, PROGRESS_TIMEOUT_MS, signal, async () => {
    const progress = await readProgress(stack.prometheusUrl, job.name, wanted, signal);
    return progress.kind !== 'waiting' || service.result() !== undefined ? progress : undefined;
  });
}

async function observeLogs(stack: LiveStack, service: string, result: ProcessResult, signal: AbortSignal): Promise<{ lines: string[]; refusal: string | undefined }> {
  const refusal = await pushLines(stack.lokiUrl, service, result.lines, signal);
  return { refusal, lines: refusal === undefined ? await readLines(stack.lokiUrl, service, result.lines, signal) : [] };
}
