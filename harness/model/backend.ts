import type { Block } from './block.ts';
import type { Finding } from './checker.ts';
import type { Rule } from './diagnostic.ts';
import type { Dataset } from './dataset.ts';
import type { BackendVersion, Output } from './transcript.ts';

/** A container network of this run. Disposing it removes it. */
export interface Network extends AsyncDisposable {
  readonly name: string;
}
/** What a started container offers. Only a started one has ports; disposing it removes the container. */
export interface StartedContainer extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  /** `http://127.0.0.1:32768`, the host's view of a port of the container. */
  url(containerPort: number): string;
  /** Last lines of both streams. */
  logTail(lines?: number): Promise<string>;
  /** All of stdout so far. */
  stdout(): Promise<string>;
  /** Undefined while it runs; the code with which it ended. */
  exitCode(): Promise<number | undefined>;
  exec(command: readonly string[], signal?: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Writes files into the container; parent folders are created. */
  copyIn(files: readonly { readonly path: string; readonly content: string | Uint8Array }[]): Promise<void>;
}
export interface ContainerRequest {
  /** Folder under `harness/images/`: `prometheus`. */
  readonly image: string;
  /** Host name on its networks. */
  readonly aliases: readonly string[];
  readonly command: readonly string[];
  readonly ports: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: readonly { readonly path: string; readonly content: string | Uint8Array }[];
  /** Copied recursively, e.g. TSDB blocks made by promtool. */
  readonly directories?: readonly { readonly from: string; readonly to: string }[];
  /** An HTTP path that answers 200 once the service takes real requests; undefined: ready when started. */
  readonly ready?: { readonly path: string; readonly port: number };
  readonly startupTimeoutMs?: number;
  /** Code of authors runs here: internal network only, not root, no capabilities, read-only root, limits. */
  readonly confined?: boolean;
  /** In place of the image's own: its programs and options, who runs them and where. */
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  /** Paths inside that are anonymous volumes: gone with the container. */
  readonly volumes?: readonly string[];
  /** Not more than this, of memory in bytes and of processes, and no capabilities. */
  readonly limits?: { readonly memoryBytes: number; readonly processes: number };
  /** Shares the network of this container and has none of its own: to it, localhost is the other one's. */
  readonly beside?: StartedContainer;
  /** Internal networks only and no resolver beyond them: for what an author's configuration could send outside. It has no port on this machine. */
  readonly offline?: boolean;
  readonly networks?: readonly Network[];
}
/** The container engine as backends see it. One per run; disposing it removes everything that the run started. */
export interface Engine extends AsyncDisposable {
  network(options?: { readonly internal?: boolean }): Promise<Network>;
  /** Throws `backend-not-ready` with the log tail, `image-not-built`, `cancelled`. A container whose wait fails is removed first. */
  start(request: ContainerRequest, signal: AbortSignal): Promise<StartedContainer>;
  /** Version of an image's program as its image.json states it. */
  version(image: string): string;
  /** Image → digest, of the images that this run started: the registry's where it was pulled, the engine's own id where it was built. */
  readonly digests: ReadonlyMap<string, string>;
  /** A program taken out of an image onto this machine (Linux), e.g. promtool; undefined where it cannot run here. */
  tool(image: string, program: string): Promise<string | undefined>;
}
/** One block to execute, with everything that planning decided. */
export interface RunRequest {
  readonly block: Block;
  readonly dataset: Dataset | undefined;
  /** By name as written, for attributes that name several (`fires`, `quiet`, `control`). */
  named(name: string): Dataset;
  readonly allBlocks: readonly Block[];
}
export interface RunResult {
  readonly block: Block;
  /** Undefined when a finding explains why there is no answer. */
  readonly output: Output | undefined;
  readonly findings: readonly Finding[];
  readonly elapsedMs: number;
  /** What answered this block, where that is not everything that the backend started. */
  readonly versions?: readonly BackendVersion[];
}
export interface BackendContext {
  readonly root: string;
  readonly engine: Engine;
  /** Ordinary network shared by the backends of the run. */
  readonly network: Network;
  /** Internal network: code of authors, and the backends it may talk to. */
  readonly sandboxNetwork: Network;
  progress(message: string): void;
}
/** What somebody needs who brings networks of their own. */
export type EngineContext = Pick<BackendContext, 'root' | 'engine' | 'progress'>;
/** A service description: one file under `backends/` and one line in its index. */
export interface Backend {
  readonly name: string;
  /** Folders under `harness/images/` that it needs. */
  readonly images: readonly string[];
  /** Rules of the findings it can return when running: merged with those of the checker whose blocks it runs. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Which of them a block can break, by the attribute that brings it here; undefined: all, by the checker that names this backend. */
  readonly rulesByAttribute?: Readonly<Record<string, Readonly<Record<string, Rule>>>>;
  /** Names, versions and configuration that enter a transcript's key; files are repository-relative. */
  configFiles(root: string): readonly string[];
  /** What two runs of a live block must agree on: its answer without times, ids, ports, durations. Exact answers need none. */
  normalise?(output: Output): unknown;
  start(context: BackendContext, signal: AbortSignal): Promise<StartedBackend>;
}
/** Only a started backend can run anything; disposing it removes its containers. */
export interface StartedBackend extends AsyncDisposable {
  readonly versions: readonly BackendVersion[];
  /** Loads what the requests need, runs them all, reports each as it ends. A throw means that the backend broke. */
  run(requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void>;
}
