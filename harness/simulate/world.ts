import { EventLoop } from './event-loop.ts';
import type { Fault, Incident, Service, ServiceName } from './incident.ts';
import { LogBook } from './logs.ts';
import { LEVELS, Metrics, STATUSES } from './metrics.ts';
import { Pool } from './pool.ts';
import { markStale, SeriesStore } from './series-store.ts';
import type { WritableSeries } from './series-store.ts';

/** What each service serves, and whom it calls. The gateway serves what users ask for. */
const ENDPOINTS: Readonly<Record<ServiceName, readonly string[]>> = {
  gateway: [], checkout: ['POST /checkout'], inventory: ['POST /reserve'], payment: ['POST /charge'], discount: ['GET /quote'],
};
const PEERS: Readonly<Record<ServiceName, readonly ServiceName[]>> = {
  gateway: ['checkout'], checkout: ['inventory', 'payment', 'discount'], inventory: [], payment: [], discount: [],
};

/** One process of a service, and what Prometheus saw of it at the last scrape. */
export interface Instance {
  readonly name: string;
  readonly service: ServiceName;
  version: string;
  up: boolean;
  /** How often it died: work begun before a death ends in nothing. */
  deaths: number;
  inFlight: number;
  pool: Pool | undefined;
  metrics: Metrics;
  exposed: ReadonlySet<WritableSeries>;
}
/** The shop at an instant of the virtual clock. */
export class World {
  readonly incident: Incident;
  readonly loop = new EventLoop();
  readonly store = new SeriesStore();
  readonly logs: LogBook;
  readonly instances: readonly Instance[];
  readonly #turn = new Map<ServiceName, number>();

