import type { StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';
import { awaitCollector, CollectorGaveUp, readRefusal } from './await-collector.ts';
import { ADDRESSES_ONLY, type Surroundings } from './services.ts';

const CONFIG = '/etc/otelcol-contrib/config.yaml';

/** Starts the Collector and waits for its own word that every part of it runs. @throws CollectorGaveUp, HarnessError */
export async function startCollector({ context, network }: Pick<Surroundings, 'network'> & { readonly context: Pick<Surroundings['context'], 'engine'> }, config: string, host: string, files: readonly { readonly path: string; readonly content: string }[], signal: AbortSignal): Promise<StartedContainer> {
  try {
    const container = await context.engine.start({
      image: 'otelcol', env: ADDRESSES_ONLY, offline: true, aliases: [host], ports: [], networks: [network], command: ['--config', CONFIG], files: [{ path: CONFIG, content: config }, ...files],
    }, signal);
    try {
      await awaitCollector(container, signal);
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    // It may have ended before it counted as started.
    const said = error instanceof HarnessError && error.code === 'backend-not-ready' ? readRefusal(error.logTail) : undefined;
    if (said === undefined) throw error;
    throw new CollectorGaveUp(said);
  }
}
