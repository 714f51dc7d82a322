import type { Cache, PassedBlock } from './cache.ts';
import type { CheckOutcome } from './check/check.ts';
import { courseChecks } from './course-checks/index.ts';
import { judge } from './judge.ts';
import type { Backend } from './model/backend.ts';
import type { Block, Page } from './model/block.ts';
import type { Checker } from './model/checker.ts';
import type { Diagnostic, Rule, RuleId } from './model/diagnostic.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { Depth, HarnessError, Verdict } from './model/verdict.ts';
import { pageChecks } from './page-checks/index.ts';
import { glossaryRules, incidentRules, parseRules } from './parse/index.ts';
import { planRules, type Plan } from './plan/plan.ts';
import type { Recorded } from './record/answers.ts';
import { recordRules } from './record/record.ts';
import { answerRules } from './run/judge-answer.ts';
import type { RunOutcome } from './run/run.ts';

/** Every rule that a run can name, by id: what reports, docs and tests are made from. */
export function collectRules(checkers: readonly Checker[], backends: readonly Backend[]): ReadonlyMap<RuleId, Rule> {
  const rules = new Map<RuleId, Rule>(Object.entries({ ...parseRules, ...glossaryRules, ...incidentRules, ...planRules, ...answerRules, ...recordRules }) as [RuleId, Rule][]);
  for (const check of pageChecks) for (const [name, rule] of Object.entries(check.rules)) rules.set(`page/${name}`, rule);
  for (const check of courseChecks) for (const [name, rule] of Object.entries(check.rules)) rules.set(`course/${name}`, rule);
  for (const checker of checkers) {
    const own: Record<string, Rule> = Object.assign({}, ...backends.map((backend) => rulesFrom(backend, checker)), checker.rules);
    for (const [name, rule] of Object.entries(own)) rules.set(`${checker.name}/${name}`, rule);
  }
  return rules;
}

/** What blocks of a checker can break on a backend: all of its own one, and what its attributes lead to on others. */
function rulesFrom(backend: Backend, checker: Checker): Readonly<Record<string, Rule>> {
  if (backend.name === checker.backend) return backend.rules;
  const led = Object.entries(backend.rulesByAttribute ?? {}).filter(([attribute]) => checker.backend !== undefined && checker.attributes.includes(attribute));
  return Object.assign({}, ...led.map(([, rules]) => rules)) as Record<string, Rule>;
}

/** Nothing broke, and no mistake was found. False for what was not looked at. */
export function isSound(outcome: { readonly diagnostics: readonly Diagnostic[]; readonly error?: Error | undefined } | undefined): boolean {
  return outcome !== undefined && outcome.error === undefined && !outcome.diagnostics.some((found) => found.level === 'error');
}

/** Of blocks that are ready to run, those that can be answered: what continues a live block needs that block to run. */
export function findAnswerable(ready: readonly PlannedBlock[]): PlannedBlock[] {
  return ready.filter(({ block }) => {
    const continued = block.attributes.get('continues')?.value;
    return continued === undefined || ready.some((other) => other.block.page === block.page && other.block.name === continued);
  });
}

export interface Collected {
  readonly plan: Plan;
  readonly checked: ReadonlyMap<string, CheckOutcome>;
  readonly answered: ReadonlyMap<string, RunOutcome>;
  /** Ids of blocks that continue one which is not run. */
  readonly unanswerable: ReadonlySet<string>;
  readonly recorded: Recorded;
}

/** One verdict a block, in order of the page, out of what all stages found. */
export function judgePage(page: Page, collected: Collected): Verdict[] {
  const planned = new Map(collected.plan.blocks.map((one) => [one.block.id, one]));
  return page.blocks.map((block) => judgeBlock(block, page, planned.get(block.id) as PlannedBlock, collected));
}

function judgeBlock(block: Block, page: Page, { action }: PlannedBlock, { plan, checked, answered, unanswerable, recorded }: Collected): Verdict {
  const check = checked.get(block.id);
  const run = answered.get(block.id);
  const untried = action.kind === 'check' ? action.untried : undefined;
  return judge({
    block,
    skipReason: action.kind === 'skip' ? action.reason : untried !== undefined ? untried : unanswerable.has(block.id) ? `it continues ${String(block.attributes.get('continues')?.value)}, which has mistakes of its own and was not run` : undefined,
    diagnostics: [
      ...diagnosticsWithin(block, page),
      // Once its mistakes are mended it may be run after all, and then needs its name.
      ...(plan.diagnostics.get(block.id) ?? []).filter(({ ruleId }) => ruleId !== 'plan/needless-name' || untried === undefined || isSound(check)),
      ...(check?.diagnostics ?? []),
      ...(run?.diagnostics ?? []),
      ...(recorded.diagnostics.get(block.id) ?? []),
    ],
    error: check?.error ?? run?.error ?? recorded.errors.get(block.id),
    depth: depthOf(check?.depth ?? 'parsed', run, recorded.compared.has(block.id)),
    elapsedMs: (check?.elapsedMs ?? 0) + (run?.elapsedMs ?? 0),
  });
}