  constructor(incident: Incident) {
    this.incident = incident;
    this.logs = new LogBook(incident.startMs);
    this.instances = [...incident.services.values()].flatMap((service) => service.instances.map((name) => this.#launch(name, service)));
  }
  /** The service's next instance that lives, in turn; undefined when none does. */
  pick(service: ServiceName): Instance | undefined {
    const alive = this.instances.filter((instance) => instance.service === service && instance.up);
    const turn = this.#turn.get(service) ?? 0;
    this.#turn.set(service, turn + 1);
    return alive[turn % Math.max(alive.length, 1)];
  }
  service(name: ServiceName): Service {
    const service = this.incident.services.get(name);
    if (service === undefined) throw new Error(`the incident was read without the service ${name}, and something calls it`);
    return service;
  }
  /** Latency faults that hold now for the service. */
  latencyFaults(service: ServiceName): readonly Extract<Fault, { kind: 'latency' }>[] {
    const now = this.loop.nowUs;
    return this.incident.faults.filter((fault): fault is Extract<Fault, { kind: 'latency' }> =>
      fault.kind === 'latency' && fault.target === service && fault.atUs <= now && now < fault.untilUs);
  }
  /** Plans every scrape but the last one, then deploys and faults: what falls on a scrape happens just after it. */
  planTimeline(): void {
    const { incident, loop } = this;
    for (let atUs = 0; atUs < incident.durationUs; atUs += incident.scrapeUs) loop.at(atUs, () => this.scrape());
    for (const { atUs, target, version } of incident.deploys) loop.at(atUs, () => this.#deploy(target, version));
    for (const fault of incident.faults) {
      if (fault.kind === 'pool') {
        loop.at(fault.atUs, () => this.#resize(fault.target, fault.connections));
        loop.at(fault.untilUs, () => this.#resize(fault.target, this.service(fault.target).database?.connections));
      } else if (fault.kind === 'instance-down') {
        loop.at(fault.atUs, () => this.#die(fault.target));
        loop.at(fault.untilUs, () => this.#revive(fault.target));
      }
    }
  }
  /** One round of scrapes. A target that is down gets `up` 0, and its series end; so do series that a new process no longer has. */
  scrape(): void {
    const { startMs } = this.incident;
    const timestampMs = startMs + this.loop.nowUs / 1000;
    for (const instance of this.instances) {
      const up = this.store.series({ ...targetLabels(instance), __name__: 'up' });
      up.samples.push([timestampMs, instance.up ? 1 : 0]);
      const written = instance.up ? instance.metrics.scrape(timestampMs, startMs) : new Set<WritableSeries>();
      for (const series of instance.exposed) if (!written.has(series)) markStale(series, timestampMs);
      instance.exposed = written;
    }
  }

  #launch(name: string, service: Service): Instance {
    const { loop } = this;
    const target = { name, service: service.name };
    const pool = service.database && new Pool(loop, service.database.connections, service.database.timeoutUs);
    const metrics = new Metrics(this.store, targetLabels(target));
    const instance: Instance = { ...target, version: service.version, up: true, deaths: 0, inFlight: 0, pool, metrics, exposed: new Set() };
    this.#declare(instance);
    return instance;
  }
  #restart(instance: Instance): void {
    instance.metrics = new Metrics(this.store, targetLabels(instance));
    this.#declare(instance);
    this.log(instance, 'info', { event: 'service_started', version: instance.version }, 'service started');
  }
  /** Writes a line and counts it. */
  log(instance: Instance, level: (typeof LEVELS)[number], fields: Readonly<Record<string, string | number | undefined>>, msg: string): void {
    this.logs.write(instance, level, this.loop.nowUs, fields, msg);
    instance.metrics.count('log_lines_total', { level });
  }
  /** Known label sets begin at zero. */
  #declare(instance: Instance): void {
    const { metrics, service } = instance;
    const endpoints = service === 'gateway' ? this.incident.traffic.map(([endpoint]) => endpoint) : ENDPOINTS[service];
    for (const endpoint of endpoints) {
      const labels = splitEndpoint(endpoint);
      for (const status of STATUSES) metrics.declareCounter('http_requests_total', { ...labels, status });
      metrics.declareHistogram('http_request_duration_seconds', labels, true);
    }
    for (const peer of PEERS[service]) {
      if (this.incident.services.has(peer)) metrics.declareHistogram('outbound_request_duration_seconds', { peer }, false);
    }
    for (const level of LEVELS) metrics.declareCounter('log_lines_total', { level });
    metrics.declareGauge('http_requests_in_flight', () => instance.inFlight);
    if (instance.pool === undefined) return;
    metrics.declareGauge('db_pool_connections_active', () => instance.pool?.active ?? 0);
    metrics.declareGauge('db_pool_connections_max', () => instance.pool?.max ?? 0);
    metrics.declareGauge('db_pool_requests_waiting', () => instance.pool?.waiting ?? 0);
  }
  #deploy(service: ServiceName, version: string): void {
    for (const instance of this.instances) {
      if (instance.service !== service) continue;
      instance.version = version;
      if (instance.up) this.#restart(instance);
    }
  }
  #resize(service: ServiceName, connections: number | undefined): void {
    for (const instance of this.instances) {
      if (instance.service === service && connections !== undefined) instance.pool?.resize(connections);
    }
  }
  #die(name: string): void {
    const instance = this.instances.find((candidate) => candidate.name === name);
    if (instance === undefined) return;
    instance.up = false;
    instance.deaths++;
    instance.inFlight = 0;
    // Work in progress keeps the old pool and ends in nothing; the next process begins with a new one.
    const database = this.service(instance.service).database;
    if (instance.pool !== undefined && database !== undefined) instance.pool = new Pool(this.loop, instance.pool.max, database.timeoutUs);
  }
  #revive(name: string): void {
    const instance = this.instances.find((candidate) => candidate.name === name);
    if (instance === undefined) return;
    instance.up = true;
    this.#restart(instance);
  }
}

/** `POST /checkout` as labels. */
export function splitEndpoint(endpoint: string): { readonly method: string; readonly route: string } {
  const space = endpoint.indexOf(' ');
  return { method: endpoint.slice(0, space), route: endpoint.slice(space + 1) };
}

function targetLabels(target: { readonly name: string; readonly service: string }): Readonly<Record<string, string>> {
  return { job: target.service, service: target.service, instance: target.name };
}
