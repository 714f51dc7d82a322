import { HarnessError } from '../model/verdict.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some of the disk',
  EDQUOT: 'Free some of the disk',
  EROFS: 'Make the folder writable, or run in a copy that is',
  EACCES: 'Give yourself the right to read and write there',
  EPERM: 'Give yourself the right to read and write there',
  EBUSY: 'Wait for the other run to end; if there is none, remove docs/transcripts/lock.busy',
  EISDIR: 'Remove the folder that stands where a file belongs',
  EEXIST: 'Remove the file that stands where a folder belongs',
  ENOTDIR: 'Remove the file that stands where a folder belongs',
};

/** What the file system refuses while answers are read and stored: one error a kind of refusal, however many files it strikes. */
export class FileTrouble {
  readonly #errors = new Map<string, HarnessError>();

  /** The result of `work`, or the error to report instead. Throws what is no refusal of the file system: that is a fault of ours. */
  attempt<T>(what: string, work: () => T): T | HarnessError {
    try {
      return work();
    } catch (cause) {
      const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
      if (code === undefined) throw cause;
      const error = this.#errors.get(code) ?? new HarnessError('io-failed', `${what} cannot be reached: the file system says ${code}. ${ADVICE[code] ?? 'Look at the disk'}, then run again.`, { cause });
      this.#errors.set(code, error);
      return error;
    }
  }
}
