import { createHash } from 'node:crypto';
import type { Block } from './model/block.ts';
import type { CheckContext, Checker, Finding } from './model/checker.ts';
import type { PlannedBlock } from './model/plan.ts';
import type { RunOutcome } from './run/run.ts';

/** What a watching process has seen, so that a save costs only what it changed. Lives in memory: a new process knows nothing. */
export interface Memory {
  /** The same checkers; each checks again only when its blocks have changed, or something that it looked at beside them. */
  wrap(checkers: readonly Checker[], allBlocks: readonly Block[]): readonly Checker[];
  /** Answers without a finding, by block id, of blocks whose key is as it was. */
  recall(keys: ReadonlyMap<string, string>): Map<string, RunOutcome>;
  store(keys: ReadonlyMap<string, string>, answered: ReadonlyMap<string, RunOutcome>): void;
  /** A file beside the pages has changed: static findings may depend on it. Answers know by their key. */
  forgetChecks(): void;
}

interface Checked {
  readonly own: string;
  /** With every block of the course; undefined when the checker did not look at them. */
  readonly all: string | undefined;
  readonly findings: readonly Finding[];
}

/** Answers to blocks that nobody writes any more: enough for hours of editing. */
const MOST_ANSWERS = 2_000;

export function createMemory(): Memory {
  const checked = new Map<string, Checked>();
  const answers = new Map<string, RunOutcome>();
  return {
    wrap: (checkers, allBlocks) => {
      const all = hashBlocks(allBlocks);
      return checkers.map((checker) => ({ ...checker, check: (blocks, context, signal) => checkOnce(checked, checker, blocks, context, all, signal) }));
    },
    recall: (keys) => new Map([...keys].flatMap(([id, key]) => {
      const answer = answers.get(key);
      return answer === undefined ? [] : [[id, { ...answer, elapsedMs: 0 }] as const];
    })),
    store: (keys, answered) => {
      for (const [id, outcome] of answered) {
        const key = keys.get(id);
        // A finding is placed on a line, and lines move: what fails is asked again.
        if (key === undefined || outcome.output === undefined || outcome.diagnostics.length > 0) continue;
        answers.delete(key);
        answers.set(key, outcome);
      }
      for (const key of [...answers.keys()].slice(0, Math.max(0, answers.size - MOST_ANSWERS))) answers.delete(key);
    },
    forgetChecks: () => checked.clear(),
  };
}

async function checkOnce(memory: Map<string, Checked>, checker: Checker, blocks: readonly Block[], context: CheckContext, all: string, signal: AbortSignal): Promise<readonly Finding[]> {
  const own = hashBlocks(blocks);
  const before = memory.get(checker.name);
  if (before?.own === own && (before.all ?? all) === all) return rebind(before.findings, [...context.allBlocks, ...blocks]);
  const looked = watchContext(context);
  const findings = await checker.check(blocks, looked.context, signal);
  if (looked.lacksTool()) memory.delete(checker.name);
  else memory.set(checker.name, { own, all: looked.atCourse() ? all : undefined, findings });
  return findings;
}

/** The context, and what a checker has asked of it. */
function watchContext(context: CheckContext): { readonly context: CheckContext; atCourse(): boolean; lacksTool(): boolean } {
  let [atCourse, lacksTool] = [false, false];
  return {
    context: {
      ...context,
      get allBlocks() {
        atCourse = true;
        return context.allBlocks;
      },
      tool: async (name) => {
        const path = await context.tool(name);
        // It may be there next time.
        if (path === undefined) lacksTool = true;
        return path;
      },
    },
    atCourse: () => atCourse,
    lacksTool: () => lacksTool,
  };
}

/** Blocks are parsed anew with each save, and may have moved on their page. */
function rebind(findings: readonly Finding[], blocks: readonly Block[]): readonly Finding[] {
  const byId = new Map<string, Block>(blocks.map((block) => [block.id, block]));
  const anew = <T extends { readonly block: Block }>(spot: T): T => ({ ...spot, block: byId.get(spot.block.id) ?? spot.block });
  return findings.map((finding) => ({ ...anew(finding), ...(finding.related === undefined ? {} : { related: finding.related.map((other) => ({ ...other, at: anew(other.at) })) }) }));
}

function hashBlocks(blocks: readonly Block[]): string {
  const hash = createHash('sha256');
  for (const block of blocks) hash.update(JSON.stringify([block.id, block.language, block.text, [...block.attributes].map(([name, { value }]) => [name, value])]));
  return hash.digest('hex');
}

/**
 * One key a block that is executed: equal keys, equal answers. A service and the queries that continue it are answered together,
 * so they share theirs.
 * @param keyOf the key of a transcript
 * @param shared what every answer of rules depends on beside its own block: rule files of other pages
 */
export function answerKeys(planned: readonly PlannedBlock[], keyOf: (planned: PlannedBlock) => string, shared: string): Map<string, string> {
  const own = new Map(planned.map((one) => [one.block.id as string, keyOf(one)]));
  const groups = Map.groupBy(planned, ({ block }) => `${block.page} ${String(block.attributes.get('continues')?.value ?? block.name)}`);
  return new Map([...groups.values()].flatMap((group) => {
    const together = createHash('sha256').update(shared).update(group.map(({ block }) => own.get(block.id)).join()).digest('hex');
    return group.map(({ block }) => [block.id as string, `${block.id} ${own.get(block.id)} ${together}`] as const);
  }));
}
