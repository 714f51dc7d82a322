import { parseTree } from 'jsonc-parser';
import { readDataSources } from '../dashboard/data-sources.ts';
import type { QueryLanguage } from '../dashboard/model.ts';
import { readDashboard } from '../dashboard/read-dashboard.ts';
import { readRangeMs } from '../dashboard/time.ts';
import type { Backend, BackendContext, Network, RunRequest, RunResult, StartedBackend } from '../model/backend.ts';
import type { Finding } from '../model/checker.ts';
import type { Dataset } from '../model/dataset.ts';
import type { DashboardOutput } from '../model/transcript.ts';
import { queryTime } from './answers.ts';
import { askAs } from './dashboard/ask.ts';
import { askPanels } from './dashboard/panels.ts';
import { assignVariables } from './dashboard/variables.ts';
import { jaeger } from './jaeger.ts';
import { loki } from './loki.ts';
import { prometheus } from './prometheus.ts';

const BACKENDS: Readonly<Record<QueryLanguage, Backend>> = { promql: prometheus, logql: loki, jaeger };
const LANGUAGES = ['promql', 'logql', 'jaeger'] as const;

/** Dashboards: every query of every panel, with each value of its variables, asked of the same backends as a lesson's own. */
export const dashboard: Backend = {
  name: 'dashboard',
  images: ['prometheus', 'loki', 'jaeger'],
  rules: {
    'no-data': { level: 'error', summary: 'A panel shows "No data".' },
    'no-values': { level: 'error', summary: 'The query of a variable yields nothing to choose from.' },
    'wrong-panel': { level: 'error', summary: 'A panel for numbers asks for lines, or the other way round.' },
    'unknown-legend': { level: 'error', summary: 'A legend names a label that no series of the answer has.' },
    'refused': { level: 'error', summary: 'The backend refuses the query of a panel.' },
  },
  configFiles: (root) => [...prometheus.configFiles(root), ...loki.configFiles(root)],
  start: async (context) => startDashboards(context),
};

function startDashboards(context: BackendContext): StartedBackend {
  const version = (language: QueryLanguage) => ({ name: BACKENDS[language].name, version: context.engine.version(BACKENDS[language].name) });
  const started = new Map<QueryLanguage, Promise<StartedBackend>>();
  let network: Promise<Network> | undefined;
  /** Where nobody else has the backends' names. */
  const openNetwork = (): Promise<Network> => {
    network ??= context.engine.network();
    network.catch(() => { network = undefined; });
    return network;
  };
  const backendFor = (language: QueryLanguage, signal: AbortSignal): Promise<StartedBackend> => {
    const starting = started.get(language) ?? openNetwork().then((own) => BACKENDS[language].start({ ...context, network: own }, signal));
    started.set(language, starting);
    // The next dashboard tries anew.
    starting.catch(() => started.delete(language));
    return starting;
  };
  return {
    versions: LANGUAGES.map(version),
    async run(requests, onResult, signal) {
      const failures: unknown[] = [];
      for (const request of requests) {
        const asked = new Set<QueryLanguage>();
        // One that cannot be answered must not take the answers of the others with it.
        await runOne(request, (language) => { asked.add(language); return backendFor(language, signal); }, signal)
          .then((result) => onResult({ ...result, versions: LANGUAGES.filter((language) => asked.has(language)).map(version) }), (error: unknown) => failures.push(error));
        signal.throwIfAborted();
      }
      if (failures.length > 0) throw failures[0];
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...started.values()].map(async (starting) => (await starting.catch(() => undefined))?.[Symbol.asyncDispose]()));
      await (await network?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

async function runOne(request: RunRequest, backendFor: (language: QueryLanguage) => Promise<StartedBackend>, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const { block, allBlocks } = request;
  const dataset = request.dataset as Dataset;
  const end = (output: RunResult['output'], findings: readonly Finding[]): RunResult => ({ block, output, findings, elapsedMs: performance.now() - startedMs });
  const root = parseTree(block.text);
  // Its checker has said why.
  if (root?.type !== 'object') return end(undefined, []);
  const read = readDashboard(root, readDataSources(block.page, allBlocks));
  const { atMs: endMs } = queryTime(block, dataset);
  const startMs = endMs - (readRangeMs(read) ?? endMs - dataset.startMs);
  const ask = askAs(request, backendFor, signal);
  const { assignments, values, problems } = await assignVariables(read.variables, { startMs, endMs, intervalMs: dataset.stepMs, rateIntervalMs: 4 * dataset.stepMs }, ask);
  const { panels, mistakes } = await askPanels(read, assignments, endMs, endMs - startMs, ask);
  const output: DashboardOutput = { kind: 'dashboard', title: read.title, startMs, endMs, variables: [...values].map(([name, list]) => ({ name, values: list })), panels };
  const findings = [...problems.map((problem): Finding => ({ block, rule: 'no-values', ...problem })), ...mistakes.map((mistake): Finding => ({ block, ...mistake }))];
  // With a finding there is nothing to store: it would be the answer of a dashboard that is about to change.
  return findings.length > 0 ? end(undefined, findings) : end(output, []);
}
