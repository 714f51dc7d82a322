import type { Level } from '../../harness/model/diagnostic.ts';
import type { Transcript, TranscriptLock } from '../../harness/model/transcript.ts';

/** `docs/rules/<checker>/<rule>.json`: what a real run said about the examples of a rule's text. Written by its test, never by hand. */
export interface RuleProof {
  readonly level: Level;
  /** The rule's own sentence. */
  readonly summary: string;
  /** The failing example, that this was said about: a page that shows another is stale. */
  readonly failing: string;
  /** As the terminal prints it; the page is called `lesson`. */
  readonly said: string;
  /** Lines of the failing page that it points at. */
  readonly lines: readonly number[];
  readonly repaired: string;
  /** Real answers of the repaired example, by block. */
  readonly answers: readonly { readonly name: string; readonly transcript: Pick<Transcript, 'dataset' | 'backends' | 'output' | 'uses'>; readonly clock: TranscriptLock['datasets'][string] | undefined }[];
}
