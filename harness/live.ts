import { basename } from 'node:path';
import { runLive, readLivePlans, restate, type LivePlan, type LiveResults } from './backends/shop/run-live.ts';
import { whyUnmeasured } from './backends/shop/stalls.ts';
import { backends } from './backends/index.ts';
import { placeFinding } from './check/place.ts';
import { checkers } from './checkers/index.ts';
import { collectRules, diagnosticsBetween, diagnosticsWithin } from './evidence.ts';
import { judge } from './judge.ts';
import type { Engine, RunResult } from './model/backend.ts';
import type { Block, Page } from './model/block.ts';
import type { Checker, Finding } from './model/checker.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Report } from './model/report.ts';
import { HarnessError, type Verdict } from './model/verdict.ts';
import { UsageError } from './pages.ts';
import { parsePage, placeRange } from './parse/index.ts';
import type { Progress } from './pipeline.ts';
import { commonAttributes } from './plan/attributes.ts';
import { findChecker } from './model/checker.ts';
import { judgeAnswer } from './run/judge-answer.ts';

export interface LiveOptions {
  readonly root: string;
  /** Pages to be judged, repository-relative; of them the incidents that have a plan for a live run. */
  readonly files: readonly string[];
  /** Whether somebody named them: then one without a plan is an error rather than left out. */
  readonly isNamed: boolean;
  readonly openEngine: () => Promise<Engine>;
  readonly versionOf: (image: string) => string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
interface LiveIncident {
  readonly name: string;
  readonly page: Page;
  readonly live: LivePlan;
  /** What the incident states of its live run, as that run is held to it. */
  readonly blocks: readonly Block[];
}

/** What the services of a live run are, and what watches them. */
const IMAGES = ['prometheus', 'loki', 'jaeger', 'sandbox'];

/**
 * Lives through incidents on the real services, one after the other, and holds what their files state of a live run (`proven: live` or
 * `both`) against what the services really left. Nothing is stored or remembered: no two live runs are the same.
 * @throws UsageError when a page was named that is no incident with a plan
 */
export async function verifyLive(options: LiveOptions): Promise<Report> {
  const { progress, signal, versionOf } = options;
  const startedMs = performance.now();
  const incidents = selectIncidents(options);
  progress.begin(incidents.reduce((sum, { blocks }) => sum + blocks.length, 0));
  const verdicts: Verdict[] = [];
  const errors: Error[] = [];
  let digests: ReadonlyMap<string, string> = new Map();
  try {
    await using engine = await options.openEngine();
    for (const incident of incidents) verdicts.push(...await judgeIncident(incident, engine, options));
    digests = engine.digests;
  } catch (error) {
    if (!signal.aborted) errors.push(error as Error);
  }
  return {
    rules: collectRules(checkers, backends), pageDiagnostics: incidents.flatMap(({ page }) => diagnosticsBetween(page)), verdicts, changes: [], errors,
    stack: Object.fromEntries(IMAGES.map((image) => {
      const imageDigest = digests.get(image);
      return [image, { version: versionOf(image), ...(imageDigest === undefined ? {} : { imageDigest }) }];
    })),
    elapsedMs: performance.now() - startedMs, interrupted: signal.aborted,
  };
}

function selectIncidents({ root, files, isNamed }: LiveOptions): readonly LiveIncident[] {
  const plans = readLivePlans(root);
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  return files.flatMap((file): readonly LiveIncident[] => {
    const name = basename(file, '.yaml');
    const live = file.endsWith('.yaml') ? plans.get(name) : undefined;
    if (live === undefined) {
      if (isNamed) throw new UsageError(`${file} has no live run: only incidents with an entry in snippets/technow/live.yaml have one: ${[...plans.keys()].map((known) => `incidents/${known}`).join(', ')}`);
      return [];
    }
    const page = parsePage({ root, file, knownAttributes });
    const blocks = page.blocks.filter(({ expectation }) => expectation !== undefined && expectation.proven !== 'dataset').map((block) => restate(block, live));
    return [{ name, page, live, blocks }];
  });
}

/** One verdict a claim. A machine that stood still leaves all of an incident without one, whatever they found; a run that breaks leaves every claim of its incident errored, and the next incident has its own. */
async function judgeIncident({ name, page, live, blocks }: LiveIncident, engine: Engine, { root, progress, signal }: LiveOptions): Promise<readonly Verdict[]> {
  const startedMs = performance.now();
  let answers: LiveResults = { results: [], stallShare: 0 };
  let error: HarnessError | undefined;
  try {
    answers = await runLive({ root, engine, progress: (message) => progress.say(message) }, name, live, blocks, signal);
  } catch (cause) {
    error = signal.aborted ? new HarnessError('cancelled', 'interrupted', { cause }) : toHarnessError(name, cause);
  }
  if (signal.aborted) error ??= new HarnessError('cancelled', 'interrupted');
  const { results } = answers;
  const unjudged = error === undefined ? concludeLive(name, answers, blocks) : {};
  const skipReason = unjudged.skipReason;
  error ??= unjudged.error;
  const elapsedMs = (performance.now() - startedMs) / Math.max(1, blocks.length);
  return blocks.map((block): Verdict => {
    progress.done(block.id);
    const result = skipReason === undefined ? results.find((one) => one.block === block) : undefined;
    return judge({ block, skipReason, error, elapsedMs, depth: result === undefined ? 'parsed' : 'ran', diagnostics: [...diagnosticsWithin(block, page), ...(result === undefined ? [] : diagnose(result))] });
  });
}

function toHarnessError(name: string, cause: unknown): HarnessError {
  return cause instanceof HarnessError ? cause : new HarnessError('backend-lost', `the live run of ${name} broke`, { cause });
}

/**
 * Why no claim of a live run has a verdict: skipped, where this machine stood still for too long, also where the run broke over that;
 * errored, where it broke on a machine that kept time, or has no answer to a claim. Empty: all are judged.
 */
export function concludeLive(name: string, { results, stallShare, broke }: LiveResults, blocks: readonly Block[]): { readonly skipReason?: string; readonly error?: HarnessError } {
  const unmeasured = whyUnmeasured(stallShare);
  const error = broke === undefined ? undefined : toHarnessError(name, broke);
  if (unmeasured !== undefined) return { skipReason: error === undefined ? unmeasured : `${unmeasured}. It broke, too: ${error.message}` };
  if (error !== undefined) return { error };
  return blocks.every((block) => results.some((one) => one.block === block)) ? {} : { error: new HarnessError('backend-lost', `the live run of ${name} ended without an answer to every claim`) };
}

function diagnose({ block, output, findings }: RunResult): readonly Diagnostic[] {
  return [...findings.map((finding) => toDiagnostic(finding, findChecker(block, checkers) as Checker)), ...(output === undefined ? [] : judgeAnswer(block, output))];
}

function toDiagnostic(finding: Finding, { name, backend, rules }: Checker): Diagnostic {
  return placeFinding(finding, { name, rules: { ...backends.find((one) => one.name === backend)?.rules, ...rules } }, placeRange);
}
