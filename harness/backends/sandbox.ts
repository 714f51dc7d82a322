import type { BlockResult } from '../images/sandbox/runner/protocol.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Backend, BackendContext, Engine, RunRequest, RunResult, StartedBackend, StartedContainer } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import { judgeVandal, runApart, RunnerLost } from './sandbox/apart.ts';
import { buildJobs, readSnippets } from './sandbox/jobs.ts';
import { judgeProcess, processRules, showPaths } from './sandbox/findings.ts';
import { runtimeOf } from './sandbox/runtime.ts';
import { listSources } from './sandbox/sources.ts';
import { normaliseLive } from './sandbox/normalise.ts';

const JOBS = '/scratch/jobs.json';
/** Exit codes above it tell the signal that ended a program. */
const SIGNALLED = 128;

/** TypeScript and Python blocks that end by themselves: each in a process of its own, all in one confined container. */
export const sandbox: Backend = {
  name: 'sandbox',
  images: ['sandbox'],
  rules: processRules,
  configFiles: listSources,
  normalise: normaliseLive,
  start: async (context, signal) => {
    const room = new Room(context);
    await room.enter(signal);
    return {
      versions: [{ name: 'sandbox', version: context.engine.version('sandbox') }],
      run: (requests, onResult, runSignal) => runBlocks(room, context, requests, onResult, runSignal),
      [Symbol.asyncDispose]: () => room.leave(),
    } satisfies StartedBackend;
  },
};

/** The one container that blocks run in, and another once a block has wrecked it. */
class Room {
  readonly #context: BackendContext;
  #container: StartedContainer | undefined;

  constructor(context: BackendContext) {
    this.#context = context;
  }

  async enter(signal: AbortSignal): Promise<StartedContainer> {
    const { engine, sandboxNetwork } = this.#context;
    return (this.#container ??= await engine.start({ image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [], networks: [sandboxNetwork] }, signal));
  }

  async leave(): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    await container?.[Symbol.asyncDispose]();
  }
}

async function runBlocks(room: Room, context: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  await runApart(requests.map((request) => request.block), {
    signal,
    blame: (block) => onResult({ block, output: undefined, findings: judgeVandal(block), elapsedMs: 0 }),
    run: (blocks) => runTogether(room, context, blocks, onResult, signal),
  });
}

/** Blocks share a user, so that one may end another: those that a signal ended are judged by what they do alone, where nobody else has been. */
async function runTogether(room: Room, context: BackendContext, blocks: readonly Block[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  const container = await room.enter(signal);
  const ended: Block[] = [];
  try {
    await container.copyIn([{ path: JOBS, content: JSON.stringify(buildJobs(readSnippets(context.root), blocks)) }]);
    const results = await runProgram<readonly BlockResult[]>(container, 'run.ts', JOBS, signal);
    if (blocks.length > 1) ended.push(...blocks.filter((_, index) => results[index]?.signal !== undefined && !results[index].timedOut));
    await tellResults(container, context.engine, blocks, results, (result) => { if (!ended.includes(result.block)) onResult(result); }, signal);
  } catch (error) {
    if (error instanceof RunnerLost) await room.leave();
    throw error;
  }
  for (const block of ended) {
    await room.leave();
    await runTogether(room, context, [block], onResult, signal);
  }
}

async function tellResults(container: StartedContainer, engine: Engine, blocks: readonly Block[], results: readonly BlockResult[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
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
 * @throws RunnerLost (`backend-lost`), with what it wrote, when it fails: it was ours that broke, or a block that ended it
 */
export async function runProgram<T>(container: StartedContainer, program: 'run.ts' | 'live.ts' | 'shell/run.ts', argument: string, signal: AbortSignal): Promise<T> {
  const { exitCode, stdout, stderr } = await container.exec(['node', '--disable-warning=ExperimentalWarning', `/course/runner/${program}`, argument], signal).catch((cause: unknown) => {
    if (signal.aborted || !(cause instanceof HarnessError) || cause.code !== 'backend-lost') throw cause;
    throw new RunnerLost(`the sandbox was gone before its ${program} had ended`, true, { cause });
  });
  const logTail = stderr.slice(-4_000);
  if (exitCode !== 0) throw new RunnerLost(`the sandbox's ${program} ended with exit code ${exitCode}`, exitCode > SIGNALLED, { logTail });
  try {
    return JSON.parse(stdout) as T;
  } catch (cause) {
    throw new RunnerLost(`the sandbox's ${program} printed what is no result`, false, { cause, logTail });
  }
}
