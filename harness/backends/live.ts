import type { ProcessResult } from '../images/sandbox/runner/protocol.ts';
import type { Backend, BackendContext, RunRequest, RunResult } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Finding } from '../model/checker.ts';
import type { ServiceOutput } from '../model/transcript.ts';
import { attributeText, readClock } from './answers.ts';
import { jaeger } from './jaeger.ts';
import { loki } from './loki.ts';
import { jobOf, PROMETHEUS_CONFIG, readScrapeConfig, type ScrapeConfig, type ScrapeJob } from './live/config.ts';
import { answerContinuing, continueRules, tellNothingToContinue, type LiveTimes } from './live/continue.ts';
import { judgeEarlyEnd, judgeLogs, judgeProgress, judgeSpans, judgeStop, liveRules } from './live/findings.ts';
import { pushLines, readLines } from './live/logs.ts';
import { pollUntil } from './live/poll.ts';
import { readProgress, readSeries, type ScrapeProgress } from './live/scrapes.ts';
import { readExposition, startService, type RunningService } from './live/service.ts';
import { countStoredSpans, readServices, readTraces } from './live/spans.ts';
import { startLiveStack, type LiveStack } from './live/stack.ts';
import { judgeVandal, runApart } from './sandbox/apart.ts';
import { buildTree, pathOf, reachableText, readSnippets } from './sandbox/jobs.ts';
import { showPaths } from './sandbox/findings.ts';
import { runtimeOf } from './sandbox/runtime.ts';
import { listSources } from './sandbox/sources.ts';
import { runProgram } from './sandbox.ts';
import { normaliseLive } from './sandbox/normalise.ts';

/** Each live block has three backends of its own, which mostly wait. */
const PARALLEL = 3;
const OBSERVERS = ['prometheus', 'loki', 'jaeger'];
/** Longer than what never settles is looked at. */
const PROGRESS_TIMEOUT_MS = 100_000;
const SERVICE_TIMEOUT_MS = 120_000;
/** Around the life of a service: its first span may begin before we noticed that it runs. */
const MARGIN_MS = 2_000;

