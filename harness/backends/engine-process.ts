import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { HarnessError } from '../model/verdict.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadableStream;
  /** Takes stdout instead of the returned text. */
  readonly onStdout?: (stdout: NodeJS.ReadableStream) => Promise<unknown>;
  /** Each line of stderr as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const keptLines = 30;

/**
 * Runs a program of this machine to its end and returns its stdout. It is the head of its own process group, which an
 * abort ends whole. Throws `cancelled`, or `image-not-built` with the last lines of stderr.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd, env: options.env ?? process.env, detached: true, stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? -1)));
  const abort = (): void => {
    if (child.pid !== undefined) endGroup(child.pid);
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  const tail: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    tail.push(line);
    if (tail.length > keptLines) tail.shift();
    options.onLine?.(line);
  });
  try {
    let stdout = '';
    const reading = options.onStdout?.(child.stdout!);
    if (reading === undefined) child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    // A program that fails early closes its input: its exit code tells more than the broken pipe.
    if (options.stdin) await pipeline(options.stdin, child.stdin!).catch(() => undefined);
    const [code] = await Promise.all([ended, reading]);
    if (options.signal?.aborted) throw new HarnessError('cancelled', `Interrupted while ${program} ran.`);
    if (code !== 0) throw new HarnessError('image-not-built', `${program} ${args.slice(0, 2).join(' ')} failed with exit code ${code}. Its last lines follow.`, { logTail: tail.join('\n') });
    return stdout;
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('image-not-built', `${program} could not be run: ${String(cause)}`, { cause, logTail: tail.join('\n') });
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // Ended in the meantime.
  }
}
