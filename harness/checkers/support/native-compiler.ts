import { Worker } from 'node:worker_threads';
import { HarnessError } from '../../model/verdict.ts';
import { endOrphanedCompilers, endOwnCompilers } from './orphaned-compilers.ts';

export interface SourceText {
  /** Repository-relative. Need not exist on disk. */
  readonly path: string;
  readonly text: string;
}
export interface CompilerFinding {
  readonly path: string;
  readonly kind: 'syntax' | 'type' | 'forgotten-await';
  /** `TS2322`; empty for a forgotten await. */
  readonly code: string;
  /** UTF-16. */
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** What the thread of the compiler is asked. */
export interface CompilerTask {
  readonly texts: readonly SourceText[];
  readonly root: string;
}
/** What it says. A refusal is the compiler's, of our settings. An error keeps its class on the way: one that ran out of stack is told from the others by it. */
export type CompilerAnswer = { readonly found: readonly CompilerFinding[] } | { readonly failure: Error; readonly isRefusal: boolean };

/** Longer than any step of the compiler over the whole course takes. */
const GRACE_MS = 2_000;
/** Folder of texts without a path of their own; nothing is ever written there. */
export const BLOCKS_FOLDER = '.cache/blocks';

/**
 * Compiles all texts as one strict program with the native compiler, one process, nothing written to disk.
 * Imports resolve as they would at the text's path: `node_modules` of the repository, files beside it.
 * @throws HarnessError `checker-crashed` when the compiler does not start, dies or refuses our settings, `cancelled`
 */
export async function compile(texts: readonly SourceText[], root: string, signal: AbortSignal): Promise<readonly CompilerFinding[]> {
  if (signal.aborted) throw new HarnessError('cancelled', 'interrupted before the TypeScript compiler ran');
  endOrphanedCompilers(root);
  const answer = await askWorker({ texts, root }, signal).catch((cause: unknown): CompilerAnswer => ({ failure: cause instanceof Error ? cause : new Error(String(cause)), isRefusal: false }));
  if ('found' in answer) return answer.found;
  const { failure: cause, isRefusal } = answer;
  if (signal.aborted) throw new HarnessError('cancelled', 'interrupted while the TypeScript compiler ran', { cause });
  if (isRefusal) throw new HarnessError('checker-crashed', 'the TypeScript compiler refuses the settings of the harness', { cause });
  throw new HarnessError('checker-crashed', 'the native TypeScript compiler did not answer; is the package `typescript-native` installed for this platform?', { cause });
}

/**
 * In a thread of its own: its client keeps nobody alive who waits for a compiler that died (Ctrl-C in a terminal ends it too), and
 * throws past whoever asked when such a compiler is written to. A thread that ends is seen in either case.
 * @throws Error when the thread ends without an answer, or is not done some time after an interruption
 */
async function askWorker(task: CompilerTask, signal: AbortSignal): Promise<CompilerAnswer> {
  const worker = new Worker(new URL('./compiler-worker.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<CompilerAnswer>();
  worker.once('message', resolve).once('error', reject).once('exit', () => reject(new Error('it ended before it had answered')));
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => {
    worker.postMessage('stop');
    grace = setTimeout(() => reject(new Error('the compiler did not answer')), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    // The thread ends when the compiler has, a moment after the answer, and keeps us alive until then: nobody leaves a compiler behind.
    return await promise;
  } catch (cause) {
    await worker.terminate();
    // A compiler that hangs does not notice.
    if (signal.aborted) endOwnCompilers(task.root);
    throw cause;
  } finally {
    clearTimeout(grace);
    signal.removeEventListener('abort', stop);
  }
}
