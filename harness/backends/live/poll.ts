import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../../model/verdict.ts';

const PAUSE_MS = 100;

/**
 * Asks again until there is an answer.
 * @param what completes the sentence "waited 30 s for …"
 * @throws HarnessError `timed-out`, `cancelled`
 */
export async function pollUntil<T>(what: string, timeoutMs: number, signal: AbortSignal, probe: () => Promise<T | undefined>): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    if (signal.aborted) throw new HarnessError('cancelled', `interrupted while waiting for ${what}`);
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() - startedMs > timeoutMs) throw new HarnessError('timed-out', `waited ${timeoutMs / 1000} s for ${what}`);
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
