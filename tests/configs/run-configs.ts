import { join } from 'node:path';
import { openEngine } from '../../harness/backends/container.ts';
import type { Backend, BackendContext, RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import type { ConfigurationOutput, RoutingOutput, TrialOutput } from '../../harness/model/transcript.ts';

export const root = join(import.meta.dirname, '../..');
export const signal = new AbortController().signal;

export async function openContext(stack: AsyncDisposableStack): Promise<BackendContext> {
  const engine = stack.use(await openEngine({ root, log: () => undefined, signal }));
  const network = stack.use(await engine.network());
  return { root, engine, network, sandboxNetwork: network, progress: () => undefined };
}

/** Runs blocks on a backend. @param more blocks that stand on pages beside them, e.g. rules. @returns results by block name */
export async function runConfigs(backend: Backend, context: BackendContext, blocks: readonly Block[], more: readonly Block[], dataset?: Dataset): Promise<ReadonlyMap<string, RunResult>> {
  const results = new Map<string, RunResult>();
  const named = (name: string): never => { throw new Error(`no dataset ${name}`); };
  await using started = await backend.start(context, signal);
  await started.run(blocks.map((block) => ({ block, dataset, named, allBlocks: [...blocks, ...more] })), (result) => void results.set(String(result.block.name), result), signal);
  return results;
}

export function saidOf(result: RunResult | undefined): readonly string[] {
  return (result?.findings ?? []).map(({ rule, message }) => `${rule}: ${message}`);
}

export function routingOf(result: RunResult | undefined): RoutingOutput {
  if (result?.output?.kind !== 'routing') throw new Error(`nothing was routed: ${saidOf(result).join('; ')}`);
  return result.output;
}

export function configurationOf(result: RunResult | undefined): ConfigurationOutput {
  if (result?.output?.kind !== 'configuration') throw new Error(`no configuration: ${saidOf(result).join('; ')}`);
  return result.output;
}

export function trialOf(result: RunResult | undefined): TrialOutput {
  if (result?.output?.kind !== 'trial') throw new Error(`nothing was tried: ${saidOf(result).join('; ')}`);
  return result.output;
}