function depthOf(checked: Depth, run: RunOutcome | undefined, compared: boolean): Depth {
  if (compared) return 'compared';
  return run?.output === undefined ? checked : 'ran';
}

/** Breakage of blocks that failed anyway, each error once: their verdict shows the author's mistake, the report shows these. */
export function findHiddenErrors(verdicts: readonly Verdict[], { checked, answered, recorded }: Pick<Collected, 'checked' | 'answered'> & { readonly recorded?: Recorded }): HarnessError[] {
  const shown = new Set(verdicts.flatMap((verdict) => (verdict.kind === 'errored' ? [verdict.error] : [])));
  const all = [...[...checked.values(), ...answered.values()].flatMap(({ error }) => error ?? []), ...(recorded?.errors.values() ?? [])];
  return [...new Set(all)].filter((error) => !shown.has(error));
}

/** Order of diagnostics that belong to no block: the same however a run was split. */
export function byPlace(left: Diagnostic, right: Diagnostic): number {
  const keyOf = ({ place, ruleId, message }: Diagnostic): readonly (string | number)[] => [place.file, place.start.line, place.start.column, ruleId, message];
  const [a, b] = [keyOf(left), keyOf(right)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at === -1 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
}

/** What parsing found on the lines of a block belongs to its verdict. */
export function diagnosticsWithin(block: Block, page: Page): Diagnostic[] {
  return page.diagnostics.filter((found) => isWithin(found, block, page));
}
/** What parsing found elsewhere on the page. */
export function diagnosticsBetween(page: Page): Diagnostic[] {
  return page.diagnostics.filter((found) => !page.blocks.some((block) => isWithin(found, block, page)));
}
function isWithin(found: Diagnostic, block: Block, page: Page): boolean {
  const last = Math.max(block.fence.end.line, ...block.lines.filter((line) => line.file === page.file).map((line) => line.line));
  return found.place.file === page.file && found.place.start.line >= block.fence.start.line && found.place.start.line <= last;
}

/**
 * Verdicts of a page that is as it was when it passed, unless an `ignore` has expired since.
 * @param today ISO date
 */
export function recallPage(page: Page, cache: Cache, today: string): Verdict[] | undefined {
  const passed = cache.lookUp(page);
  if (page.blocks.some((block) => String(block.attributes.get('until')?.value ?? today) < today)) return undefined;
  if (passed === undefined || passed.length !== page.blocks.length) return undefined;
  return page.blocks.map((block, index): Verdict => {
    const { kind, depth, reason } = passed[index] as PassedBlock;
    return kind === 'skipped' ? { kind, block, depth, elapsedMs: 0, reason: reason ?? '' } : { kind, block, depth, elapsedMs: 0, diagnostics: [] };
  });
}

/** The pages that can be recalled, by id. */
export function recallPages(pages: readonly Page[], cache: Cache, today: string): Map<string, Verdict[]> {
  return new Map(pages.flatMap((page) => {
    const verdicts = recallPage(page, cache, today);
    return verdicts === undefined ? [] : [[page.id, verdicts] as const];
  }));
}

/**
 * Remembers a page that passed whole, forgets one that did not. Warnings are not remembered, so that they are said again;
 * neither is what was only parsed because a tool was missing: the tool may be there next time.
 */
export function rememberPage(page: Page, verdicts: readonly Verdict[], cache: Cache): void {
  const passed = verdicts.flatMap((verdict): PassedBlock[] => {
    if (verdict.kind === 'skipped') return [{ id: verdict.block.id, kind: 'skipped', depth: verdict.depth, reason: verdict.reason }];
    return verdict.kind === 'passed' && verdict.depth !== 'parsed' && verdict.diagnostics.length === 0 ? [{ id: verdict.block.id, kind: 'passed', depth: verdict.depth }] : [];
  });
  if (passed.length === verdicts.length && page.diagnostics.length === 0) cache.store(page, passed);
  else cache.forget(page);
}

/** Remembers what passed, in the file of this machine. A page with an answer of no block is not whole. Throws what the file system says. */
export function rememberPages(pages: readonly Page[], verdicts: ReadonlyMap<string, readonly Verdict[]>, orphans: readonly Diagnostic[], cache: Cache): void {
  for (const page of pages) {
    if (!orphans.some((found) => found.place.file.startsWith(`docs/transcripts/${page.id}/`))) rememberPage(page, verdicts.get(page.id) ?? [], cache);
  }
  cache.save();
}
