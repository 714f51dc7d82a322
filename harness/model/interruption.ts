import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Whether a run is interrupted, asked when a program of ours died: Ctrl-C in a terminal ends both. Node hands out a signal after everything
 * else that came with it (libuv, `uv__io_poll`), so that the answer is known a turn of the event loop later.
 */
export async function isInterrupted(signal: AbortSignal): Promise<boolean> {
  await nextTurn();
  return signal.aborted;
}

/** As `signal.throwIfAborted()`, asked when a program of ours died. */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  if (await isInterrupted(signal)) signal.throwIfAborted();
}
