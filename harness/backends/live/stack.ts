import { readFileSync } from 'node:fs';
import { coursePath } from '../course-path.ts';
import type { EngineContext, Network, StartedContainer } from '../../model/backend.ts';
import { loki as lokiBackend } from '../loki.ts';
import type { ScrapeConfig, ScrapeJob } from './config.ts';

/** Prometheus looks at new targets every 5 s only, and these are not even new. A hidden flag of its command line. */
const SCRAPE_AT_ONCE = '--scrape.discovery-reload-interval=100ms';
/** Tenant of everything that live services log. */
export const TENANT = 'live';

/** The throwaway backends of one live block, on wall-clock time, and the container that its service runs in. */
export interface LiveStack extends AsyncDisposable {
  readonly prometheusUrl: string;
  readonly lokiUrl: string;
  readonly jaegerUrl: string;
  /** Jaeger's own metrics. */
  readonly jaegerMetricsUrl: string;
  readonly sandbox: StartedContainer;
}

/** Starts all four at once, on networks of their own: two live blocks may carry the same host name. */
export async function startLiveStack(context: EngineContext, config: ScrapeConfig, job: ScrapeJob, signal: AbortSignal): Promise<LiveStack> {
  await using stack = new AsyncDisposableStack();
  const inside = stack.use(await context.engine.network({ internal: true }));
  const networks = [stack.use(await context.engine.network()), inside];
  const starts = await Promise.allSettled([
    startPrometheus(context, config, networks, signal),
    startLoki(context, networks, signal),
    startJaeger(context, networks, signal),
    context.engine.start({ image: 'sandbox', confined: true, aliases: [job.host], command: ['sleep', 'infinity'], ports: [], networks: [inside] }, signal),
  ]);
  const [prometheus, loki, jaeger, sandbox] = starts.map((start) => (start.status === 'fulfilled' ? stack.use(start.value) : undefined));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const parts = stack.move();
  return {
    prometheusUrl: (prometheus as StartedContainer).url(9090),
    lokiUrl: (loki as StartedContainer).url(3100),
    jaegerUrl: (jaeger as StartedContainer).url(16686),
    jaegerMetricsUrl: (jaeger as StartedContainer).url(8888),
    sandbox: sandbox as StartedContainer,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

export function startPrometheus({ engine }: EngineContext, config: Pick<ScrapeConfig, 'text'> & { readonly rules?: string }, networks: readonly Network[], signal: AbortSignal): Promise<StartedContainer> {
  return engine.start({
    image: 'prometheus',
    aliases: ['prometheus'],
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', '--enable-feature=exemplar-storage', SCRAPE_AT_ONCE],
    ports: [9090],
    files: [
      { path: '/etc/prometheus/prometheus.yml', content: config.text },
      ...(config.rules === undefined ? [] : [{ path: '/etc/prometheus/rules.yml', content: config.rules }]),
    ],
    ready: { path: '/-/ready', port: 9090 },
    networks,
  }, signal);
}

export function startLoki({ engine, root }: EngineContext, networks: readonly Network[], signal: AbortSignal): Promise<StartedContainer> {
  const [config] = lokiBackend.configFiles(root);
  return engine.start({
    image: 'loki',
    aliases: ['loki'],
    command: ['-config.file=/etc/loki/loki.yaml'],
    ports: [3100],
    files: [{ path: '/etc/loki/loki.yaml', content: readFileSync(coursePath(root, config as string)) }],
    ready: { path: '/ready', port: 3100 },
    networks,
  }, signal);
}

export function startJaeger({ engine }: EngineContext, networks: readonly Network[], signal: AbortSignal): Promise<StartedContainer> {
  return engine.start({
    image: 'jaeger',
    aliases: ['jaeger'],
    command: [],
    // Else it stores spans of its own API's work among those of the service.
    env: { JAEGER_LISTEN_HOST: '0.0.0.0', OTEL_TRACES_SAMPLER: 'always_off' },
    ports: [16686, 8888, 13133],
    ready: { path: '/status', port: 13133 },
    networks,
  }, signal);
}
