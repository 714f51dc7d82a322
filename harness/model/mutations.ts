import type { Page } from './block.ts';

/** How the mutants of one kind of block fared on a page. Those that nobody can judge are not counted. */
export interface MutantCounts {
  /** Name of the checker: `promql`. */
  readonly kind: string;
  readonly mutants: number;
  readonly caught: number;
  /** Of the caught ones: how deep each had to go, by `parse`, `type`, `load`, `expect`, `behaviour`. */
  readonly atDepth: Readonly<Record<string, number>>;
  /** Only the answer is not the stored one: not caught. */
  readonly differs: number;
  readonly survived: number;
  /** Listed as meaning the same: neither caught nor missed. */
  readonly equivalent: number;
}
export interface MeasuredPage {
  readonly page: Page['id'];
  /** What its blocks were: `hashBlocks`. */
  readonly blocksSha256: string;
  readonly blocks: number;
  readonly kinds: readonly MutantCounts[];
}
/** `docs/mutations.json`: what `npm run mutate -- --publish` found, page by page. */
export interface PublishedMutations {
  readonly formatVersion: 1;
  readonly seed: string;
  readonly perFault: number;
  readonly perService: number;
  readonly pages: readonly MeasuredPage[];
}
/** Where it stands, from the root. */
export const MUTATIONS_FILE = 'docs/mutations.json';
