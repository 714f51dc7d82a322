import { backends } from './backends/index.ts';
import { openCache } from './cache.ts';
import { checkBlocks, type CheckOutcome } from './check/check.ts';
import { checkPages } from './check/pages.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { collectRules, diagnosticsBetween, diagnosticsWithin, findAnswerable, findHiddenErrors, judgePage, recallPages, rememberPage } from './evidence.ts';
import type { Engine } from './model/backend.ts';
import type { Block, Page } from './model/block.ts';
import type { Finding } from './model/checker.ts';
import type { Diagnostic, Rule } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { Report } from './model/report.ts';
import type { Verdict } from './model/verdict.ts';
import { pageChecks } from './page-checks/index.ts';
import { datasetsOf, displayAttributes, parsePage, placeRange, placeSource, readGlossary, suggestWord, transcriptKey } from './parse/index.ts';
import { commonAttributes } from './plan/attributes.ts';
import { planBlocks, type Plan } from './plan/plan.ts';
import { recordAnswers } from './record/answers.ts';
import { sweepTranscripts } from './record/sweep.ts';
import { runBlocks } from './run/run.ts';
import { openWorld } from './world.ts';

export interface VerifyOptions {
  readonly root: string;
  /** Every page of the course, repository-relative, and those of them to be judged. */
  readonly allFiles: readonly string[];
  readonly files: readonly string[];
  /** `check` never executes anything. */
  readonly command: 'check' | 'verify';
  readonly update: boolean;
  readonly useCache: boolean;
  /** ISO date: `ignore` expires. */
  readonly today: string;
  /** Called only when there is something to run. */
  readonly openEngine: () => Promise<Engine>;
  readonly tool: (name: string) => Promise<string | undefined>;
  readonly versionOf: (image: string) => string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
/** What a live progress line is told. */
export interface Progress {
  begin(total: number): void;
  say(message: string): void;
  done(name: string): void;
}

/** parse → plan → check → run → record: everything between the files and the report. */
export async function verify(options: VerifyOptions): Promise<Report> {
  const { root, signal, progress, command, update } = options;
  const startedMs = performance.now();
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const course = options.allFiles.map((file) => parsePage({ root, file, knownAttributes }));
  const parsed = course.filter((page) => options.files.includes(page.file));
  // Also of pages that are not asked for: what a page records, another may query.
  const allBlocks = course.flatMap((page) => page.blocks);

  const cache = openCache(root, command, parsed, sharedText(allBlocks));
  const recalled = options.useCache ? recallPages(parsed, cache, options.today) : new Map<string, Verdict[]>();
  const pages = parsed.filter((page) => !recalled.has(page.id));
  progress.begin(pages.reduce((sum, page) => sum + page.blocks.length, 0));

  const world = openWorld(root, backends, options.versionOf);
  const plan = planBlocks({ pages, checkers, datasetsOf, displayAttributes, explainBadDataset: world.explainBadDataset, today: options.today });

  const pageOf = new Map(course.map((page) => [page.id, page]));
  const datasetOf = (block: Block): string | undefined => { const page = pageOf.get(block.page); return page && datasetsOf(block, page)[0]; };
  const context = { root, allBlocks, tool: options.tool, dataset: world.dataset, datasetOf };
  progress.say('checking');
  const checked = await checkBlocks({ planned: plan.blocks, context, toDiagnostic: (finding, checker) => place(finding, checker.name, checker.rules), signal });
  const remembered = options.useCache ? cache.prose : { ...cache.prose, has: () => false };
  const prose = await checkPages({ pages: parsed, checks: pageChecks, context: { root, course, glossary: readGlossary(root), suggest: suggestWord }, placeSource, remembered });

  const { planned, unanswerable } = command === 'check' ? { planned: [], unanswerable: new Set<string>() } : findRunnable(plan, checked, pageOf);
  for (const { block } of plan.blocks) if (!planned.some((one) => one.block === block)) progress.done(block.id);
  const broken: Error[] = [];
  let engine: Engine | undefined;
  const answered = await runBlocks({
    planned, allBlocks, backends, root, openEngine: async () => (engine = await options.openEngine()), simulate: world.dataset, signal,
    toDiagnostic: (finding, checker, backend) => place(finding, checker.name, { ...backend.rules, ...checker.rules }),
    onProgress: progress.say, onDone: (block) => progress.done(block.id), onBroken: (error) => broken.push(error),
  });

  const recorded = recordAnswers({ planned, answered, backends, lockOf: world.lockOf, keyOf: transcriptKey, root, update });
  const swept = sweepTranscripts({ pages, planned: plan.blocks, known: parsed, everything: parsed.length === course.length, root, update });

  for (const page of pages) {
    const verdicts = judgePage(page, { plan, checked, answered, unanswerable, recorded });
    recalled.set(page.id, verdicts);
    if (!swept.diagnostics.some((found) => found.place.file.startsWith(`docs/transcripts/${page.id}/`))) rememberPage(page, verdicts, cache);
  }
  cache.save();
  const verdicts = parsed.flatMap((page) => recalled.get(page.id) ?? []);
  return {
    rules: collectRules(checkers, backends),
    pageDiagnostics: [...parsed.flatMap(diagnosticsBetween), ...prose.diagnostics, ...swept.diagnostics, ...recorded.lock],
    verdicts,
    changes: [...recorded.changes, ...swept.changes],
    errors: [...broken, ...prose.errors, ...findHiddenErrors(verdicts, { checked, answered })],
    stack: describeStack(options.versionOf, engine?.digests),
    elapsedMs: performance.now() - startedMs,
    interrupted: signal.aborted,
  };
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

function isSound(outcome: { readonly diagnostics: readonly Diagnostic[]; readonly error?: Error | undefined } | undefined): boolean {
  return outcome !== undefined && outcome.error === undefined && !outcome.diagnostics.some((found) => found.level === 'error');
}

function place(finding: Finding, name: string, rules: Readonly<Record<string, Rule>>): Diagnostic {
  return placeFinding(finding, { name, rules }, placeRange);
}
