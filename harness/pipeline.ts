import { performance } from 'node:perf_hooks';
import { backends } from './backends/index.ts';
import { openCache, type Cache } from './cache.ts';
import { checkBlocks, type CheckOutcome } from './check/check.ts';
import { withDisagreements } from './check/course.ts';
import { checkPages } from './check/pages.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { findDisagreements } from './disagreements.ts';
import { pagesElsewhere } from './editions.ts';
import { byPlace, collectRules, diagnosticsBetween, diagnosticsWithin, findAnswerable, findHiddenErrors, isSound, judgePage, recallPages, rememberPages } from './evidence.ts';
import { tryIgnored } from './ignored.ts';
import type { Engine } from './model/backend.ts';
import type { Block, Page } from './model/block.ts';
import type { Finding } from './model/checker.ts';
import type { Diagnostic, Rule } from './model/diagnostic.ts';
import type { PageContext } from './model/page-check.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { Report } from './model/report.ts';
import { HarnessError, type Verdict } from './model/verdict.ts';
import { pageChecks } from './page-checks/index.ts';
import { datasetsOf, displayAttributes, pageId, parsePage, placeRange, placeSource, readGlossary, suggestWord, transcriptKey } from './parse/index.ts';
import { commonAttributes } from './plan/attributes.ts';
import { planBlocks, type Plan } from './plan/plan.ts';
import { recordAnswers, type Recorded } from './record/answers.ts';
import { FileTrouble } from './record/trouble.ts';
import { sweepTranscripts, type SweepInput } from './record/sweep.ts';
import { answerKeys, type Memory } from './memory.ts';
import { runBlocks, type RunOutcome } from './run/run.ts';
import { Stack } from './run/stack.ts';
import { costPage } from './shard-costs.ts';
import { describeShard, takeShard, type Shard } from './shard.ts';
import { openWorld, type World } from './world.ts';

export interface VerifyOptions {
  readonly root: string;
  /** Every page of the course, repository-relative, and those of them to be judged. */
  readonly allFiles: readonly string[];
  readonly files: readonly string[];
  /** `check` never executes anything. */
  readonly command: 'check' | 'verify';
  readonly update: boolean;
  readonly useCache: boolean;
  /** Only this part of the pages. */
  readonly shard?: Shard | undefined;
  /** Another stack than the course's, in words (`prometheus v3.13.0`): says which answers would change, writes and remembers nothing. */
  readonly under?: string | undefined;
  /** ISO date: `ignore` expires. */
  readonly today: string;
  /** Called only when there is something to run. */
  readonly openEngine: () => Promise<Engine>;
  readonly tool: (name: string) => Promise<string | undefined>;
  readonly versionOf: (image: string) => string;
  /** Backend → reference of its image. */
  readonly images?: ReadonlyMap<string, string>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What a watching process keeps from run to run; its stack is not disposed here. `answersTo`: a folder for the answers of this run, whatever is stored. */
  readonly warm?: { readonly stack: Stack; readonly memory: Memory; readonly world: World; readonly answersTo?: string };
  /** The report as far as static checks can tell, before anything is run. */
  readonly onChecked?: (report: Report) => void;
}
/** What a live progress line is told. */
export interface Progress {
  begin(total: number): void;
  say(message: string): void;
  done(name: string): void;
}

/** The stages by the clock: whoever observes (`npm run bench`) is told what each took. */
const timed = {
  readCourse: performance.timerify(readCourse), planBlocks: performance.timerify(planBlocks), checkBlocks: performance.timerify(checkBlocks),
  checkProse: performance.timerify(checkProse), runBlocks: performance.timerify(runBlocks), recordAnswers: performance.timerify(recordAnswers),
};

