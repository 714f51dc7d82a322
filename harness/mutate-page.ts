import { backends } from './backends/index.ts';
import { readSnippets } from './backends/sandbox/jobs.ts';
import type { CheckOutcome } from './check/check.ts';
import { checkBlocks } from './check/check.ts';
import { withDisagreements } from './check/course.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { readStack } from './course-checks/index.ts';
import { findDisagreements } from './disagreements.ts';
import { pagesElsewhere } from './editions.ts';
import { diagnosticsWithin, findAnswerable, isSound } from './evidence.ts';
import type { Block, Page } from './model/block.ts';
import type { Rule } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { HarnessError } from './model/verdict.ts';
import { faults } from './mutate/faults/index.ts';
import { sampleMutants, seedMutants } from './mutate/mutant.ts';
import type { Judged } from './mutate/outcome.ts';
import { judgeMutant, type Trial } from './mutate-judge.ts';
import { checkTexts } from './mutate-prose.ts';
import { dropRepeated, makeTrials, planElsewhere, sampleServices } from './mutate-trials.ts';
import type { Glossary } from './model/glossary.ts';
import { datasetsOf, displayAttributes, placeRange, suggestWord, transcriptKey } from './parse/index.ts';
import type { Progress } from './pipeline.ts';
import { planBlocks } from './plan/plan.ts';
import { recordAnswers } from './record/answers.ts';
import { runBlocks, type RunOutcome } from './run/run.ts';
import type { Stack } from './run/stack.ts';
import type { World } from './world.ts';

export interface MutateContext {
  readonly root: string;
  readonly course: readonly Page[];
  readonly glossary: Glossary;
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
  const plan = (other: Page, blocks: readonly Block[]): readonly PlannedBlock[] => planPage(other, blocks, context).blocks;
  const own = plan(page, page.blocks);
  const all = own.flatMap(({ block, action }) => (action.kind === 'skip' || block.attributes.has('rejects') || isPicture(page, block) ? [] : seedMutants(block, action.checker.name, faults, placeRange)));
  const errors: Error[] = [];
  const elsewhere = planElsewhere(page, context.course, plan);
  const trials = sampleServices(makeTrials(sampleMutants(dropRepeated(all), context.seed, context.perFault), page, elsewhere, plan, readSnippets(context.root)), context);
  const copies = trials.flatMap(({ planned }) => planned);
  context.progress.begin(own.length + elsewhere.length + copies.length);
  const bench: Bench = {
    page, context, errors, checked: new Map(), answered: new Map(),
    allBlocks: [...context.course.flatMap((other) => other.blocks), ...copies.flatMap(({ block }) => (block.language === 'yaml' ? [] : [block]))],
  };
  await check(bench, [...own, ...elsewhere, ...copies]);
  compareWithCourse(bench, trials);
  const prose = await checkTexts(page, trials, { root: context.root, course: context.course, glossary: context.glossary, pagesElsewhere: pagesElsewhere(context.root), suggest: suggestWord });
  const checkedMs = performance.now();
  const chosen = findRunnable(trials.map((trial) => leaveOut(trial, findUnsound(elsewhere, bench))), bench).filter(({ mark }) => prose.get(mark)?.length === 0);
  const running = chosen.flatMap(({ planned }) => planned).filter(({ action }) => action.kind === 'run');
  const asked = new Set(running.map(({ block }) => originalId(block)));
  await run(bench, [...own.filter(({ block, action }) => action.kind === 'run' && isReady(bench, block)), ...elsewhere.filter(({ block }) => asked.has(block.id)), ...running]);
  const broken = findBroken(bench, own);
  // What fails elsewhere as it stands says nothing of a fault; its own page is told when that is mutated.
  const unsound = new Set([...findUnsound(elsewhere, bench), ...findBroken(bench, elsewhere.filter(({ block }) => asked.has(block.id))).keys()]);
  const evidence = { ...bench, prose, broken, chosen: new Set(chosen.map(({ mutant }) => mutant)), runs: context.stack !== undefined };
  return {
    page: page.id, judged: trials.map((trial) => judgeMutant(leaveOut(trial, unsound), evidence)), existing: new Set(all.map(({ id }) => id)), broken, errors,
    checkedS: (checkedMs - startedMs) / 1000, ranS: (performance.now() - checkedMs) / 1000,
  };
}

/** Of an incident: the chart that every one has. We write its query, and nobody claims anything of it. */
function isPicture({ id }: Page, { expectation }: Block): boolean {
  return id.startsWith('incidents/') && expectation === undefined;
}

/** Of a copy: what it is a copy of. */
function originalId({ id }: Block): string {
  return id.slice(0, id.lastIndexOf('~'));
}

function findUnsound(planned: readonly PlannedBlock[], { checked }: Bench): ReadonlySet<string> {
  return new Set(planned.filter(({ block }) => !isSound(checked.get(block.id))).map(({ block }) => block.id));
}

/** Without the copies of these blocks. */
function leaveOut(trial: Trial, ids: ReadonlySet<string>): Trial {
  return ids.size === 0 ? trial : { ...trial, planned: trial.planned.filter(({ block }) => !ids.has(originalId(block))) };
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

async function check(bench: Bench, planned: readonly PlannedBlock[]): Promise<void> {
  const { page, context: { root, tool, world, signal, progress }, allBlocks } = bench;
  progress.say('checking');
  const datasetOf = (block: Block): string | undefined => datasetsOf(block, bench.context.course.find(({ id }) => id === block.page) ?? page)[0];
  const outcomes = await checkBlocks({ planned, context: { root, allBlocks, tool, dataset: world.dataset, datasetOf }, toDiagnostic: (finding, checker) => place(finding, checker.name, checker.rules), signal });
  for (const [id, outcome] of outcomes) bench.checked.set(id, outcome);
  signal.throwIfAborted();
}

/** Each mutant beside the rest of the course, as if its page had been edited: a file of the stack that it is in is no longer as it was. */
function compareWithCourse({ page, context: { root, course, world, glossary }, checked }: Bench, trials: readonly Trial[]): void {
  const pageOf = new Map(course.map((one) => [one.id, one]));
  const context = { root, course, glossary, pagesElsewhere: pagesElsewhere(root), suggest: suggestWord, dataset: world.dataset, datasetOf: (block: Block) => datasetsOf(block, pageOf.get(block.page) ?? page)[0] };
  const stack = readStack(root);
  for (const { mutant, planned } of trials) {
    const copies = new Map(planned.map(({ block }) => [originalId(block), block]));
    const edited = { ...page, blocks: page.blocks.map((block) => copies.get(block.id) ?? block) };
    const found = findDisagreements([edited], context, course.map((one) => (one.id === page.id ? edited : one)), stack.filter(({ source }) => source !== mutant.block.source));
    const outcomes = new Map(planned.flatMap(({ block }) => { const outcome = checked.get(block.id); return outcome === undefined ? [] : [[block.id as string, outcome] as const]; }));
    for (const [id, outcome] of withDisagreements(outcomes, found)) checked.set(id, outcome);
  }
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
