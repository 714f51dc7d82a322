import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { repository, type SmallCourse } from './course.ts';

/** A command that goes on until it is ended, and what it prints. */
export class Watching implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  #text = '';
  #all = '';
  #wake = Promise.withResolvers<void>();

  constructor(course: SmallCourse, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [join(repository, 'harness/main.ts'), ...args], {
      cwd: course.root, env: { ...process.env, COURSE_ROOT: course.root, INIT_CWD: course.root, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => this.#take(chunk.toString()));
    void this.#closed.then(() => this.#take(''));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** All that was printed, for whoever has to find out why a test failed. */
  get printed(): string {
    return this.#all;
  }

  /** What is printed from now on until it matches; throws all of it when the command ends before that. */
  async next(wanted: RegExp): Promise<string> {
    while (!wanted.test(this.#text)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode} before it printed ${wanted}: ${this.#text}`);
      await this.#wake.promise;
    }
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Sends a signal and returns the exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child.kill(signal);
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) await this.end();
  }

  #take(text: string): void {
    this.#text += text;
    this.#all += text;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
