import type { Engine, Network, StartedContainer } from '../../model/backend.ts';
import { CollectorGaveUp } from '../collector-config/await-collector.ts';
import { startCollector } from '../collector-config/start.ts';
import { LokiGaveUp, startConfigured } from '../loki-config/start.ts';

/** Where one file of other people's is tried. */
export interface TrialPlace {
  readonly engine: Engine;
  /** Internal: nothing that the file names is reached. */
  readonly network: Network;
  readonly probe: StartedContainer;
  /** Host name of no other server there. */
  readonly host: string;
}
/** What waits for others, as a ring of several does, is not ready sooner or later: it says nothing of the file. */
const LOKI_READY_MS = 30_000;

/** Starts a Loki with a file. It may write wherever the file says. @returns what it says against it; undefined: it is ready. @throws HarnessError */
export async function tryLoki({ engine, network, probe, host }: TrialPlace, text: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    await using _ = await startConfigured({ engine }, { text, network, probe, host, user: '0:0', timeoutMs: LOKI_READY_MS }, signal);
    return undefined;
  } catch (error) {
    if (error instanceof LokiGaveUp) return error.said;
    throw error;
  }
}

/** Starts a Collector with a file. @returns what it says against it; undefined: every part of it runs. @throws HarnessError */
export async function tryCollector({ engine, network, host }: TrialPlace, text: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    await using _ = await startCollector({ context: { engine }, network }, text, host, [], signal);
    return undefined;
  } catch (error) {
    if (error instanceof CollectorGaveUp) return error.said;
    throw error;
  }
}
