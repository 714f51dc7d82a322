import type { Backend, BackendContext, Engine, StartedBackend } from '../model/backend.ts';
import { HarnessError } from '../model/verdict.ts';

export interface StackOptions {
  readonly root: string;
  readonly backends: readonly Backend[];
  /** Called when something has to run, not before. */
  readonly openEngine: () => Promise<Engine>;
}

/** The started backends of one run, or of many: each is started when a block first needs it, and stays until the stack is disposed. */
export class Stack implements AsyncDisposable {
  /** Where backends tell what they do: whoever runs now. */
  progress: (message: string) => void = () => undefined;
  readonly #options: StackOptions;
  readonly #started = new Map<string, Promise<StartedBackend>>();
  #engine: Promise<Engine> | undefined;
  #context: Promise<BackendContext> | undefined;
  #digests: ReadonlyMap<string, string> | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  /** Image → digest of what was started so far; undefined before an engine was needed. */
  get digests(): ReadonlyMap<string, string> | undefined {
    return this.#digests;
  }

  /** Opens the engine and its networks. Throws what that throws, every time that it is asked. */
  open(): Promise<BackendContext> {
    return (this.#context ??= this.#open());
  }

  /** The backend, started if it is not yet. Throws what starting throws; the next call then tries anew. */
  async backend(name: string, signal: AbortSignal): Promise<{ readonly backend: Backend; readonly started: StartedBackend }> {
    const backend = this.#options.backends.find((candidate) => candidate.name === name);
    if (backend === undefined) throw new HarnessError('checker-crashed', `a checker names the backend "${name}", which is not in harness/backends/index.ts`);
    const known = this.#started.get(name);
    if (known !== undefined) return { backend, started: await known };
    this.progress(`starting ${name}`);
    const starting = this.open().then((context) => backend.start(context, signal));
    this.#started.set(name, starting);
    try {
      return { backend, started: await starting };
    } catch (error) {
      this.#started.delete(name);
      throw error;
    }
  }

  /** Ends everything; the stack may be used again and then starts anew. Throws the first failure, when all else is down. */
  async [Symbol.asyncDispose](): Promise<void> {
    const started = [...this.#started.values()];
    const engine = this.#engine;
    this.#started.clear();
    this.#context = undefined;
    this.#engine = undefined;
    const ended = await Promise.allSettled(started.map(async (one) => (await one)[Symbol.asyncDispose]()));
    // What could not be started has nothing to end.
    const opened = await engine?.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #open(): Promise<BackendContext> {
    this.#engine = this.#options.openEngine();
    const engine = await this.#engine;
    this.#digests = engine.digests;
    const [network, sandboxNetwork] = await Promise.all([engine.network(), engine.network({ internal: true })]);
    return { root: this.#options.root, engine, network, sandboxNetwork, progress: (message) => this.progress(message) };
  }
}
