import { backends } from './backends/index.ts';
import type { CheckOutcome } from './check/check.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { Output } from './model/transcript.ts';
import { advise } from './mutate/advice.ts';
import { depthOf } from './mutate/depth.ts';
import type { Mutant } from './mutate/mutant.ts';
import type { Judged, Outcome } from './mutate/outcome.ts';
import type { RunOutcome } from './run/run.ts';

/** A mutant, and the planned copies of every block that its fault reaches, its own first. */
export interface Trial {
  readonly mutant: Mutant;
  /** What the names of its copies end in. */
  readonly mark: string;
  readonly planned: readonly PlannedBlock[];
}
export interface Evidence {
  readonly checked: ReadonlyMap<string, CheckOutcome>;
  readonly answered: ReadonlyMap<string, RunOutcome>;
  /** What the page's prose says otherwise, by the mark of the trial. */
  readonly prose: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Blocks that do not pass as they stand, with the reason. */
  readonly broken: ReadonlyMap<string, string>;
  /** Mutants that were run. */
  readonly chosen: ReadonlySet<Mutant>;
  /** False where only static checks were asked for. */
  readonly runs: boolean;
}

/** One outcome a mutant, out of what was found of all its copies. */
export function judgeMutant(trial: Trial, evidence: Evidence): Judged {
  const outcome = decide(trial, evidence);
  const { mutant, mark } = trial;
  const isCaught = outcome.kind === 'caught' || outcome.kind === 'unknown';
  if (isCaught) return { mutant, outcome, advice: undefined };
  const running = trial.planned.find(({ action }) => action.kind === 'run');
  const answers = running === undefined ? undefined : evidence.answered.get(originalId(running, mark))?.output?.kind;
  return { mutant, outcome, advice: advise(mutant, { runs: running !== undefined, answers, empty: mutant.block.attributes.has('empty'), differs: outcome.kind === 'differs' }) };
}

function decide({ mutant, mark, planned }: Trial, { checked, answered, prose, broken, chosen, runs }: Evidence): Outcome {
  const failing = planned.map((one) => originalId(one, mark)).find((id) => broken.has(id));
  if (failing !== undefined) return { kind: 'unknown', why: `${failing} does not pass as it stands` };
  const found = firstError(planned, checked, 'check') ?? firstError(planned, answered, 'run');
  if (found !== undefined) return { kind: 'caught', depth: depthOf(found.diagnostic, found.stage), rule: found.diagnostic.ruleId, message: found.diagnostic.message, by: originalId(found.one, mark) };
  const [told] = prose.get(mark) ?? [];
  if (told !== undefined) return { kind: 'caught', depth: depthOf(told, 'check'), rule: told.ruleId, message: told.message, by: mutant.block.page };
  const error = planned.map(({ block }) => checked.get(block.id)?.error ?? answered.get(block.id)?.error).find((one) => one !== undefined);
  if (error !== undefined) return { kind: 'unknown', why: error.message };
  const running = planned.filter(({ action }) => action.kind === 'run');
  if (running.length === 0) return { kind: 'survived' };
  if (!runs || !chosen.has(mutant)) return { kind: 'not-run' };
  // What continues a block that is not run is not asked either.
  const unanswered = running.find(({ block }) => answered.get(block.id)?.output === undefined);
  if (unanswered !== undefined) return { kind: 'unknown', why: `${originalId(unanswered, mark)} got no answer` };
  const differs = running.some((one) => !isSame(one, answered.get(one.block.id)?.output, answered.get(originalId(one, mark))?.output, mark));
  return { kind: differs ? 'differs' : 'survived' };
}

function firstError(planned: readonly PlannedBlock[], outcomes: ReadonlyMap<string, { readonly diagnostics: readonly Diagnostic[] }>, stage: 'check' | 'run'): { one: PlannedBlock; diagnostic: Diagnostic; stage: 'check' | 'run' } | undefined {
  for (const one of planned) {
    const diagnostic = outcomes.get(one.block.id)?.diagnostics.find(({ level }) => level === 'error');
    if (diagnostic !== undefined) return { one, diagnostic, stage };
  }
  return undefined;
}

function originalId({ block }: PlannedBlock, mark: string): string {
  return block.id.slice(0, -`~${mark}`.length);
}

/** As `verify` compares answers, apart from the name that a copy goes by. */
function isSame({ action }: PlannedBlock, copied: Output | undefined, original: Output | undefined, mark: string): boolean {
  const backend = backends.find(({ name }) => action.kind === 'run' && name === action.backend);
  const text = (output: Output | undefined): string => (output === undefined ? '' : JSON.stringify(backend?.normalise?.(output) ?? output)).replaceAll(`-${mark}`, '');
  return text(copied) === text(original);
}
