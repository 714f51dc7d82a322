import type { Block } from './block.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { NonEmpty } from './place.ts';

/** The strongest thing that really happened to a block, weakest first. */
export type Depth = 'parsed' | 'checked' | 'ran' | 'compared';

interface Outcome {
  readonly block: Block;
  readonly depth: Depth;
  readonly elapsedMs: number;
}
export type Verdict =
  | (Outcome & { readonly kind: 'passed'; readonly diagnostics: readonly Diagnostic[] })
  | (Outcome & { readonly kind: 'failed'; readonly diagnostics: NonEmpty<Diagnostic> })
  | (Outcome & { readonly kind: 'skipped'; readonly reason: string })
  /** We or a container broke. Says nothing about the author's text. */
  | (Outcome & { readonly kind: 'errored'; readonly error: HarnessError });

export type HarnessErrorCode =
  | 'checker-crashed'
  | 'engine-missing'
  | 'image-not-built'
  | 'backend-not-ready'
  | 'backend-lost'
  | 'timed-out'
  | 'cancelled'
  | 'io-failed';

/** Breakage of ours or of a container: exit code 2. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly code: HarnessErrorCode;
  /** Last log lines of the container involved; empty when none was. */
  readonly logTail: string;
  constructor(code: HarnessErrorCode, message: string, more: { cause?: unknown; logTail?: string } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.logTail = more.logTail ?? '';
  }
}