/** parse → plan → check → run → record: everything between the files and the report. */
export async function verify(options: VerifyOptions): Promise<Report> {
  const { root, signal, progress, command, update } = options;
  const startedMs = performance.now();
  const { course, selected, parsed, unreadable } = timed.readCourse(options);
  // Also of pages that are not asked for: what a page records, another may query.
  const allBlocks = course.flatMap((page) => page.blocks);

  const { stack, memory, world } = options.warm ?? { stack: new Stack({ root, backends, openEngine: options.openEngine }), memory: undefined, world: openWorld(root, backends, options.versionOf) };
  const pageOf = new Map(course.map((page) => [page.id, page]));
  const datasetOf = (block: Block): string | undefined => { const page = pageOf.get(block.page); return page && datasetsOf(block, page)[0]; };
  const context = { root, course, allBlocks, glossary: readGlossary(root), pagesElsewhere: pagesElsewhere(root), suggest: suggestWord, tool: options.tool, ...(options.images === undefined ? {} : { images: options.images }), dataset: world.named, datasetOf };
  const disagreements = findDisagreements(selected, context);

  const cache = openCache(root, command, parsed, sharedText(allBlocks));
  const recalled = options.useCache && options.under === undefined ? recallPages(parsed.filter(({ blocks }) => !blocks.some(({ id }) => disagreements.diagnostics.has(id))), cache, options.today) : new Map<string, Verdict[]>();
  const pages = parsed.filter((page) => !recalled.has(page.id));
  progress.begin(pages.reduce((sum, page) => sum + page.blocks.length, 0));

  const plan = timed.planBlocks({ pages, checkers: memory?.wrap(checkers, allBlocks) ?? checkers, datasetsOf, displayAttributes, explainBadDataset: world.explainBadDataset, today: options.today, ...(options.images === undefined ? {} : { images: options.images }) });

  progress.say('checking');
  const check = async (blocks: readonly PlannedBlock[]) => withDisagreements(await timed.checkBlocks({ planned: blocks, context, toDiagnostic: (finding, checker) => place(finding, checker.name, checker.rules), signal }), disagreements);
  const checked = await check(plan.blocks);
  const prose = await timed.checkProse(parsed, context, options, cache);

  const { planned, unanswerable } = command === 'check' ? { planned: [], unanswerable: new Set<string>() } : findRunnable(plan, checked, pageOf);
  const toReport = (verdicts: readonly Verdict[], { pageDiagnostics = [], ...more }: Partial<Report> = {}): Report => ({
    rules: collectRules(checkers, backends), pageDiagnostics: [...parsed.flatMap(diagnosticsBetween), ...prose.diagnostics, ...pageDiagnostics].sort(byPlace), verdicts, changes: [], errors: [],
    stack: describeStack(options.versionOf, stack.digests), elapsedMs: performance.now() - startedMs, interrupted: signal.aborted,
    ...(options.shard === undefined ? {} : { shard: describeShard(root, command, selected, parsed, options.shard) }), ...more,
  });
  options.onChecked?.(toReport(pages.flatMap((page) => judgePage(page, { plan, checked, answered: new Map(), unanswerable, recorded: nothingRecorded }))));
  for (const { block } of plan.blocks) if (!planned.some((one) => one.block === block)) progress.done(block.id);
  const broken: Error[] = [...unreadable.values(), ...(allBlocks.length === 0 ? [new Error(describeEmptyCourse(course))] : [])];
  const keys = memory && answerKeys(planned, ({ block, action }) => keyOf(block, action, world), sharedText(allBlocks));
  const known = memory?.recall(keys ?? new Map()) ?? new Map<string, RunOutcome>();
  const run = (blocks: readonly PlannedBlock[], onto: Stack, onDone: (block: Block) => void) => timed.runBlocks({
    planned: blocks, allBlocks, stack: onto, simulate: world.dataset, signal,
    toDiagnostic: (finding, checker, backend) => place(finding, checker.name, { ...backend.rules, ...checker.rules }),
    onProgress: progress.say, onDone, onBroken: (error) => broken.push(error),
  });
  const fresh = await run(planned.filter(({ block }) => !known.has(block.id)), stack, (block) => progress.done(block.id));
  memory?.store(keys ?? new Map(), fresh);
  if (options.warm === undefined) await stack[Symbol.asyncDispose]().catch((error: Error) => broken.push(error));
  const answered = new Map([...known, ...fresh]);
  const tried = isTrying(options) ? await tryIgnored({ plan, pageOf, check, run: (blocks) => runApart(blocks, options, run, broken) }) : { plan, errors: [] };

  const answers = { planned, answered, backends, lockOf: world.lockOf, keyOf: transcriptKey };
  const recorded = timed.recordAnswers({ ...answers, root, update, under: options.under });
  if (options.warm?.answersTo !== undefined) recordAnswers({ ...answers, root: options.warm.answersTo, update: true });
  for (const page of pages) recalled.set(page.id, judgePage(page, { plan: tried.plan, checked, answered, unanswerable, recorded }));
  const everything = selected.length === course.length && (options.shard?.index ?? 1) === 1;
  const swept = sweepAndRemember({ pages, planned: plan.blocks, known: [...course, ...[...unreadable.keys()].map((file) => ({ id: pageId(file) }))], everything, root, update }, recalled, options.under === undefined ? cache : undefined);
  const verdicts = parsed.flatMap((page) => recalled.get(page.id) ?? []);
  return toReport(verdicts, {
    pageDiagnostics: [...swept.diagnostics, ...recorded.lock],
    changes: [...recorded.changes, ...swept.changes],
    errors: [...broken, ...disagreements.errors, ...prose.errors, ...tried.errors, ...recorded.broken, ...swept.errors, ...findHiddenErrors(verdicts, { checked, answered, recorded })],
  });
}

