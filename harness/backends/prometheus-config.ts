import type { Backend, BackendContext, Network, RunRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import { HarnessError } from '../model/verdict.ts';
import { Limiter } from './alerting/limiter.ts';
import { wholeBlock } from './answers.ts';
import { awaitServing, readRefusal, readStatus } from './configuration/ask.ts';
import { CONFIG_FOLDER, findNamedFiles, STACK, STACK_FOLDERS } from './configuration/files.ts';

const TIMEOUT_MS = 60_000;
/** Servers at a time: one takes 25 MB. */
const LIMIT = 4;

/** prometheus.yml: a real Prometheus starts with it, where nothing outside can be reached, and says what it made of it. */
export const prometheusConfig: Backend = {
  name: 'prometheus-config',
  images: ['prometheus', 'sandbox'],
  rules: {
    'does-not-start': { level: 'error', summary: 'The server does not start with the file.' },
    'missing-file': { level: 'error', summary: 'The file names another one that the course does not have.' },
  },
  configFiles: () => STACK_FOLDERS.map((folder) => `${STACK}/${folder}`),
  start: async (context) => ({
    versions: [{ name: 'prometheus', version: context.engine.version('prometheus') }],
    run: (requests, onResult, signal) => runAll(context, requests, onResult, signal),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

async function runAll(context: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  await using network = await context.engine.network({ internal: true });
  await using probe = await context.engine.start({ image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [], networks: [network] }, signal);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const limiter = new Limiter(LIMIT, either);
  try {
    await Promise.all(requests.map((request, index) => limiter.run(async () => onResult(await runOne(context, network, probe, request, `configured-${index}`, either)))));
  } catch (error) {
    // What the others started must be gone before the network is.
    failed.abort(error);
    await limiter.settle();
    throw error;
  }
}

async function runOne(context: BackendContext, network: Network, probe: StartedContainer, { block, allBlocks }: RunRequest, host: string, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const { files, missing } = findNamedFiles(block, allBlocks, context.root);
  const end = (output: RunResult['output'], findings: RunResult['findings']): RunResult => ({ block, output, findings, elapsedMs: performance.now() - startedMs });
  if (missing.length > 0) {
    return end(undefined, missing.map((pattern) => {
      const offset = Math.max(0, block.text.indexOf(pattern));
      const message = `Found \`${pattern}\`, and nothing has that name: neither a file under ${STACK_FOLDERS.map((folder) => `${STACK}/${folder}/`).join(' or ')} nor a block with such a title. Prometheus would load nothing and say nothing. Correct the name, or give the block with the rules that title.`;
      return { ...wholeBlock(block, 'missing-file', message), range: { offset, length: Math.max(1, pattern.length) } };
    }));
  }
  const refuse = (said: string): RunResult =>
    end(undefined, [wholeBlock(block, 'does-not-start', `Prometheus does not start with this file: ${said.replace(/\.?$/, '.')} Correct it here, or in the file that it names.`)]);
  try {
    await using server = await context.engine.start({
      image: 'prometheus', offline: true, aliases: [host], ports: [], networks: [network],
      command: [`--config.file=${CONFIG_FOLDER}/prometheus.yml`, '--storage.tsdb.path=/prometheus', '--scrape.discovery-reload-interval=100ms'],
      files: [{ path: `${CONFIG_FOLDER}/prometheus.yml`, content: `${block.text}\n` }, ...files],
    }, signal);
    const asked = { server, probe, host };
    const refused = await awaitServing(asked, TIMEOUT_MS, signal);
    return refused === undefined ? end(await readStatus(asked, signal), []) : refuse(refused);
  } catch (error) {
    // It may have given up before it counted as started.
    const said = error instanceof HarnessError && error.code === 'backend-not-ready' ? readRefusal(error.logTail) : undefined;
    if (said === undefined) throw error;
    return refuse(said);
  }
}
