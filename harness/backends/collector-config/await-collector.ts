import { setTimeout as delay } from 'node:timers/promises';
import type { StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';

const TIMEOUT_MS = 90_000;
const POLL_MS = 100;

/** The Collector ended because of its file. */
export class CollectorGaveUp extends Error {
  readonly said: string;
  constructor(said: string) {
    super(said);
    this.said = said;
  }
}

/** Waits for a Collector's own word that every part of it runs. @throws CollectorGaveUp with its words; HarnessError `backend-not-ready` */
export async function awaitCollector(container: StartedContainer, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + TIMEOUT_MS;
  for (;;) {
    const log = await container.logTail(400);
    if (log.includes('Everything is ready')) return;
    const said = readRefusal(log);
    if (said !== undefined) throw new CollectorGaveUp(said);
    if (performance.now() > endMs) throw new HarnessError('backend-not-ready', `The Collector did not say that it is ready within ${TIMEOUT_MS / 1000} s. Look at its log tail.`, { logTail: log });
    await delay(POLL_MS, undefined, { signal });
  }
}

/** What the Collector said when it gave up, in one line; undefined when it did not. */
export function readRefusal(log: string): string | undefined {
  const said = /^Error: ([\s\S]*?)(?=^\d{4}\/\d\d\/\d\d |^\d{4}-\d\d-\d\dT|$(?![\s\S]))/m.exec(log)?.[1];
  return said?.trim().split('\n').map((line) => line.trim()).filter((line) => line !== '').join(' ');
}