/** Answers of no block go or are told, and what passed is remembered. What the file system refuses is told beside it. */
function sweepAndRemember(input: SweepInput, verdicts: ReadonlyMap<string, readonly Verdict[]>, cache: Cache | undefined): ReturnType<typeof sweepTranscripts> & { readonly errors: readonly HarnessError[] } {
  const trouble = new FileTrouble();
  const swept = trouble.attempt('The folder docs/transcripts/', () => sweepTranscripts(input));
  if (swept instanceof HarnessError) return { diagnostics: [], changes: [], errors: [swept] };
  const saved = cache && trouble.attempt('The folder .cache/', () => rememberPages(input.pages, verdicts, swept.diagnostics, cache));
  return { ...swept, errors: saved instanceof HarnessError ? [saved] : [] };
}

const nothingRecorded: Recorded = { diagnostics: new Map(), compared: new Set(), changes: [], lock: [], errors: new Map(), broken: [] };

interface Course {
  readonly course: readonly Page[];
  readonly selected: readonly Page[];
  readonly parsed: readonly Page[];
  /** Why a page cannot be read, by its file: no other page waits for it. */
  readonly unreadable: ReadonlyMap<string, HarnessError>;
}

function readCourse({ root, allFiles, files, shard }: VerifyOptions): Course {
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const unreadable = new Map<string, HarnessError>();
  const course = allFiles.flatMap((file) => {
    try {
      return [parsePage({ root, file, knownAttributes })];
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      unreadable.set(file, error);
      return [];
    }
  });
  const selected = course.filter((page) => files.includes(page.file));
  return { course, selected, unreadable, parsed: shard === undefined ? selected : takeShard(selected, shard, (page) => costPage(page, checkers)) };
}

function checkProse(pages: readonly Page[], context: PageContext, { useCache }: VerifyOptions, { prose }: Cache): ReturnType<typeof checkPages> {
  return checkPages({ pages, checks: pageChecks, context, placeSource, remembered: useCache ? prose : { ...prose, has: () => false } });
}

/** All is well with a course of which nothing was found: that must never be said. */
function describeEmptyCourse(course: readonly Page[]): string {
  return `Found no fenced block in the ${course.length} ${course.length === 1 ? 'page' : 'pages'} under docs/content/docs/, expected a course. Is this the right folder, and is every page whole?`;
}

/** Not while pages are edited, nor under another stack: that one passes there is no reason to change the page. */
function isTrying({ command, warm, under }: VerifyOptions): boolean {
  return command === 'verify' && warm === undefined && under === undefined;
}

/** On a stack of their own: what an ignored block breaks shall break nothing else. */
async function runApart(blocks: readonly PlannedBlock[], { root, openEngine }: VerifyOptions, run: (blocks: readonly PlannedBlock[], onto: Stack, onDone: () => void) => ReturnType<typeof runBlocks>, broken: Error[]): ReturnType<typeof runBlocks> {
  const stack = new Stack({ root, backends, openEngine });
  const answered = await run(blocks, stack, () => undefined);
  await stack[Symbol.asyncDispose]().catch((error: Error) => broken.push(error));
  return answered;
}

function keyOf(block: Block, action: PlannedBlock['action'], world: World): string {
  if (action.kind !== 'run') return '';
  const uses = { datasets: [...new Set(action.datasets)].sort(), backends: [action.backend] };
  return transcriptKey(block, uses, world.lockOf(uses));
}

/** What blocks of one page tell those of others: rule files. A page whose verdict was remembered depends on them too. */
function sharedText(blocks: readonly Block[]): string {
  return JSON.stringify(blocks.filter(({ title }) => title?.match(/\.rules\.ya?ml$/)).map(({ id, text }) => [id, text]));
}

/** Blocks that no stage so far has found fault with, without those that continue one that is not run. */
function findRunnable(plan: Plan, checked: ReadonlyMap<string, CheckOutcome>, pageOf: ReadonlyMap<string, Page>): { planned: readonly PlannedBlock[]; unanswerable: ReadonlySet<string> } {
  const ready = plan.blocks.filter(({ block, action }) => {
    const found = [...(plan.diagnostics.get(block.id) ?? []), ...diagnosticsWithin(block, pageOf.get(block.page) as Page)];
    return action.kind === 'run' && isSound(checked.get(block.id)) && isSound({ diagnostics: found });
  });
  const planned = findAnswerable(ready);
  return { planned, unanswerable: new Set(ready.filter((one) => !planned.includes(one)).map(({ block }) => block.id)) };
}

function describeStack(versionOf: (image: string) => string, digests: ReadonlyMap<string, string> | undefined): Report['stack'] {
  const images = new Set(backends.flatMap((backend) => backend.images));
  return Object.fromEntries([...images].map((image) => {
    const imageDigest = digests?.get(image);
    return [image, { version: versionOf(image), ...(imageDigest === undefined ? {} : { imageDigest }) }];
  }));
}

function place(finding: Finding, name: string, rules: Readonly<Record<string, Rule>>): Diagnostic {
  return placeFinding(finding, { name, rules }, placeRange);
}
