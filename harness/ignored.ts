import type { CheckOutcome } from './check/check.ts';
import { diagnosticsWithin, findAnswerable, isSound } from './evidence.ts';
import type { Page } from './model/block.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { HarnessError, HarnessErrorCode } from './model/verdict.ts';
import { planRules, type Plan } from './plan/plan.ts';
import type { RunOutcome } from './run/run.ts';

export interface Attempt {
  readonly plan: Plan;
  readonly pageOf: ReadonlyMap<string, Page>;
  /** Static checks of these blocks alone: what is wrong with them must not reach any other. */
  readonly check: (blocks: readonly PlannedBlock[]) => Promise<ReadonlyMap<string, CheckOutcome>>;
  /** Runs these blocks on backends that no other block uses, and ends those. */
  readonly run: (blocks: readonly PlannedBlock[]) => Promise<ReadonlyMap<string, RunOutcome>>;
}
export interface Tried {
  /** The plan, with a finding on each ignored block that passes. */
  readonly plan: Plan;
  /** Why nobody can tell whether a block passes. */
  readonly errors: readonly HarnessError[];
}

/** Nothing could be run at all. Any other breakage may be just what the block is ignored for. */
const UNTRIED: ReadonlySet<HarnessErrorCode> = new Set(['engine-missing', 'image-not-built']);

/** Checks and runs every ignored block, apart from all others. What is found of one that fails is kept quiet: its author knows. */
export async function tryIgnored({ plan, pageOf, check, run }: Attempt): Promise<Tried> {
  const trials = plan.blocks.flatMap(({ block, action }): PlannedBlock[] => {
    const found = [...(plan.diagnostics.get(block.id) ?? []), ...diagnosticsWithin(block, pageOf.get(block.page) as Page)];
    return action.kind === 'skip' && action.trial !== undefined && isSound({ diagnostics: found }) ? [{ block, action: action.trial }] : [];
  });
  if (trials.length === 0) return { plan, errors: [] };
  const checked = await check(trials);
  const sound = trials.filter(({ block }) => isSound(checked.get(block.id)));
  const answered = await run(withContinued(sound.filter(({ action }) => action.kind === 'run'), plan));
  const passing = sound.filter(({ block, action }) => (action.kind === 'run' ? hasPassed(answered.get(block.id)) : !(action.kind === 'check' && action.untried !== undefined) && checked.get(block.id)?.depth !== 'parsed'));
  const errors = [...answered.values()].flatMap(({ error }) => (error !== undefined && UNTRIED.has(error.code) ? [error] : []));
  return {
    plan: { ...plan, diagnostics: new Map([...plan.diagnostics, ...passing.map((one) => [one.block.id, [...(plan.diagnostics.get(one.block.id) ?? []), diagnose(one)]] as const)]) },
    errors: [...new Set(errors)],
  };
}

/** With the live blocks that they continue, whose own outcome is told elsewhere. */
function withContinued(trials: readonly PlannedBlock[], plan: Plan): readonly PlannedBlock[] {
  const wanted = new Set(trials.map(({ block }) => `${block.page} ${String(block.attributes.get('continues')?.value)}`));
  const continued = plan.blocks.filter(({ block, action }) => action.kind === 'run' && wanted.has(`${block.page} ${block.name}`));
  return findAnswerable([...trials, ...continued]);
}

function hasPassed(outcome: RunOutcome | undefined): boolean {
  return outcome?.output !== undefined && isSound(outcome);
}

function diagnose({ block, action }: PlannedBlock): Diagnostic {
  const reason = block.attributes.get('reason')?.value;
  const done = action.kind === 'run' ? 'checked and run' : 'checked';
  const store = action.kind === 'run' ? `, and store its answer with \`npm run verify -- --update ${block.page}\`` : '';
  return {
    ruleId: 'plan/ignore-passes', level: planRules['plan/ignore-passes'].level, place: block.attributes.get('ignore')?.place ?? block.fence, related: [],
    message: `Found an ignored block that passes when it is ${done}, expected one that fails${typeof reason === 'string' ? ` because of "${reason}"` : ''}. Remove \`ignore\`, \`reason\` and \`until\`${store}.`,
  };
}
