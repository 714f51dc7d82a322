import type { CaughtAt } from './depth.ts';
import type { Mutant } from './mutant.ts';

/** What became of a mutant. Only `caught` counts as caught. */
export type Outcome =
  | { readonly kind: 'caught'; readonly depth: CaughtAt; readonly rule: string; readonly message: string; readonly by: string }
  /** Every check passes, and the answer is not the stored one: a person who reads the diff might see it. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'survived' }
  /** Listed in equivalent.yml, and no check or answer tells it from the block as it is. */
  | { readonly kind: 'equivalent'; readonly reason: string }
  /** Static checks pass it, and nothing was run. */
  | { readonly kind: 'not-run' }
  /** Something of ours or a container broke: nobody knows. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface Judged {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
  /** Of one that is not caught: what would. */
  readonly advice: string | undefined;
}
