import { openEngine } from '../../harness/backends/container.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend } from '../../harness/model/backend.ts';

export const root = process.cwd();
export const signal = new AbortController().signal;

/** A real engine with the two networks of a run; all of it goes with the stack. */
export async function openContext(stack: AsyncDisposableStack): Promise<BackendContext> {
  const engine = stack.use(await openEngine({ root, log: () => undefined, signal }));
  const network = stack.use(await engine.network());
  const sandboxNetwork = stack.use(await engine.network({ internal: true }));
  return { root, engine, network, sandboxNetwork, progress: () => undefined };
}

export function requestsFor(blocks: readonly Block[], allBlocks: readonly Block[] = blocks): RunRequest[] {
  return blocks.map((block) => ({ block, dataset: undefined, allBlocks, named: () => { throw new Error('no dataset in this test'); } }));
}

/** Runs blocks on a started backend. @returns results by block name */
export async function runBlocks(started: StartedBackend, blocks: readonly Block[], allBlocks: readonly Block[] = blocks): Promise<Map<string, RunResult>> {
  const results = new Map<string, RunResult>();
  await started.run(requestsFor(blocks, allBlocks), (result) => results.set(result.block.name as string, result), signal);
  return results;
}

export function startBackend(backend: Backend, context: BackendContext): Promise<StartedBackend> {
  return backend.start(context, signal);
}
