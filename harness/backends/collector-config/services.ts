import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { BackendContext, ContainerRequest, Network, StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';
import { coursePath } from '../course-path.ts';
import { loki as lokiBackend } from '../loki.ts';
import { askFrom } from '../trial/ask.ts';
import { awaitCollector } from './await-collector.ts';
import { PAGE } from './sample.ts';
import type { Plan, Way } from './plan.ts';

const READY_MS = 90_000;
const POLL_MS = 100;

/** gRPC asks the resolver for more than an address, and where nothing leads outside it waits for that in vain. */
export const ADDRESSES_ONLY = { GRPC_ENABLE_TXT_SERVICE_CONFIG: 'false' } as const;

export interface Surroundings {
  readonly context: BackendContext;
  readonly network: Network;
  readonly probe: StartedContainer;
}
/** Services that stand where the file expects them. The Collector that counts is there only where one is needed. */
export interface Services extends AsyncDisposable {
  readonly sink: StartedContainer | undefined;
}

/** Starts what the ways of a plan lead to, under the host names that the file writes. Throws what the engine throws. */
export async function startServices({ context, network, probe }: Surroundings, { ways, doors }: Plan, signal: AbortSignal): Promise<Services> {
  await using stack = new AsyncDisposableStack();
  const start = async (request: Omit<ContainerRequest, 'networks' | 'offline' | 'ports'>): Promise<StartedContainer> => stack.use(await context.engine.start({ ...request, ports: [], offline: true, networks: [network] }, signal));
  const hostsOf = (kind: string): string[] => [...new Set(ways.filter((way) => way.kind === kind && isName(way.host)).map((way) => way.host))];
  const starts: Promise<unknown>[] = [];
  const started = async (request: Parameters<typeof start>[0], at: string): Promise<void> => awaitAnswer(await start(request), probe, `http://${request.aliases[0] ?? ''}${at}`, signal);
  const [jaegers, lokis, prometheuses] = [hostsOf('Jaeger'), hostsOf('Loki'), hostsOf('Prometheus')];
  if (jaegers.length > 0) starts.push(started({ image: 'jaeger', aliases: jaegers, command: [], env: { JAEGER_LISTEN_HOST: '0.0.0.0', OTEL_TRACES_SAMPLER: 'always_off' } }, ':13133/status'));
  if (lokis.length > 0) starts.push(started({ image: 'loki', aliases: lokis, command: ['-config.file=/etc/loki/loki.yaml'], files: [{ path: '/etc/loki/loki.yaml', content: readLokiConfig(context.root) }] }, ':3100/ready'));
  if (prometheuses.length > 0) {
    starts.push(started({
      image: 'prometheus', aliases: prometheuses, files: [{ path: '/etc/prometheus/prometheus.yml', content: 'global: {}\n' }],
      command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', '--web.enable-remote-write-receiver', '--web.enable-otlp-receiver'],
    }, ':9090/-/ready'));
  }
  const targets = doors.filter(({ kind }) => kind === 'scrape').flatMap(({ names }) => names);
  if (targets.length > 0) starts.push(context.engine.start(serveTargets(targets, network), signal).then((one) => stack.use(one)));
  const sinks = ways.filter((way) => way.kind === 'another Collector' && isName(way.host));
  let sink: StartedContainer | undefined;
  if (sinks.length > 0) {
    starts.push(start({ image: 'otelcol', env: ADDRESSES_ONLY, aliases: [...new Set(sinks.map((way) => way.host))], command: ['--config', '/etc/otelcol-contrib/config.yaml'], files: [{ path: '/etc/otelcol-contrib/config.yaml', content: makeSinkConfig(sinks) }] }).then(async (one) => { await awaitCollector(one, signal); sink = one; }));
  }
  const failed = (await Promise.allSettled(starts)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const parts = stack.move();
  return { sink, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** A name that a container can have: `localhost` is the Collector's own. */
const isName = (host: string): boolean => /^[a-z]/i.test(host) && host !== 'localhost';

/** Loki as the course runs it, without tenants, since a Collector that names none is not asked for one; what comes without a name of its service is `unknown_service`, as by default. */
function readLokiConfig(root: string): string {
  const config = parse(readFileSync(coursePath(root, lokiBackend.configFiles(root)[0] ?? ''), 'utf8')) as { readonly limits_config: object };
  return stringify({ ...config, auth_enabled: false, limits_config: { ...config.limits_config, discover_service_name: ['service', 'app', 'container', 'job'] } });
}

/** One server on every port that is scraped, whatever the path. */
function serveTargets(targets: readonly string[], network: Network): ContainerRequest {
  const ports = [...new Set(targets.map((target) => Number(/:(\d+)$/.exec(target)?.[1] ?? 80)))];
  const script = `for (const port of ${JSON.stringify(ports)}) require('node:http').createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(${JSON.stringify(PAGE)})).listen(port)`;
  return { image: 'sandbox', confined: true, aliases: [...new Set(targets.map((target) => target.replace(/:\d+$/, '')))].filter(isName), command: ['node', '-e', script], ports: [], networks: [network] };
}

/** Takes OTLP on the ports that exporters name, and counts it in its log. */
function makeSinkConfig(sinks: readonly Way[]): string {
  const ports = new Map(sinks.map(({ port, protocol }) => [port, protocol]));
  const pipelines = [...ports.keys()].flatMap((port) => ['traces', 'metrics', 'logs'].map((one) => [`${one}/${port}`, { receivers: [`otlp/${port}`], exporters: [`debug/${port}`] }]));
  return stringify({
    receivers: Object.fromEntries([...ports].map(([port, protocol]) => [`otlp/${port}`, { protocols: { [protocol]: { endpoint: `0.0.0.0:${port}` } } }])),
    exporters: Object.fromEntries([...ports.keys()].map((port) => [`debug/${port}`, {}])),
    service: { pipelines: Object.fromEntries(pipelines) },
  });
}

async function awaitAnswer(container: StartedContainer, probe: StartedContainer, url: string, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + READY_MS;
  while ((await askFrom(probe, url, {}, signal)).status !== 200) {
    if (performance.now() > endMs) throw new HarnessError('backend-not-ready', `${url} did not answer 200 within ${READY_MS / 1000} s. Look at its log tail.`, { logTail: await container.logTail() });
    await delay(POLL_MS, undefined, { signal });
  }
}
