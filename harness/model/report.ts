import type { Diagnostic, Rule, RuleId } from './diagnostic.ts';
import type { Verdict } from './verdict.ts';

export interface TranscriptChange {
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Unified diff for people; empty for a removed file. */
  readonly diff: string;
}
/** What a run found. Every output format is a view of this value. */
export interface Report {
  readonly rules: ReadonlyMap<RuleId, Rule>;
  /** From parse and plan: about a page, not about one block. */
  readonly pageDiagnostics: readonly Diagnostic[];
  readonly verdicts: readonly Verdict[];
  readonly changes: readonly TranscriptChange[];
  /** Breakage outside any block: the engine, an image, the file system. */
  readonly errors: readonly Error[];
  /** Backend → version and, when it was started, image digest. */
  readonly stack: Readonly<Record<string, { readonly version: string; readonly imageDigest?: string }>>;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  /** Where the text of each rule is found: an address or folder ending in `/`. Undefined: nowhere that this run knows of. */
  readonly rulesAt?: string;
  /** Undefined: not split. */
  readonly shard?: ReportShard;
}
/** Which part of a split run a report is of. */
export interface ReportShard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
  readonly command: 'check' | 'verify';
  /** Ids of its pages: a page without blocks is seen nowhere else. */
  readonly pages: readonly string[];
  /** SHA-256 over the course, the command and the pages asked for: the same for all shards of a run. */
  readonly inputs: string;
}
/** Pure: writing the string somewhere is main's business. */
export interface Reporter {
  readonly name: string;
  render(report: Report, options: { readonly color: boolean; readonly readSource: (file: string) => string | undefined }): string;
}
