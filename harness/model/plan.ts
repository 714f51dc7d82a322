import type { Block } from './block.ts';
import type { Checker } from './checker.ts';

/** What is to be done with one block. */
export type Action =
  | {
    readonly kind: 'skip';
    readonly reason: string;
    /** What would be done without `ignore`; undefined where the block cannot pass as it stands. */
    readonly trial?: Exclude<Action, { readonly kind: 'skip' }>;
  }
  | {
    readonly kind: 'check';
    readonly checker: Checker;
    /** Why it is not run, although checks alone prove too little of it to say that it passed. */
    readonly untried?: string;
  }
  | {
    readonly kind: 'run';
    readonly checker: Checker;
    /** Name of the backend that executes it. */
    readonly backend: string;
    /** Every dataset that it names, its own first. */
    readonly datasets: readonly string[];
  };
export interface PlannedBlock {
  readonly block: Block;
  readonly action: Action;
}
