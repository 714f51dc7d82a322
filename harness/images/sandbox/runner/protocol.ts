/** A file of the tree that blocks run in, relative to its root: `snippets/technow/pool.ts`. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}
export interface BlockJob {
  readonly id: string;
  /** Where its text stands in the tree. */
  readonly path: string;
  /** Talks to ports: never at the same time as another that does, because all share the container's loopback. */
  readonly networked: boolean;
}
/** What the harness hands to `run.ts`, as one JSON file. */
export interface RunJobs {
  readonly files: readonly TreeFile[];
  readonly blocks: readonly BlockJob[];
  readonly parallel: number;
  readonly timeoutMs: number;
}
/** What the harness hands to `live.ts`. */
export interface LiveJob {
  readonly files: readonly TreeFile[];
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** The service is killed when nobody ended it by then. */
  readonly timeoutMs: number;
}
/** An error that nobody caught, as the process saw it. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** Where, innermost first; only files of the tree. */
  readonly frames: readonly { readonly path: string; readonly line: number; readonly column: number }[];
}
export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout with the time they came at, decimal nanoseconds, rising. */
  readonly lines: readonly { readonly timestampNs: string; readonly line: string }[];
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** More was written than a transcript can take; the rest was thrown away. */
  readonly truncated: boolean;
  readonly thrown: Thrown | undefined;
  readonly elapsedMs: number;
}
export interface BlockResult extends ProcessResult {
  readonly id: string;
}
