import type { Block } from './model/block.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { NonEmpty } from './model/place.ts';
import type { Depth, HarnessError, Verdict } from './model/verdict.ts';

/** Everything that the stages found out about one block. */
export interface Evidence {
  readonly block: Block;
  readonly skipReason: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly error: HarnessError | undefined;
  readonly depth: Depth;
  readonly elapsedMs: number;
}

/** Exactly one verdict a block. The author's mistakes come first: they are true whatever else broke, which `findHiddenErrors` then tells. */
export function judge(evidence: Evidence): Verdict {
  const { block, depth, elapsedMs, diagnostics, error, skipReason } = evidence;
  const outcome = { block, depth, elapsedMs };
  if (diagnostics.some((diagnostic) => diagnostic.level === 'error')) return { ...outcome, kind: 'failed', diagnostics: diagnostics as unknown as NonEmpty<Diagnostic> };
  if (error !== undefined) return { ...outcome, kind: 'errored', error };
  if (skipReason !== undefined) return { ...outcome, kind: 'skipped', reason: skipReason };
  return { ...outcome, kind: 'passed', diagnostics };
}
