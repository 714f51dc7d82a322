import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Holds the id of the process that stores; git-ignored, and gone when it has stored. */
const BUSY = 'docs/transcripts/lock.busy';
const POLL_MS = 10;
/** Storing the lock takes milliseconds: who holds it for so long is stuck. */
const PATIENCE_MS = 10_000;

/**
 * Does work that reads, changes and writes a shared file, while no other run of this checkout does. Waits for another, up to ten
 * seconds; what a killed run left is taken over. Throws an error with the code `EBUSY` when the other does not end, and what `work` throws.
 */
export function whileAlone<T>(root: string, work: () => T): T {
  const path = join(root, BUSY);
  mkdirSync(dirname(path), { recursive: true });
  const endMs = performance.now() + PATIENCE_MS;
  while (!take(path)) {
    if (performance.now() > endMs) throw Object.assign(new Error(`another run (process ${readFileSync(path, 'utf8')}) has held ${BUSY} for ${PATIENCE_MS / 1000} s`), { code: 'EBUSY' });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    if (!isHeld(path)) rmSync(path, { force: true });
    return false;
  }
}

/** False when the process that took it has ended. One that has only just taken it has not yet written its id. */
function isHeld(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8');
    if (text !== '') process.kill(Number(text), 0);
    return true;
  } catch (cause) {
    // EPERM: it runs, as another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
