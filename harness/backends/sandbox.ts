import type { BlockResult } from '../images/sandbox/runner/protocol.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import { buildJobs, readSnippets } from './sandbox/jobs.ts';
import { judgeProcess, processRules, showPaths } from './sandbox/findings.ts';
import { runtimeOf } from './sandbox/runtime.ts';
import { listSources } from './sandbox/sources.ts';
import { normaliseLive } from './sandbox/normalise.ts';

const JOBS = '/scratch/jobs.json';

/** TypeScript and Python blocks that end by themselves: each in a process of its own, all in one confined container. */
export const sandbox: Backend = {
  name: 'sandbox',
  images: ['sandbox'],
  rules: processRules,
  configFiles: listSources(),
  normalise: normaliseLive,
  start: async (context, signal) => {
    const container = await context.engine.start({
      image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [], networks: [context.sandboxNetwork],
    }, signal);
    return {
      versions: [{ name: 'sandbox', version: context.engine.version('sandbox') }],
      run: (requests, onResult, runSignal) => runBlocks(container, context, requests, onResult, runSignal),
      [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
    } satisfies StartedBackend;
  },
};

async function runBlocks(container: StartedContainer, { root, engine }: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  const blocks = requests.map((request) => request.block);
  if (blocks.length === 0) return;
  await container.copyIn([{ path: JOBS, content: JSON.stringify(buildJobs(readSnippets(root), blocks)) }]);
  const results = await runProgram<readonly BlockResult[]>(container, 'run.ts', JOBS, signal);
  for (const [index, block] of blocks.entries()) {
    const result = results[index];
    if (result === undefined || result.id !== block.id) throw new HarnessError('backend-lost', `the sandbox returned no result for ${block.id}`);
    onResult({
      block,
      output: { kind: 'process', stdout: showPaths(result.stdout), stderr: showPaths(result.stderr), exitCode: result.exitCode ?? -1 },
      findings: judgeProcess(block, result),
      elapsedMs: result.elapsedMs,
      versions: [await runtimeOf(block, container, engine, signal)],
    });
  }
}

/**
 * Runs one of our programs in a sandbox container and reads what it prints.
 * @throws HarnessError `backend-lost` with what it wrote when it fails: then it was ours that broke, not a block
 */
export async function runProgram<T>(container: StartedContainer, program: 'run.ts' | 'live.ts' | 'shell/run.ts', argument: string, signal: AbortSignal): Promise<T> {
  const { exitCode, stdout, stderr } = await container.exec(['node', '--disable-warning=ExperimentalWarning', `/course/runner/${program}`, argument], signal);
  if (exitCode !== 0) throw new HarnessError('backend-lost', `the sandbox's ${program} ended with exit code ${exitCode}`, { logTail: stderr.slice(-4_000) });
  return JSON.parse(stdout) as T;
}
