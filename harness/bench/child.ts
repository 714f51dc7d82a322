import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one run of a program took. */
export interface Measured {
  readonly wallS: number;
  /** Most memory that the program and all that it started held together, sampled each `SAMPLE_MS`; undefined where there is no /proc. */
  readonly peakMb: number | undefined;
  readonly stdout: string;
}
export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Exit codes that are no breakage; default 0. */
  readonly codes?: readonly number[];
}
/** A hundredth of the processor is what looking costs. */
const SAMPLE_MS = 50;
const PAGE_BYTES = 4096;

/**
 * Runs a program to its end, alone, and says what it took.
 * @throws Error with the end of what it wrote, when it ends otherwise than it should; the signal's reason
 */
export async function measure(program: string, args: readonly string[], options: ChildOptions): Promise<Measured> {
  options.signal.throwIfAborted();
  const began = performance.now();
  const child = startChild(program, args, options);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  let peakMb: number | undefined;
  const timer = setInterval(() => { peakMb = larger(peakMb, treeMb(child.pid)); }, SAMPLE_MS);
  try {
    const code = await ended(child);
    options.signal.throwIfAborted();
    if (!(options.codes ?? [0]).includes(code ?? -1)) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${(stderr() + stdout()).trim().slice(-1_500)}`);
    return { wallS: (performance.now() - began) / 1000, peakMb, stdout: stdout() };
  } finally {
    clearInterval(timer);
  }
}

/** In a process group of its own, all of which an abort ends: as Ctrl-C would, and for good where that does not help. */
export function startChild(program: string, args: readonly string[], { cwd, env, signal }: ChildOptions): ChildProcess {
  const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, name);
    } catch {
      // It ended between the look and the signal.
    }
  };
  const stop = (): void => {
    end('SIGINT');
    setTimeout(() => end('SIGKILL'), 20_000).unref();
  };
  signal.addEventListener('abort', stop);
  child.once('close', () => signal.removeEventListener('abort', stop));
  return child;
}

/** @returns the exit code; null after a signal */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => child.once('error', fail).once('close', done));
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  return () => text;
}

function larger(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.max(one, other ?? 0);
}

/** Resident memory of a process and of all below it, in MB. */
export function treeMb(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const pages = (id: number): number => {
    try {
      const children = readdirSync(`/proc/${id}/task`).flatMap((task) => readFileSync(`/proc/${id}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number));
      return Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]) + children.reduce((sum, child) => sum + pages(child), 0);
    } catch {
      // It ended while we looked.
      return 0;
    }
  };
  return (pages(pid) * PAGE_BYTES) / 1e6;
}
