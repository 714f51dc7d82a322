import type { Block } from '../model/block.ts';
import type { CheckContext, Checker, Finding } from '../model/checker.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedBlock } from '../model/plan.ts';
import { HarnessError, type Depth } from '../model/verdict.ts';

export interface CheckOutcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly error: HarnessError | undefined;
  /** `parsed` where a tool that the checker asked for is not on this machine. */
  readonly depth: Depth;
  readonly elapsedMs: number;
}
export interface CheckInput {
  readonly planned: readonly PlannedBlock[];
  readonly context: CheckContext;
  readonly toDiagnostic: (finding: Finding, checker: Checker) => Diagnostic;
  readonly signal: AbortSignal;
}

/** Static checks of every block that planning did not skip, one call a checker, all checkers side by side. */
export async function checkBlocks(input: CheckInput): Promise<ReadonlyMap<string, CheckOutcome>> {
  const batches = new Map<Checker, Block[]>();
  for (const { block, action } of input.planned) {
    if (action.kind === 'skip') continue;
    const batch = batches.get(action.checker);
    if (batch) batch.push(block);
    else batches.set(action.checker, [block]);
  }
  const outcomes = new Map<string, CheckOutcome>();
  await Promise.all([...batches].map(async ([checker, blocks]) => {
    for (const [id, outcome] of await checkBatch(checker, blocks, input)) outcomes.set(id, outcome);
  }));
  return outcomes;
}

async function checkBatch(checker: Checker, blocks: readonly Block[], input: CheckInput): Promise<Map<string, CheckOutcome>> {
  const startedMs = performance.now();
  let depth: Depth = 'checked';
  const context: CheckContext = {
    ...input.context,
    tool: async (name) => {
      const path = await input.context.tool(name);
      if (path === undefined) depth = 'parsed';
      return path;
    },
  };
  let diagnostics: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  let error: HarnessError | undefined;
  try {
    diagnostics = placeFindings(await checker.check(blocks, context, input.signal), checker, blocks, input);
  } catch (cause) {
    error = asHarnessError(cause, checker, input.signal);
  }
  const elapsedMs = (performance.now() - startedMs) / blocks.length;
  return new Map(blocks.map((block) => [block.id, {
    diagnostics: diagnostics.get(block.id) ?? [],
    error,
    depth,
    elapsedMs,
  }]));
}

/** Throws when a finding is on a block that the checker was not asked about: nobody would report it. */
function placeFindings(findings: readonly Finding[], checker: Checker, blocks: readonly Block[], input: CheckInput): ReadonlyMap<string, readonly Diagnostic[]> {
  const asked = new Set<string>(blocks.map((block) => block.id));
  const stray = findings.find((finding) => !asked.has(finding.block.id));
  if (stray !== undefined) throw new HarnessError('checker-crashed', `the ${checker.name} checker reported ${stray.rule} on ${stray.block.id}, which it was not given`);
  return new Map([...Map.groupBy(findings, (finding) => finding.block.id)].map(([id, found]) => [id, found.map((finding) => input.toDiagnostic(finding, checker))]));
}

function asHarnessError(cause: unknown, checker: Checker, signal: AbortSignal): HarnessError {
  if (cause instanceof HarnessError) return cause;
  if (signal.aborted) return new HarnessError('cancelled', 'interrupted while checking', { cause });
  return new HarnessError('checker-crashed', `the ${checker.name} checker crashed`, { cause });
}
