import type { BackendContext, Network, RunRequest, RunResult, StartedContainer } from '../../model/backend.ts';
import { Limiter } from '../alerting/limiter.ts';

/** Servers at a time. */
const LIMIT = 3;

/** Where one configuration is tried. */
export interface TrialPlace {
  readonly request: RunRequest;
  /** Internal: nothing outside can be reached. */
  readonly network: Network;
  /** A container of that network from which the others are asked; it has curl and Node. */
  readonly probe: StartedContainer;
  /** Host name for the server, of no other trial. */
  readonly host: string;
  readonly signal: AbortSignal;
}
export interface Trials {
  readonly context: BackendContext;
  readonly requests: readonly RunRequest[];
  readonly onResult: (result: RunResult) => void;
  readonly signal: AbortSignal;
}

/** Tries configurations side by side, each on a network of its own that leads nowhere. Throws what a trial throws, when all have ended. */
export async function runTrials({ context, requests, onResult, signal }: Trials, runOne: (place: TrialPlace) => Promise<RunResult>): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const limiter = new Limiter(LIMIT, either);
  const tryOne = async (request: RunRequest, index: number): Promise<void> => {
    await using network = await context.engine.network({ internal: true });
    await using probe = await context.engine.start({ image: 'sandbox', confined: true, aliases: ['probe'], command: ['sleep', 'infinity'], ports: [], networks: [network] }, either);
    onResult(await runOne({ request, network, probe, host: `tried-${index}`, signal: either }));
  };
  try {
    await Promise.all(requests.map((request, index) => limiter.run(() => tryOne(request, index))));
  } catch (error) {
    // What the others started must be gone before this returns.
    failed.abort(error);
    await limiter.settle();
    throw error;
  }
}
