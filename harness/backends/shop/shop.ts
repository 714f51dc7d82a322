import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { EngineContext, Network, StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';
import { countStoredSpans } from '../live/spans.ts';
import { pollUntil } from '../live/poll.ts';
import { startJaeger, startLoki, startPrometheus } from '../live/stack.ts';
import { Collector, pushStreams } from './lines.ts';
import type { Instance, ShopPlan } from './plan.ts';

const SOURCE = 'snippets/technow/shop';
const HOME = '/scratch/course';
/** The sandbox's packages; lines leave when they are written. */
const PYTHON = ['env', 'PYTHONPATH=/course/python', 'PYTHONUNBUFFERED=1', 'PYTHONDONTWRITEBYTECODE=1', 'python3'];
const ADMIN_OFFSET = 1_000;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** To each endpoint, before a day begins: two checkouts share them. */
export const WARM_UP_REQUESTS = 60;
const WARM_UP_PER_SECOND = 40;
const WARM_UP_TIMEOUT_S = 30;
/** Longer than a customer waits. */
const UNLOAD_TIMEOUT_MS = 25_000;
/** Starts a service again whenever `up` is there: an instance that was killed comes back in its container. */
const KEEP_RUNNING = `
ln -s /course/node_modules ${HOME}/node_modules
touch /scratch/up
while [ ! -e /scratch/over ]; do
  if [ -e /scratch/up ]; then rm /scratch/up; "$@" & echo $! > /scratch/pid; wait $!; fi
  sleep 0.05
done
touch /scratch/ended
exec sleep infinity`;
const STOP = 'touch /scratch/over; kill -TERM "$(cat /scratch/pid)"; until [ -e /scratch/ended ]; do sleep 0.05; done';

/** The real services of the shop, each in a confined container of its own, and what watches them. Disposing it removes all. */
export interface Shop extends AsyncDisposable {
  readonly prometheusUrl: string;
  readonly lokiUrl: string;
  readonly jaegerUrl: string;
  /** Sends WARM_UP_REQUESTS to each endpoint of the plan; resolves when all are answered. The first requests that a process serves take up to half a second. */
  warmUp(): Promise<void>;
  /** Begins to send what the plan says. It ends by itself after so long. */
  load(seconds: number): Promise<void>;
  /** Sends no more, and resolves when what was sent is answered. */
  unload(): Promise<void>;
  /** `faultctl start launch-day`, inside. @returns what it prints @throws HarnessError `backend-lost` with its words when it fails */
  faultctl(...words: readonly string[]): Promise<string>;
  /** One request to a service from inside. @returns its status, headers and body */
  request(instance: string, path: string, options?: readonly string[]): Promise<string>;
  /** Starts an instance that is down. */
  revive(instance: string): Promise<void>;
  /** SIGTERM to every service; resolves when all have ended. */
  stop(): Promise<void>;
  /** Everything that was written and sent until now is in Loki and Jaeger once this resolves. */
  settle(): Promise<void>;
}

/**
 * Starts the services of a plan and the Prometheus, Loki and Jaeger that watch them, scraped every second; resolves when Prometheus has
 * scraped all. Nobody sends requests before `load`.
 * @param rules a rule file for Prometheus to evaluate every second
 * @throws HarnessError `timed-out` with what the services wrote when one does not come up
 */
export async function startShop(context: EngineContext, plan: ShopPlan, signal: AbortSignal, rules?: string): Promise<Shop> {
  await using stack = new AsyncDisposableStack();
  const inside = stack.use(await context.engine.network({ internal: true }));
  const networks = [stack.use(await context.engine.network()), inside];
  const files = readSource(context.root, plan);
  const starts = await Promise.allSettled([
    startPrometheus(context, { text: scrapeConfig(plan, rules !== undefined), ...(rules === undefined ? {} : { rules }) }, networks, signal),
    startLoki(context, networks, signal),
    startJaeger(context, networks, signal),
    startIdle(context, files, inside, plan, signal),
    ...plan.instances.map((instance) => startInstance(context, instance, files, inside, signal)),
  ]);
  const started = starts.map((start) => (start.status === 'fulfilled' ? stack.use(start.value) : undefined));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [prometheus, loki, jaeger, control, ...services] = started as readonly StartedContainer[] as [StartedContainer, StartedContainer, StartedContainer, StartedContainer, ...StartedContainer[]];
  const shop = new RunningShop({ prometheus, loki, jaeger, control, services, plan, signal });
  await shop.awaitScrapes();
  const parts = stack.move();
  shop.owns(parts);
  return shop;
}

interface Parts {
  readonly prometheus: StartedContainer;
  readonly loki: StartedContainer;
  readonly jaeger: StartedContainer;
  /** Where the load generator and faultctl run. */
  readonly control: StartedContainer;
  readonly services: readonly StartedContainer[];
  readonly plan: ShopPlan;
  readonly signal: AbortSignal;
}

class RunningShop implements Shop {
  readonly #parts: Parts;
  readonly #collectors: readonly Collector[];
  #resources: AsyncDisposable | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#collectors = parts.plan.instances.map(({ name, service }) => new Collector({ instance: name, service }));
  }
  owns(resources: AsyncDisposable): void {
    this.#resources = resources;
  }
  get prometheusUrl(): string {
    return this.#parts.prometheus.url(9090);
  }
  get lokiUrl(): string {
    return this.#parts.loki.url(3100);
  }
  get jaegerUrl(): string {
    return this.#parts.jaeger.url(16686);
  }
  async warmUp(): Promise<void> {
    const { control, plan } = this.#parts;
    for (const endpoint of Object.keys(plan.load.traffic)) {
      const load = JSON.stringify({ ...plan.load, traffic: { [endpoint]: WARM_UP_PER_SECOND }, requests: WARM_UP_REQUESTS, seconds: WARM_UP_TIMEOUT_S });
      await this.#run(control, ['sh', '-c', `LOAD='${load}' node ${HOME}/${SOURCE}/loadgen.ts`]);
    }
  }
  async load(seconds: number): Promise<void> {
    const { control, plan } = this.#parts;
    const load = JSON.stringify({ ...plan.load, seconds });
    await this.#run(control, ['sh', '-c', `LOAD='${load}' node ${HOME}/${SOURCE}/loadgen.ts > /scratch/load.log 2>&1 & echo $! > /scratch/load.pid`]);
  }
  async unload(): Promise<void> {
    await this.#run(this.#parts.control, ['timeout', String(UNLOAD_TIMEOUT_MS / 1000), 'sh', '-c', 'pid=$(cat /scratch/load.pid); kill -TERM "$pid" 2>/dev/null; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done']);
  }
  faultctl(...words: readonly string[]): Promise<string> {
    return this.#run(this.#parts.control, ['node', `${HOME}/${SOURCE}/faultctl.ts`, ...words]);
  }
  request(instance: string, path: string, options: readonly string[] = []): Promise<string> {
    return this.#run(this.#parts.control, ['curl', '-sS', '-i', '-m', '10', ...options, new URL(path, `http://${instance}`).href]);
  }
  async revive(instance: string): Promise<void> {
    await this.#run(this.#serviceOf(instance), ['touch', '/scratch/up']);
  }
  async stop(): Promise<void> {
    await Promise.all(this.#parts.services.map((service) => this.#run(service, ['timeout', String(STOP_TIMEOUT_MS / 1000), 'sh', '-c', STOP])));
  }
  async settle(): Promise<void> {
    const { services, control, plan, jaeger, signal } = this.#parts;
    // Who is down has sent its spans, or lost them.
    await control.exec(['curl', '-s', '--parallel', '-m', '5', ...adminsOf(plan).map((host) => `http://${host}/flush`)], signal);
    const texts = await Promise.all(services.map((service) => service.stdout()));
    await pushStreams(this.lokiUrl, texts.flatMap((text, index) => this.#collectors[index]?.takeStreams(text) ?? []), signal);
    await countStoredSpans(jaeger.url(8888), signal);
  }
  /** Until every instance was scraped once. */
  async awaitScrapes(): Promise<void> {
    const { plan, services, signal } = this.#parts;
    try {
      await pollUntil('Prometheus to scrape every service of the shop', START_TIMEOUT_MS, signal, async () => {
        const response = await fetch(`${this.prometheusUrl}/api/v1/query?query=count(up == 1)`, { signal });
        const { data } = (await response.json()) as { readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] } };
        return Number(data.result[0]?.value[1] ?? 0) === plan.instances.length || undefined;
      });
    } catch (cause) {
      const tails = await Promise.all(services.map((service) => service.logTail(10)));
      throw new HarnessError('timed-out', `Not every service of the shop could be scraped within ${START_TIMEOUT_MS / 1000} s. What they wrote follows.`, { cause, logTail: tails.join('\n') });
    }
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources?.[Symbol.asyncDispose]();
  }

  #serviceOf(instance: string): StartedContainer {
    const service = this.#parts.services[this.#parts.plan.instances.findIndex(({ name }) => name === instance)];
    if (service === undefined) throw new HarnessError('checker-crashed', `the shop has no instance ${instance}`);
    return service;
  }
  async #run(container: StartedContainer, command: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await container.exec(command, this.#parts.signal);
    if (exitCode !== 0) throw new HarnessError('backend-lost', `${command.slice(0, 3).join(' ')} in the shop ended with exit code ${exitCode}: ${(stderr || stdout).trim().slice(0, 400)}`);
    return stdout;
  }
}

