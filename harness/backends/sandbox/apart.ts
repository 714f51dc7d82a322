import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import { HarnessError } from '../../model/verdict.ts';
import { wholeBlock } from '../answers.ts';

/** Our program in a sandbox ended without its results: it crashed, or a block ended it. */
export class RunnerLost extends HarnessError {
  /** True when a signal ended it, or its whole container: none of ours ends so. */
  readonly isKilled: boolean;
  constructor(message: string, isKilled: boolean, more: { readonly cause?: unknown; readonly logTail?: string } = {}) {
    super('backend-lost', message, more);
    this.isKilled = isKilled;
  }
}

/** How some blocks are run together, and what becomes of them where that cannot be. */
export interface Together<T> {
  /** Runs them in a sandbox that no other blocks have used since the last loss, and tells their results. Throws RunnerLost. */
  readonly run: (items: readonly T[]) => Promise<void>;
  /** The one that ended whoever ran it. */
  readonly blame: (item: T) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs blocks together; where that ends the program that runs them, in halves, until it is known which one did that: one that does it
 * twice alone, since somebody else may have ended the sandbox once. All others are judged. Throws, when all are through, the first loss that was no block's doing, and at once whatever else `run` throws.
 */
export async function runApart<T>(items: readonly T[], { run, blame, signal }: Together<T>): Promise<void> {
  const losses: RunnerLost[] = [];
  const attempt = async (some: readonly T[], isSecond = false): Promise<void> => {
    if (some.length === 0) return;
    try {
      await run(some);
    } catch (error) {
      if (!(error instanceof RunnerLost) || signal.aborted) throw error;
      const [only] = some;
      if (some.length === 1 && only !== undefined) {
        if (!error.isKilled) return void losses.push(error);
        return isSecond ? blame(only) : await attempt(some, true);
      }
      const half = Math.ceil(some.length / 2);
      await attempt(some.slice(0, half));
      await attempt(some.slice(half));
    }
  };
  await attempt(items);
  if (losses[0] !== undefined) throw losses[0];
}

/** What is said of a block that ended whoever ran it. */
export function judgeVandal(block: Block): Finding[] {
  return [wholeBlock(block, 'killed', 'Found a block that ended the program that runs blocks, expected one that ends only what it started. It sends a signal to its parent or to all processes, or leaves no memory to anybody: name the process that is meant, or keep less.')];
}
