import { execFile } from 'node:child_process';
import { isInterrupted } from './interruption.ts';
import { HarnessError } from './verdict.ts';

/** What a program of the stack said, and how it ended. */
export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface ToolOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What it is told as when it cannot be run; a checker's, unless said otherwise. */
  readonly failure?: 'checker-crashed' | 'backend-lost';
}
/** Half of what a string of V8 can hold. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/**
 * Runs a program of the stack on this machine to its end, whatever its exit code.
 * @throws HarnessError `failure` when it cannot be started or a signal ends it, `cancelled` when the run is interrupted
 */
export function runTool(program: string, args: readonly string[], { signal, cwd, env = {}, input, failure = 'checker-crashed' }: ToolOptions): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { cwd, env: { ...process.env, ...env }, signal, maxBuffer: MAX_OUTPUT_BYTES }, async (error, stdout, stderr) => {
      if (error === null || typeof error.code === 'number') return resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      const kind = (await isInterrupted(signal)) ? 'cancelled' : failure;
      reject(new HarnessError(kind, `${program.slice(program.lastIndexOf('/') + 1)} could not be run: ${error.message}. Build or pull the images again with \`npm run images\`.`, { cause: error, logTail: stderr }));
    });
    // It may end before it has read everything.
    child.stdin?.on('error', () => undefined);
    if (input !== undefined) child.stdin?.end(input);
  });
}