/** Services: blocks with `scrapes=`, each observed by a Prometheus, a Loki and a Jaeger of its own on wall-clock time. */
export const live: Backend = {
  name: 'live',
  images: ['sandbox', 'prometheus', 'loki', 'jaeger'],
  rules: { ...liveRules, ...continueRules, ...jaeger.rules },
  // The rules of a query that continues are those of its own backend beside this one.
  rulesByAttribute: { scrapes: liveRules, continues: continueRules },
  configFiles: (root) => [PROMETHEUS_CONFIG, ...loki.configFiles(root), ...listSources(root)],
  normalise: normaliseLive,
  start: async (context) => ({
    versions: ['sandbox', ...OBSERVERS].map((name) => ({ name, version: context.engine.version(name) })),
    run: (requests, onResult, signal) => runServices(context, requests, onResult, signal),
    // Each service's backends are gone as soon as its blocks are answered.
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

/** `requests` are services and the queries that continue them. */
async function runServices(context: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  const config = readScrapeConfig(context.root);
  const blocks = requests.map((request) => request.block);
  const waiting = blocks.filter((block) => block.attributes.has('scrapes'));
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let block = waiting.shift(); block !== undefined; block = waiting.shift()) {
      const continuing = blocks.filter((other) => other.page === block?.page && attributeText(other, 'continues') === block.name);
      // One that breaks must not take the answers of the others with it.
      await runApart([block], {
        signal,
        run: async ([service = block]) => runService(context, config, service, continuing, onResult, signal),
        blame: (vandal) => [{ block: vandal, output: undefined, findings: judgeVandal(vandal), elapsedMs: 0 }, ...continuing.map(tellNothingToContinue)].forEach(onResult),
      }).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  if (failures.length > 0) throw failures[0];
}

async function runService(context: BackendContext, config: ScrapeConfig, block: Block, continuing: readonly Block[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  const job = jobOf(block, config);
  context.progress(`live: starting backends for ${block.id}`);
  await using stack = await startLiveStack(context, config, job, signal);
  const { result, times } = await observe(stack, context.root, block, job, signal);
  const observers = OBSERVERS.map((name) => ({ name, version: context.engine.version(name) }));
  onResult({ ...result, versions: [await runtimeOf(block, stack.sandbox, context.engine, signal), ...observers] });
  for (const query of continuing) onResult(await answerContinuing(stack, times, query, signal));
}

interface Observed {
  readonly result: RunResult;
  /** Undefined when it has nothing to ask. */
  readonly times: LiveTimes | undefined;
}

/** From the start of the service to what three backends hold of it. */
async function observe(stack: LiveStack, root: string, block: Block, job: ScrapeJob, signal: AbortSignal): Promise<Observed> {
  const startedMs = performance.now();
  const files = buildTree(readSnippets(root), [block]);
  const source = reachableText(pathOf(block), files).join('\n');
  const env = { SERVICE_NAME: job.name, PORT: String(job.port), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318', DRIVE: 'yes' };
  const service = await startService(stack.sandbox, { files, path: pathOf(block), env, timeoutMs: SERVICE_TIMEOUT_MS }, (argument) => runProgram<ProcessResult>(stack.sandbox, 'live.ts', argument, signal));
  const answer = (output: ServiceOutput | undefined, findings: readonly Finding[]): RunResult => ({ block, output, findings, elapsedMs: Math.round(performance.now() - startedMs) });

  const startMs = await readClock(stack.prometheusUrl, signal);
  const progress = await awaitScrapes(stack, block, job, service, startMs, signal);
  const early = service.result();
  if (early !== undefined) return { result: answer(undefined, judgeEarlyEnd(block, early)), times: undefined };
  if (progress.kind !== 'settled') return { result: answer(undefined, judgeProgress(block, job, progress)), times: undefined };
  const exposed = await readExposition(stack.sandbox, job.host, job.port, signal);
  const series = await readSeries(stack.prometheusUrl, job.name, progress.atMs, signal);
  const { result, ignoredTerm } = await service.stop(signal);
  const logs = await observeLogs(stack, job.name, result, signal);
  const window = { startMs: startMs - MARGIN_MS, endMs: await readClock(stack.prometheusUrl, signal) + MARGIN_MS };
  const storedSpans = await countStoredSpans(stack.jaegerMetricsUrl, signal);
  const traces = await readTraces(stack.jaegerUrl, job.name, window, signal);
  const findings = [
    ...judgeStop(block, result, ignoredTerm),
    ...judgeLogs(block, source, result, logs.lines, logs.refusal),
    ...judgeSpans(block, source, job.name, storedSpans, traces.length, await readServices(stack.jaegerUrl, signal)),
  ];
  const output: ServiceOutput = { kind: 'service', stdout: showPaths(result.stdout), ...exposed, scrapes: progress.scrapes, series, logLines: logs.lines, traces };
  return { result: answer(output, findings), times: { ...window, atMs: progress.atMs } };
}

/** Until its scraping has an outcome, or it ended by itself. */
function awaitScrapes(stack: LiveStack, block: Block, job: ScrapeJob, service: RunningService, sinceMs: number, signal: AbortSignal): Promise<ScrapeProgress> {
  const wanted = Number(attributeText(block, 'scrapes'));
  return pollUntil(`Prometheus to scrape ${job.name} ${wanted} times`, PROGRESS_TIMEOUT_MS, signal, async () => {
    const progress = await readProgress(stack.prometheusUrl, job.name, wanted, sinceMs, signal);
    return progress.kind !== 'waiting' || service.result() !== undefined ? progress : undefined;
  });
}

async function observeLogs(stack: LiveStack, service: string, result: ProcessResult, signal: AbortSignal): Promise<{ lines: string[]; refusal: string | undefined }> {
  const refusal = await pushLines(stack.lokiUrl, service, result.lines, signal);
  return { refusal, lines: refusal === undefined ? await readLines(stack.lokiUrl, service, result.lines, signal) : [] };
}
