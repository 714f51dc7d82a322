/** Which service a port of localhost stands for. */
export type Service = 'prometheus' | 'loki' | 'jaeger' | 'alertmanager';
/** A service as the sandbox sees it: its port of localhost, as the course's stack publishes it. */
export interface Door {
  readonly service: Service;
  readonly port: number;
}
/** What the harness hands to `gate.ts`, as JSON. */
export interface GateJob {
  readonly doors: readonly Door[];
  /** Tenant of the dataset, for Loki. */
  readonly tenant: string;
  /** Answers 200 there once every door is open. */
  readonly healthPort: number;
}
export interface ShellBlock {
  readonly id: string;
  /** Text of the blocks that it continues: run before it, unseen. Empty when there is none. */
  readonly setup: string;
  readonly text: string;
  /** What "now" means to the services: the dataset's end, or `at=`. */
  readonly nowMs: number;
}
/** What the harness hands to `run.ts`, as one JSON file. */
export interface ShellJobs {
  readonly doors: readonly Door[];
  /** Host name of the gate. */
  readonly gate: string;
  /** What a reader has in the folder where the commands are typed. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly blocks: readonly ShellBlock[];
  readonly timeoutMs: number;
}
/** One question that a block asked of a service, and what became of it. */
export interface Exchange {
  readonly service: Service;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The service's words when it refused; else empty. */
  readonly message: string;
  /** It answered, with nothing in it. */
  readonly empty: boolean;
  /** Refused by the gate, not by the service. */
  readonly forbidden: boolean;
  /** It is as long as the limit of the search: what it left out is not known, and another time it leaves out something else. */
  readonly cutAt?: number;
}
export interface ShellResult {
  readonly id: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** More was written than a transcript can take. */
  readonly truncated: boolean;
  readonly exchanges: readonly Exchange[];
  readonly elapsedMs: number;
}
