import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { backends } from './backends/index.ts';
import { createMemory, type Memory } from './memory.ts';
import type { Report } from './model/report.ts';
import { Stack } from './run/stack.ts';
import type { Session } from './session.ts';
import { openWorld, type World } from './world.ts';

export interface WatchOptions {
  readonly root: string;
  readonly session: Pick<Session, 'verify' | 'openEngine' | 'versionOf'>;
  /** The pages that are watched, as they are now: pages come and go. */
  readonly select: () => readonly string[];
  /** What a person sees: of each run first what static checks say, then everything. */
  readonly show: Show;
  /** After so long without a save the containers end; the next save starts them anew. */
  readonly idleMs: number;
  /** A folder that gets the answers of each run, for a preview. */
  readonly answersTo?: string;
  readonly signal: AbortSignal;
}
export interface Show {
  /** A run begins. `changed` is empty for the first one. */
  begin(changed: readonly string[], files: readonly string[]): void;
  checked(report: Report): void;
  done(report: Report): void;
  /** The stack has been ended, and why. */
  ended(why: string): void;
}

/** What a page's verdict depends on. The harness itself is not watched: a running process keeps the code that it began with. */
const WATCHED = ['docs/content', 'docs/curriculum.yml', 'docs/editions.json', 'snippets', 'diagrams'];
const PAGES = 'docs/content/docs/';
const INCIDENTS = 'snippets/incidents/';

/**
 * Verifies the pages, and again whenever a file is saved, until the signal ends it. A save during a run ends that run.
 * Backends stay started between runs; they are ended when nobody saves for a while, when one breaks, and on return.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { root, signal } = options;
  const watcher = new Watcher(options);
  const files = watchFiles(WATCHED.map((path) => join(root, path)), { ignoreInitial: true, followSymlinks: true });
  files.on('all', (event, path) => {
    if (event !== 'addDir' && event !== 'unlinkDir') watcher.saved(relative(root, path).split(sep).join('/'));
  });
  try {
    await new Promise<void>((resolve) => files.once('ready', () => resolve()));
    await watcher.run();
  } finally {
    await files.close();
    await watcher[Symbol.asyncDispose]();
  }
  signal.throwIfAborted();
}

class Watcher implements AsyncDisposable {
  readonly #options: WatchOptions;
  readonly #stack: Stack;
  readonly #memory: Memory = createMemory();
  readonly #changed = new Set<string>();
  #world: World;
  #saved = Promise.withResolvers<void>();
  #running = new AbortController();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#stack = new Stack({ root: options.root, backends, openEngine: () => options.session.openEngine() });
    this.#world = this.#openWorld();
  }

  saved(file: string): void {
    this.#changed.add(file);
    this.#running.abort();
    this.#saved.resolve();
  }

  async run(): Promise<void> {
    const { signal, select } = this.#options;
    let left: readonly string[] = await this.#verify([], select());
    while (!signal.aborted) {
      if (this.#changed.size === 0 && !await this.#nextSave()) continue;
      this.#saved = Promise.withResolvers<void>();
      const changed = [...this.#changed].sort();
      this.#changed.clear();
      this.#forget(changed);
      // What an ended run had still to do is done now.
      left = await this.#verify(changed, [...new Set([...left, ...this.#affected(changed)])]);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }

  /** @returns the pages that are not judged yet, because a save ended the run */
  async #verify(changed: readonly string[], wanted: readonly string[]): Promise<readonly string[]> {
    const { root, session, show, signal, answersTo } = this.#options;
    const files = wanted.filter((file) => existsSync(join(root, file)));
    if (files.length === 0) return [];
    this.#running = new AbortController();
    const either = AbortSignal.any([signal, this.#running.signal]);
    show.begin(changed, files);
    const report = await session.verify(files, {
      signal: either, warm: { stack: this.#stack, memory: this.#memory, world: this.#world, ...(answersTo === undefined ? {} : { answersTo }) },
      onChecked: (checked) => { if (!either.aborted) show.checked(checked); },
    });
    if (either.aborted) return files;
    show.done(report);
    if (report.errors.length > 0 || report.verdicts.some(({ kind }) => kind === 'errored')) await this.#end('something broke; the next save starts it anew');
    return [];
  }

  /** False when nobody saved for so long that the stack has been ended. */
  async #nextSave(): Promise<boolean> {
    const { idleMs, signal } = this.#options;
    const idle = Promise.withResolvers<false>();
    const timer = setTimeout(() => idle.resolve(false), idleMs);
    const stop = (): void => idle.resolve(false);
    signal.addEventListener('abort', stop, { once: true });
    const saved = await Promise.race([this.#saved.promise.then(() => true), idle.promise]);
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    if (!saved && !signal.aborted && this.#stack.digests !== undefined) await this.#end(`nothing was saved for ${Math.round(idleMs / 60_000)} min; the next save starts it anew`);
    return saved;
  }

  async #end(why: string): Promise<void> {
    // What cannot be removed now, the sweep of the next run removes.
    await this.#stack[Symbol.asyncDispose]().catch(() => undefined);
    this.#options.show.ended(why);
  }

  #affected(changed: readonly string[]): readonly string[] {
    const selected = this.#options.select();
    const isPage = (file: string): boolean => file.startsWith(PAGES) && file.endsWith('.mdx');
    // Any page may show or ask what stands in another file; the memory keeps what did not change.
    return changed.every(isPage) ? selected.filter((file) => changed.includes(file)) : selected;
  }

  #forget(changed: readonly string[]): void {
    if (changed.some((file) => !file.startsWith(PAGES))) this.#memory.forgetChecks();
    if (changed.some((file) => file.startsWith(INCIDENTS))) this.#world = this.#openWorld(this.#world.known());
  }

  #openWorld(before?: ReturnType<World['known']>): World {
    return openWorld(this.#options.root, backends, (image) => this.#options.session.versionOf(image), before);
  }
}
