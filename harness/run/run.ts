import type { Backend, RunRequest, RunResult } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Dataset } from '../model/dataset.ts';
import { isInterrupted } from '../model/interruption.ts';
import type { PlannedBlock } from '../model/plan.ts';
import type { Checker, Finding } from '../model/checker.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { BackendVersion, Output } from '../model/transcript.ts';
import { HarnessError } from '../model/verdict.ts';
import { judgeControl, toControlRequest } from './control.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { Stack } from './stack.ts';

export interface RunOutcome {
  /** Undefined when a diagnostic or the error says why there is none. */
  readonly output: Output | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly elapsedMs: number;
  readonly versions: readonly BackendVersion[];
  readonly error: HarnessError | undefined;
}
export interface RunInput {
  /** Only blocks whose action is `run`. */
  readonly planned: readonly PlannedBlock[];
  readonly allBlocks: readonly Block[];
  /** Not disposed here: what is warm may serve the next run. */
  readonly stack: Stack;
  readonly simulate: (name: string) => Dataset;
  readonly toDiagnostic: (finding: Finding, checker: Checker, backend: Backend) => Diagnostic;
  readonly onProgress: (message: string) => void;
  readonly onDone: (block: Block) => void;
  /** Breakage after the answers were in, e.g. a container that could not be removed: it belongs to no block. */
  readonly onBroken: (error: HarnessError) => void;
  readonly signal: AbortSignal;
}

/**
 * Executes blocks: starts the backends they need side by side and lets each answer its own.
 * Never throws: without an engine every block is errored, so that what static checks found is still reported.
 */
export async function runBlocks(input: RunInput): Promise<ReadonlyMap<string, RunOutcome>> {
  const outcomes = new Map<string, RunOutcome>();
  if (input.planned.length === 0) return outcomes;
  input.stack.progress = input.onProgress;
  try {
    await input.stack.open();
    const groups = Map.groupBy(input.planned, ({ action }) => (action.kind === 'run' ? action.backend : ''));
    await Promise.all([...groups].map(([name, planned]) => runOnBackend(name, planned, input, outcomes)));
  } catch (cause) {
    settle(input.planned, outcomes, [], await asHarnessError(cause, 'the container engine', input.signal), input);
  }
  return outcomes;
}

async function runOnBackend(name: string, planned: readonly PlannedBlock[], input: RunInput, outcomes: Map<string, RunOutcome>): Promise<void> {
  let versions: readonly BackendVersion[] = [];
  const startedMs = performance.now();
  try {
    const requests = planned.map((one) => toRequest(one, input));
    const controlled = requests.flatMap((request) => {
      const control = toControlRequest(request, input.simulate);
      return control === undefined ? [] : [{ block: request.block, control }];
    });
    const controls = new Map<string, RunResult>();
    const ofControl = new Set(controlled.map(({ control }) => control.block));
    const { backend, started } = await input.stack.backend(name, input.signal);
    performance.measure(`start ${name}`, { start: startedMs });
    versions = started.versions;
    input.onProgress(`${name}: ${requests.length} blocks`);
    const checkers = new Map<string, Checker>(planned.map(({ block, action }) => [block.id, (action as { checker: Checker }).checker]));
    await started.run([...requests, ...controlled.map(({ control }) => control)], (result) => {
      if (ofControl.has(result.block)) return void controls.set(result.block.id, result);
      outcomes.set(result.block.id, toOutcome(result, (finding) => input.toDiagnostic(finding, checkers.get(finding.block.id) as Checker, backend), result.versions ?? started.versions));
      input.onDone(result.block);
    }, input.signal);
    const toDiagnostic = (finding: Finding): Diagnostic => input.toDiagnostic(finding, checkers.get(finding.block.id.slice(0, -'~control'.length)) as Checker, backend);
    for (const { block, control } of controlled) judgeControlOf(block, controls.get(control.block.id), name, outcomes, toDiagnostic);
    markUnanswered(planned, outcomes, versions, new HarnessError('backend-lost', `${name} ended without an answer to this block`));
  } catch (cause) {
    settle(planned, outcomes, versions, await asHarnessError(cause, name, input.signal), input);
  } finally {
    performance.measure(`run ${name}`, { start: startedMs });
  }
}

/** Adds to a block's outcome what its control says of it. */
function judgeControlOf(block: Block, result: RunResult | undefined, name: string, outcomes: Map<string, RunOutcome>, toDiagnostic: (finding: Finding) => Diagnostic): void {
  const own = outcomes.get(block.id);
  if (own?.output === undefined) return;
  if (result === undefined) outcomes.set(block.id, { ...own, output: undefined, error: new HarnessError('backend-lost', `${name} ended without an answer to the control of this block`) });
  else outcomes.set(block.id, { ...own, diagnostics: [...own.diagnostics, ...judgeControl(block, result.output, result.findings.map(toDiagnostic))] });
}

function toOutcome(result: RunResult, toDiagnostic: (finding: Finding) => Diagnostic, versions: readonly BackendVersion[]): RunOutcome {
  const { block, output, elapsedMs } = result;
  const diagnostics = [...result.findings.map(toDiagnostic), ...(output === undefined ? [] : judgeAnswer(block, output))];
  return { output, diagnostics, elapsedMs, versions, error: undefined };
}

function toRequest({ block, action }: PlannedBlock, input: RunInput): RunRequest {
  const own = action.kind === 'run' ? action.datasets[0] : undefined;
  return { block, dataset: own === undefined ? undefined : input.simulate(own), named: input.simulate, allBlocks: input.allBlocks };
}

/** A breakage belongs to the blocks that it left without an answer; where there are none, to the run. */
function settle(planned: readonly PlannedBlock[], outcomes: Map<string, RunOutcome>, versions: readonly BackendVersion[], error: HarnessError, input: RunInput): void {
  if (planned.every(({ block }) => outcomes.has(block.id))) input.onBroken(error);
  else markUnanswered(planned, outcomes, versions, error);
}

function markUnanswered(planned: readonly PlannedBlock[], outcomes: Map<string, RunOutcome>, versions: readonly BackendVersion[], error: HarnessError): void {
  for (const { block } of planned) {
    if (!outcomes.has(block.id)) outcomes.set(block.id, { output: undefined, diagnostics: [], elapsedMs: 0, versions, error });
  }
}

async function asHarnessError(cause: unknown, name: string, signal: AbortSignal): Promise<HarnessError> {
  if (await isInterrupted(signal)) return new HarnessError('cancelled', 'interrupted', { cause });
  if (cause instanceof HarnessError) return cause;
  return new HarnessError('backend-lost', `${name} broke`, { cause });
}
