import { backends } from './backends/index.ts';
import type { CheckOutcome } from './check/check.ts';
import { checkBlocks } from './check/check.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { diagnosticsWithin, findAnswerable, isSound } from './evidence.ts';
import type { Block, Page } from './model/block.ts';
import type { Rule } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { HarnessError } from './model/verdict.ts';
import { copyWithFault } from './mutate/copy.ts';
import { faults } from './mutate/faults/index.ts';
import { orderBySeed, sampleMutants, seedMutants, type Mutant } from './mutate/mutant.ts';
import type { Judged } from './mutate/outcome.ts';
import { judgeMutant, type Trial } from './mutate-judge.ts';
import { datasetsOf, displayAttributes, placeRange, transcriptKey } from './parse/index.ts';
import type { Progress } from './pipeline.ts';
import { planBlocks } from './plan/plan.ts';
import { recordAnswers } from './record/answers.ts';
import { runBlocks, type RunOutcome } from './run/run.ts';
import type { Stack } from './run/stack.ts';
import type { World } from './world.ts';

export interface MutateContext {
  readonly root: string;
  readonly course: readonly Page[];
  readonly world: World;
  /** Undefined: static checks only. */
  readonly stack: Stack | undefined;
  readonly tool: (name: string) => Promise<string | undefined>;
  readonly seed: string;
  /** At most so many mutants of each fault in each block. */
  readonly perFault: number;
  /** At most so many mutants of each service: one that is run has three backends of its own. */
  readonly perService: number;
  readonly today: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
export interface MutatedPage {
  readonly page: string;
  readonly judged: readonly Judged[];
  /** Ids of all its mutants, also of those that were not sampled. */
  readonly existing: ReadonlySet<string>;
  /** Blocks that do not pass as they stand, with the reason: of their mutants nothing is known. */
  readonly broken: ReadonlyMap<string, string>;
  /** Seconds until all was checked, and from then until all was answered: with the start of backends that were not up yet. */
  readonly checkedS: number;
  readonly ranS: number;
  /** What broke beside blocks. */
  readonly errors: readonly Error[];
}

/** All mutants of a page in one pass, beside the page as it stands: planned and checked together, then run together. */
export async function mutatePage(page: Page, context: MutateContext): Promise<MutatedPage> {
  const startedMs = performance.now();
  const own = planPage(page, page.blocks, context).blocks;
  const all = own.flatMap(({ block, action }) => (action.kind === 'skip' || block.attributes.has('rejects') ? [] : seedMutants(block, action.checker.name, faults, placeRange)));
  const trials = sampleServices(makeTrials(sampleMutants(dropRepeated(all), context.seed, context.perFault), page, context), context);
  const copies = trials.flatMap(({ planned }) => planned);
  context.progress.begin(own.length + copies.length);
  const allBlocks = [...context.course.flatMap((other) => other.blocks), ...copies.flatMap(({ block }) => (block.language === 'yaml' ? [] : [block]))];
  const errors: Error[] = [];
  const bench: Bench = { page, context, allBlocks, errors, checked: new Map(), answered: new Map() };
  await check(bench, [...own, ...copies]);
  const sound = own.filter(({ block, action }) => action.kind === 'run' && isReady(bench, block));
  const checkedMs = performance.now();
  const chosen = findRunnable(trials, bench);
  await run(bench, [...sound, ...chosen.flatMap(({ planned }) => planned.filter(({ action }) => action.kind === 'run'))]);
  const broken = findBroken(bench, own);
  const judged = trials.map((trial) => judgeMutant(trial, { ...bench, broken, chosen: new Set(chosen.map(({ mutant }) => mutant)), runs: context.stack !== undefined }));
  return { page: page.id, judged, existing: new Set(all.map(({ id }) => id)), broken, errors, checkedS: (checkedMs - startedMs) / 1000, ranS: (performance.now() - checkedMs) / 1000 };
}

/** What one page's pass knows so far. */
interface Bench {
  readonly page: Page;
  readonly context: MutateContext;
  readonly allBlocks: readonly Block[];
  readonly errors: Error[];
  readonly checked: Map<string, CheckOutcome>;
  readonly answered: Map<string, RunOutcome>;
}

function planPage(page: Page, blocks: readonly Block[], { world, today }: MutateContext): ReturnType<typeof planBlocks> {
  return planBlocks({ pages: [{ ...page, blocks }], checkers, datasetsOf, displayAttributes, explainBadDataset: world.explainBadDataset, today });
}

/** Blocks that show the same lines of a file have the same mutants: the first has them. */
function dropRepeated(mutants: readonly Mutant[]): Mutant[] {
  const firsts = new Map(mutants.toReversed().map((mutant) => [`${mutant.block.source} ${mutant.text}`, mutant]));
  return mutants.filter((mutant) => mutant.block.source === undefined || firsts.get(`${mutant.block.source} ${mutant.text}`) === mutant);
}

function makeTrials(mutants: readonly Mutant[], page: Page, context: MutateContext): Trial[] {
  const copies = mutants.map((mutant, index) => ({ mutant, mark: `mutant${index}`, blocks: copyWithFault(mutant, `mutant${index}`, page.blocks) }));
  const planned = new Map(planPage(page, [...page.blocks, ...copies.flatMap(({ blocks }) => blocks)], context).blocks.map((one) => [one.block.id as string, one]));
  return copies.map(({ mutant, mark, blocks }) => ({ mutant, mark, planned: blocks.map((block) => planned.get(block.id) as PlannedBlock).filter(({ action }) => action.kind !== 'skip') }));
}

async function check(bench: Bench, planned: readonly PlannedBlock[]): Promise<void> {
  const { page, context: { root, tool, world, signal, progress }, allBlocks } = bench;
  progress.say(`${page.id}: checking`);
  const datasetOf = (block: Block): string | undefined => datasetsOf(block, bench.context.course.find(({ id }) => id === block.page) ?? page)[0];
  const outcomes = await checkBlocks({ planned, context: { root, allBlocks, tool, dataset: world.dataset, datasetOf }, toDiagnostic: (finding, checker) => place(finding, checker.name, checker.rules), signal });
  for (const [id, outcome] of outcomes) bench.checked.set(id, outcome);
  signal.throwIfAborted();
}

async function run(bench: Bench, planned: readonly PlannedBlock[]): Promise<void> {
  const { context: { stack, world, signal, progress }, allBlocks, errors } = bench;
  if (stack === undefined) return;
  const outcomes = await runBlocks({
    planned: findAnswerable(planned), allBlocks, stack, simulate: world.dataset, signal,
    toDiagnostic: (finding, checker, backend) => place(finding, checker.name, { ...backend.rules, ...checker.rules }),
    onProgress: progress.say, onDone: (block) => progress.done(block.id), onBroken: (error: HarnessError) => errors.push(error),
  });
  for (const [id, outcome] of outcomes) bench.answered.set(id, outcome);
  signal.throwIfAborted();
}

function isReady({ checked, page }: Bench, block: Block): boolean {
  return isSound(checked.get(block.id)) && isSound({ diagnostics: diagnosticsWithin(block, page) });
}

/** Mutants that static checks pass and that something can be asked of. */
function findRunnable(trials: readonly Trial[], bench: Bench): Trial[] {
  return trials.filter(({ planned }) => planned.some(({ action }) => action.kind === 'run') && planned.every(({ block }) => isSound(bench.checked.get(block.id))));
}

/** Of each service so many as were asked for, whatever the fault: those that static checks catch too, so that the share of caught ones stays true. */
function sampleServices(trials: readonly Trial[], { seed, perService }: MutateContext): Trial[] {
  const isService = ({ planned }: Trial): boolean => planned.some(({ block, action }) => action.kind === 'run' && block.attributes.has('scrapes'));
  const services = Map.groupBy(trials.filter(isService), ({ mutant }) => mutant.block.source ?? mutant.block.id);
  const chosen = new Set([...services.values()].flatMap((group) => orderBySeed(group.map((trial) => ({ id: trial.mutant.id, trial })), seed).slice(0, perService).map(({ trial }) => trial)));
  return trials.filter((trial) => !isService(trial) || chosen.has(trial));
}

/** Blocks that fail, break or answer otherwise than stored, before any fault is in them. */
function findBroken({ page, context: { root, world, stack }, checked, answered }: Bench, own: readonly PlannedBlock[]): Map<string, string> {
  const planned = stack === undefined ? [] : own.filter(({ action }) => action.kind === 'run');
  const recorded = recordAnswers({ planned, answered, backends, lockOf: world.lockOf, keyOf: transcriptKey, root, update: false });
  return new Map(own.flatMap(({ block, action }): [string, string][] => {
    if (action.kind === 'skip') return [];
    const found = [...diagnosticsWithin(block, page), ...(checked.get(block.id)?.diagnostics ?? []), ...(answered.get(block.id)?.diagnostics ?? []), ...(recorded.diagnostics.get(block.id) ?? [])].find(({ level }) => level === 'error');
    const error = checked.get(block.id)?.error ?? answered.get(block.id)?.error ?? recorded.errors.get(block.id);
    const why = found === undefined ? error?.message : `${found.ruleId}: ${found.message}`;
    return why === undefined ? [] : [[block.id, why]];
  }));
}

function place(finding: Parameters<typeof placeFinding>[0], name: string, rules: Readonly<Record<string, Rule>>): ReturnType<typeof placeFinding> {
  return placeFinding(finding, { name, rules }, placeRange);
}