/** Where faults are switched, of every instance. */
function adminsOf({ instances }: ShopPlan): readonly string[] {
  return instances.map(({ name }) => name.replace(/\d+$/, (port) => String(Number(port) + ADMIN_OFFSET)));
}

function scrapeConfig({ instances }: ShopPlan, hasRules: boolean): string {
  return stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    ...(hasRules ? { rule_files: ['/etc/prometheus/rules.yml'] } : {}),
    scrape_configs: [...Map.groupBy(instances, ({ service }) => service)].map(([service, own]) => ({
      job_name: service, static_configs: [{ targets: own.map(({ name }) => name), labels: { service } }],
    })),
  });
}

/** The services' source and the incident, as it stands in the repository. */
function readSource(root: string, plan: ShopPlan): readonly { readonly path: string; readonly content: string }[] {
  return [
    ...readdirSync(join(root, SOURCE)).map((name) => ({ path: `${HOME}/${SOURCE}/${name}`, content: readFileSync(join(root, SOURCE, name), 'utf8') })),
    { path: `${HOME}/snippets/incidents/current.json`, content: plan.incidentJson },
    { path: `${HOME}/package.json`, content: '{"type":"module"}' },
  ];
}

function startInstance({ engine }: EngineContext, { name, program, env }: Instance, files: readonly { readonly path: string; readonly content: string }[], inside: Network, signal: AbortSignal): Promise<StartedContainer> {
  return engine.start({
    image: 'sandbox', confined: true, aliases: [name.split(':')[0] ?? name], ports: [], networks: [inside], files,
    command: ['sh', '-c', KEEP_RUNNING, 'sh', ...(program.endsWith('.py') ? PYTHON : ['node']), `${HOME}/${SOURCE}/${program}`],
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318', ADMIN_HOST: '0.0.0.0', HOME: '/scratch' },
  }, signal);
}

/** A container that does nothing by itself: requests and faults come from it. */
function startIdle({ engine }: EngineContext, files: readonly { readonly path: string; readonly content: string }[], inside: Network, plan: ShopPlan, signal: AbortSignal): Promise<StartedContainer> {
  const gateway = plan.instances.find(({ service }) => service === 'gateway')?.name ?? '';
  return engine.start({
    image: 'sandbox', confined: true, aliases: ['loadgen'], ports: [], networks: [inside], files,
    command: ['sh', '-c', `ln -s /course/node_modules ${HOME}/node_modules; exec sleep infinity`],
    env: { SHOP: [...adminsOf(plan), 'localhost:9089'].map((host) => `http://${host}`).join(','), GATEWAY_URLS: `http://${gateway}` },
  }, signal);
}
