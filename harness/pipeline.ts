import { backends } from './backends/index.ts';
import { openCache } from './cache.ts';
import { checkBlocks } from './check/check.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { collectRules, diagnosticsBetween, judgePage, recallPage, rememberPage } from './evidence.ts';
import type { Engine } from './model/backend.ts';
import type { Block } from './model/block.ts';
import type { Finding } from './model/checker.ts';
import type { Diagnostic, Rule } from './model/diagnostic.ts';
import type { Report } from './model/report.ts';
import { datasetsOf, displayAttributes, parsePage, placeRange, transcriptKey } from './parse/index.ts';
import { commonAttributes } from './plan/attributes.ts';
import { planBlocks } from './plan/plan.ts';
import { recordAnswers } from './record/answers.ts';
import { sweepTranscripts } from './record/sweep.ts';
import { runBlocks } from './run/run.ts';
import { openWorld } from './world.ts';

export interface VerifyOptions {
  readonly root: string;
  /** Repository-relative MDX files, and whether these are all there are. */
  readonly files: readonly string[];
  readonly everything: boolean;
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
  const parsed = options.files.map((file) => parsePage({ root, file, knownAttributes }));

  const cache = openCache(root, command);
  const recalled = new Map(parsed.flatMap((page) => {
    const verdicts = options.useCache ? recallPage(page, cache) : undefined;
    return verdicts === undefined ? [] : [[page.id, verdicts] as const];
  }));
  const pages = parsed.filter((page) => !recalled.has(page.id));
  const allBlocks = parsed.flatMap((page) => page.blocks);
  progress.begin(pages.reduce((sum, page) => sum + page.blocks.length, 0));

  const world = openWorld(root, backends, options.versionOf);
  const plan = planBlocks({ pages, checkers, datasetsOf, displayAttributes, explainBadDataset: world.explainBadDataset, today: options.today });

  const pageOf = new Map(pages.map((page) => [page.id, page]));
  const datasetOf = (block: Block): string | undefined => { const page = pageOf.get(block.page); return page && datasetsOf(block, page)[0]; };
  const context = { root, allBlocks, tool: options.tool, dataset: world.dataset, datasetOf };
  progress.say('checking');
  const checked = await checkBlocks({ planned: plan.blocks, context, toDiagnostic: (finding, checker) => place(finding, checker.name, checker.rules), signal });

  const planned = plan.blocks.filter(({ block, action }) => action.kind === 'run' && isSound(checked.get(block.id)) && isSound({ diagnostics: plan.diagnostics.get(block.id) ?? [] }));
  const answered = command === 'check' ? new Map<string, never>() : await runBlocks({
    planned, allBlocks, backends, root, openEngine: options.openEngine, simulate: world.dataset, signal,
    toDiagnostic: (finding, checker, backend) => place(finding, checker.name, { ...backend.rules, ...checker.rules }),
    onProgress: progress.say, onDone: (block) => progress.done(block.id),
  });

  const recorded = recordAnswers({ planned, answered, backends, lockOf: world.lockOf, keyOf: transcriptKey, root, update });
  const swept = sweepTranscripts({ pages, planned: plan.blocks, known: parsed, everything: options.everything, root, update });

  for (const page of pages) {
    const verdicts = judgePage(page, { plan, checked, answered, recorded });
    recalled.set(page.id, verdicts);
    if (!swept.diagnostics.some((found) => found.place.file.startsWith(`docs/transcripts/${page.id}/`))) rememberPage(page, verdicts, cache);
  }
  cache.save();
  return {
    rules: collectRules(checkers, backends),
    pageDiagnostics: [...parsed.flatMap(diagnosticsBetween), ...swept.diagnostics],
    verdicts: parsed.flatMap((page) => recalled.get(page.id) ?? []),
    changes: [...recorded.changes, ...swept.changes],
    errors: [],
    stack: Object.fromEntries([...new Set(backends.flatMap((backend) => backend.images))].map((image) => [image, { version: options.versionOf(image) }])),
    elapsedMs: performance.now() - startedMs,
    interrupted: signal.aborted,
  };
}

function isSound(outcome: { readonly diagnostics: readonly Diagnostic[]; readonly error?: Error | undefined } | undefined): boolean {
  return outcome !== undefined && outcome.error === undefined && !outcome.diagnostics.some((found) => found.level === 'error');
}

function place(finding: Finding, name: string, rules: Readonly<Record<string, Rule>>): Diagnostic {
  return placeFinding(finding, { name, rules }, placeRange);
}
