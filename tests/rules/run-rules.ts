import { join } from 'node:path';
import { alerting } from '../../harness/backends/alerting.ts';
import { openEngine } from '../../harness/backends/container.ts';
import type { BackendContext, Engine, Network, RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import type { RulesOutput } from '../../harness/model/transcript.ts';

export const root = join(import.meta.dirname, '../..');
export const signal = new AbortController().signal;

/** A context with promtool and nothing else: a run that starts a container fails. */
export async function promtoolOnly(stack: AsyncDisposableStack): Promise<BackendContext> {
  const real = stack.use(await openEngine({ root, log: () => undefined, signal }));
  const refuse = (): never => { throw new Error('this test starts no container'); };
  const engine: Engine = { tool: (image, program) => real.tool(image, program), version: () => '0', digests: new Map(), network: refuse, start: refuse, [Symbol.asyncDispose]: async () => undefined };
  const network: Network = { name: 'none', [Symbol.asyncDispose]: async () => undefined };
  return { root, engine, network, sandboxNetwork: network, progress: () => undefined };
}

/** Runs blocks on the alerting backend. @returns results by block name */
export async function runRules(context: BackendContext, blocks: readonly Block[], datasets: Readonly<Record<string, Dataset>>, main: string): Promise<ReadonlyMap<string, RunResult>> {
  const named = (name: string): Dataset => {
    const dataset = datasets[name];
    if (dataset === undefined) throw new Error(`no dataset ${name}`);
    return dataset;
  };
  const results = new Map<string, RunResult>();
  await using started = await alerting.start(context, signal);
  await started.run(blocks.map((block) => ({ block, dataset: named(main), named, allBlocks: blocks })), (result) => void results.set(String(result.block.name), result), signal);
  return results;
}

/** `rule message` of each finding. */
export function saidOf(result: RunResult | undefined): readonly string[] {
  return (result?.findings ?? []).map(({ rule, message }) => `${rule}: ${message}`);
}

export function outputOf(result: RunResult | undefined): RulesOutput {
  if (result?.output?.kind !== 'rules') throw new Error(`no rules output: ${saidOf(result).join('; ')}`);
  return result.output;
}
