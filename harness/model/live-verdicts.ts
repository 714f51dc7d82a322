import type { Level } from './diagnostic.ts';
import type { Depth, Verdict } from './verdict.ts';

/** What a page's blocks are found to be while it is written: from the harness to the site's server, as JSON. */
export interface LiveVerdicts {
  /** By page id. */
  readonly pages: Readonly<Record<string, LivePage>>;
}
export interface LivePage {
  /** False while blocks still run. */
  readonly isDone: boolean;
  /** By block id. */
  readonly blocks: Readonly<Record<string, LiveBlock>>;
  /** About the page, not about one block. */
  readonly findings: readonly LiveFinding[];
}
export interface LiveBlock {
  readonly verdict: Verdict['kind'] | 'running';
  readonly depth: Depth;
  readonly elapsedMs: number;
  /** Why it was skipped, or what broke; else empty. */
  readonly note: string;
  readonly findings: readonly LiveFinding[];
  /** Of its fence on the page. */
  readonly line: number;
}
export interface LiveFinding {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
