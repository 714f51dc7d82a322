import type { ShellJobs, ShellResult } from '../images/sandbox/runner/shell/protocol.ts';
import type { Backend, BackendContext, Engine, RunRequest, RunResult } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { BackendVersion } from '../model/transcript.ts';
import { HarnessError } from '../model/verdict.ts';
import { attributeText, queryTime } from './answers.ts';
import { loki } from './loki.ts';
import { prometheus } from './prometheus.ts';
import { runProgram } from './sandbox.ts';
import { judgeVandal, runApart } from './sandbox/apart.ts';
import { judgeShell, shellRules, showShellPaths } from './shell/findings.ts';
import { groupRequests, listConfigFiles, readStack, servicesOf, type Group } from './shell/needs.ts';
import { GATE, startWorld } from './shell/world.ts';

const JOBS = '/scratch/shell.json';
const TIMEOUT_MS = 10_000;
/** Each group has up to six containers, which mostly wait. */
const PARALLEL = 2;

/** Shell blocks: what a reader types, against services that hold the block's dataset and are asked at its time. */
export const shell: Backend = {
  name: 'shell',
  images: ['sandbox', 'prometheus', 'loki', 'jaeger', 'alertmanager'],
  rules: shellRules,
  configFiles: (root) => [...prometheus.configFiles(root), ...loki.configFiles(root), ...listConfigFiles(root)],
  start: async (context) => ({
    versions: shell.images.map((name) => ({ name, version: context.engine.version(name) })),
    run: (requests, onResult, signal) => runGroups(context, groupRequests(requests), onResult, signal),
    // Each group's containers are gone as soon as its blocks are answered.
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

async function runGroups(context: BackendContext, groups: readonly Group[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  const waiting = [...groups];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      // One that breaks must not take the answers of the others with it.
      await runGroup(context, group, onResult, signal).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  if (failures.length > 0) throw failures[0];
}

async function runGroup(context: BackendContext, group: Group, onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  await runApart(group.requests, {
    signal,
    blame: ({ block }) => onResult({ block, output: undefined, findings: judgeVandal(block), elapsedMs: 0 }),
    run: (requests) => runInWorld(context, { ...group, requests }, onResult, signal),
  });
}

async function runInWorld(context: BackendContext, group: Group, onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  context.progress(`shell: starting ${group.doors.map(({ service }) => service).join(', ') || 'the sandbox'}${group.dataset === undefined ? '' : ` for ${group.dataset.name}`}`);
  await using world = await startWorld(context, group, signal);
  const jobs: ShellJobs = {
    doors: group.doors, gate: GATE, files: readStack(context.root), timeoutMs: TIMEOUT_MS,
    blocks: group.requests.map(({ block, dataset }) => ({ id: block.id, setup: block.continuedText ?? '', text: block.text, nowMs: dataset === undefined ? 0 : queryTime(block, dataset).atMs })),
  };
  await world.sandbox.copyIn([{ path: JOBS, content: JSON.stringify(jobs) }]);
  const results = await runProgram<readonly ShellResult[]>(world.sandbox, 'shell/run.ts', JOBS, signal);
  for (const [index, request] of group.requests.entries()) {
    const result = results[index];
    if (result?.id !== request.block.id) throw new HarnessError('backend-lost', `the sandbox returned no result for ${request.block.id}`);
    onResult(toResult(request, result, context.engine));
  }
}

function toResult({ block, dataset, allBlocks }: RunRequest, result: ShellResult, engine: Engine): RunResult {
  const isSetup = allBlocks.some((other: Block) => other.page === block.page && attributeText(other, 'continues') === block.name);
  return {
    block,
    output: { kind: 'process', stdout: showShellPaths(result.stdout), stderr: showShellPaths(result.stderr), exitCode: result.exitCode ?? -1 },
    findings: judgeShell(block, result, isSetup),
    versions: ['sandbox', ...(dataset === undefined ? [] : servicesOf(block))].map((name): BackendVersion => ({ name, version: engine.version(name) })),
    elapsedMs: result.elapsedMs,
  };
}
