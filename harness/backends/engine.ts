import type { Log } from './engine-cache.ts';
import { connectEngine } from './engine-client.ts';
import { stopDaemon } from './engine-daemon.ts';
import { findEngine } from './engine-socket.ts';
import { isOfThisHost, sweep } from './engine-sweep.ts';

export { ensureEngine } from './engine-daemon.ts';

/**
 * `npm run stop`: removes every container and network that a run on this machine started, and ends the engine if we
 * started it. Starts nothing. Throws `timed-out` when the engine does not end.
 */
export async function stopEngine(log: Log): Promise<void> {
  // Nothing answers where DOCKER_HOST points: then nothing is left there either.
  const { dockerHost } = await findEngine().catch(() => ({ dockerHost: undefined }));
  if (dockerHost !== undefined) {
    const client = await connectEngine(log);
    const removed = await sweep(client.container.dockerode, isOfThisHost, log);
    if (removed > 0) log(`removed ${removed} containers and networks`);
  }
  await stopDaemon(log);
}
