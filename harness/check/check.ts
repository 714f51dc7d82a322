import type { Block } from '../model/block.ts';
import type { CheckContext, Checker, Finding } from '../model/checker.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isInterrupted } from '../model/interruption.ts';
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
    const [only] = blocks;
    const interrupted = await isInterrupted(input.signal);
    if (hasOverflown(cause) && !interrupted) {
      if (blocks.length > 1) return checkHalves(checker, blocks, input);
      diagnostics = new Map(only === undefined ? [] : [[only.id, [tooDeep(only)]]]);
    } else error = interrupted ? new HarnessError('cancelled', 'interrupted while checking', { cause }) : asHarnessError(cause, checker);
  }
  performance.measure(`check ${checker.name}`, { start: startedMs });
  const elapsedMs = (performance.now() - startedMs) / blocks.length;
  return new Map(blocks.map((block) => [block.id, {
    diagnostics: diagnostics.get(block.id) ?? [],
    error,
    depth,
    elapsedMs,
  }]));
}

/** One text that a parser cannot follow to its end must not take the verdicts of the others with it. */
async function checkHalves(checker: Checker, blocks: readonly Block[], input: CheckInput): Promise<Map<string, CheckOutcome>> {
  const half = blocks.length >> 1;
  return new Map([...await checkBatch(checker, blocks.slice(0, half), input), ...await checkBatch(checker, blocks.slice(half), input)]);
}

/** Of the rules of parsing: what it cannot see by counting brackets. */
function tooDeep({ fence }: Block): Diagnostic {
  return { ruleId: 'mdx/too-deep', level: 'error', place: fence, related: [], message: 'Found a text that no parser can follow to its end: it nests, or chains, thousands of parts. Show a part of it by itself.' };
}

/** Whether a parser that calls itself for each level ran out of stack, here or in what this wraps. */
function hasOverflown(error: unknown): boolean {
  return error instanceof RangeError ? error.message.includes('call stack') : error instanceof Error && error.cause !== undefined && hasOverflown(error.cause);
}

/** Throws when a finding is on a block that the checker was not asked about: nobody would report it. */
function placeFindings(findings: readonly Finding[], checker: Checker, blocks: readonly Block[], input: CheckInput): ReadonlyMap<string, readonly Diagnostic[]> {
  const asked = new Set<string>(blocks.map((block) => block.id));
  const stray = findings.find((finding) => !asked.has(finding.block.id));
  if (stray !== undefined) throw new HarnessError('checker-crashed', `the ${checker.name} checker reported ${stray.rule} on ${stray.block.id}, which it was not given`);
  return new Map([...Map.groupBy(findings, (finding) => finding.block.id)].map(([id, found]) => [id, found.map((finding) => input.toDiagnostic(finding, checker))]));
}

function asHarnessError(cause: unknown, checker: Checker): HarnessError {
  return cause instanceof HarnessError ? cause : new HarnessError('checker-crashed', `the ${checker.name} checker crashed`, { cause });
}
