import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backends } from './backends/index.ts';
import { checkers } from './checkers/index.ts';
import { EQUIVALENT_FILE, excuse, findOutdated, readEquivalents, type Equivalent } from './mutate/equivalent.ts';
import type { PageState } from './mutate/publish.ts';
import { makeReport, type MutationReport } from './mutate/report.ts';
import { ENOUGH } from './mutate/tally.ts';
import { mutatePage, type MutateContext, type MutatedPage } from './mutate-page.ts';
import { listPages, UsageError } from './pages.ts';
import { commonAttributes, hashBlocks, parsePage, readGlossary } from './parse/index.ts';
import { createProgress, labelProgress } from './report/progress.ts';
import { Stack } from './run/stack.ts';
import { openSession } from './session.ts';
import { openWorld } from './world.ts';

export interface MutateOptions extends Pick<MutateContext, 'root' | 'seed' | 'perFault' | 'perService' | 'signal'> {
  /** Pages to be mutated, repository-relative. */
  readonly files: readonly string[];
  /** No engine. */
  readonly isStatic: boolean;
  /** Told of each page when it is done: an interrupted run has measured those before. */
  readonly onPage?: (page: MutatedPage, states: ReadonlyMap<string, PageState>) => void;
}

/**
 * Mutates pages one after the other, on one stack.
 * @throws UsageError when equivalent.yml cannot be read
 */
export async function mutateCourse({ root, files, isStatic, seed, perFault, perService, signal, onPage }: MutateOptions): Promise<{ report: MutationReport; errors: readonly Error[] }> {
  const listed = readList(root);
  const progress = createProgress({ stream: process.stderr });
  const session = await openSession({ root, command: isStatic ? 'check' : 'verify', update: false, useCache: false, progress, signal });
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const course = listPages(root).map((file) => parsePage({ root, file, knownAttributes }));
  const states = new Map(course.map((page) => [page.id, { blocksSha256: hashBlocks(page), blocks: page.blocks.length }]));
  const stack = new Stack({ root, backends, openEngine: session.openEngine });
  const context: MutateContext = {
    root, course, glossary: readGlossary(root), stack: isStatic ? undefined : stack, world: openWorld(root, backends, session.versionOf), tool: session.tool, seed, perFault, perService,
    today: new Date().toISOString().slice(0, 10), progress, signal,
  };
  const pages: MutatedPage[] = [];
  try {
    const chosen = course.filter(({ file, blocks }) => files.includes(file) && blocks.length > 0);
    for (const [index, page] of chosen.entries()) {
      const label = chosen.length === 1 ? page.id : `${page.id} (${index + 1} of ${chosen.length})`;
      const mutated = await mutatePage(page, { ...context, progress: labelProgress(progress, label) }).then((one) => ({ ...one, judged: excuse(one.judged, listed) }));
      pages.push(mutated);
      onPage?.(mutated, states);
      // What broke may be the backend itself: the next page has its own.
      if (mutated.errors.length > 0 || mutated.judged.some(({ outcome }) => outcome.kind === 'unknown')) await stack[Symbol.asyncDispose]();
    }
  } finally {
    progress.say('ending the backends');
    await stack[Symbol.asyncDispose]();
    progress.end();
  }
  const problems = [
    ...pages.flatMap(({ broken }) => [...broken].map(([id, why]) => `${id} does not pass as it stands: ${why}`)),
    ...findOutdated(listed, pages.map(({ page }) => page), new Set(pages.flatMap(({ existing }) => [...existing])), pages.flatMap((page) => page.judged)),
  ];
  return { report: makeReport(seed, pages, problems), errors: pages.flatMap(({ errors }) => errors) };
}

function readList(root: string): readonly Equivalent[] {
  try {
    return readEquivalents(readFileSync(join(root, EQUIVALENT_FILE), 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** 0 nine in ten of each kind are caught, 1 they are not or a page has to be mended, 2 something is not known. */
export function exitCodeOf({ kinds, problems, judged }: MutationReport, errors: readonly Error[]): number {
  if (errors.length > 0 || judged.some(({ outcome }) => outcome.kind === 'unknown') && problems.length === 0) return 2;
  return problems.length > 0 || kinds.some(({ share }) => share !== undefined && share < ENOUGH) ? 1 : 0;
}
