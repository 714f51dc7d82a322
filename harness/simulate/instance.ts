import type { Service, ServiceName } from './incident.ts';
import { Metrics } from './metrics.ts';
import { Pool } from './pool.ts';
import { ProcessGauges } from './process-gauges.ts';
import type { WritableSeries } from './series-store.ts';
import type { World } from './world.ts';

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
  /** Who runs now; only where something may hold on to it. */
  eventLoop: Pool | undefined;
  /** Host of its database. */
  databaseHost: string;
  cacheBytes: number;
  metrics: Metrics;
  process: ProcessGauges;
  exposed: ReadonlySet<WritableSeries>;
}

export function targetLabels(target: { readonly name: string; readonly service: string }): Readonly<Record<string, string>> {
  return { job: target.service, service: target.service, instance: target.name };
}

/** A process that has just been started. Its metrics are not declared yet. */
export function launch(world: World, name: string, service: Service): Instance {
  const target = { name, service: service.name };
  return {
    ...target, version: service.version, up: true, deaths: 0, inFlight: 0, exposed: new Set(),
    ...freshState(world, target, service, service.database?.connections),
    databaseHost: `${service.name === 'checkout' ? 'orders' : service.name}-db-1`,
  };
}

/** Its counters, memory and cache are empty; requests that the old process had are its own. */
export function restart(world: World, instance: Instance): void {
  const service = world.service(instance.service);
  const { metrics, process, cacheBytes, eventLoop } = freshState(world, instance, service, instance.pool?.max);
  Object.assign(instance, { metrics, process, cacheBytes, eventLoop });
}

/** Work in progress keeps the old pool and ends in nothing; the next process begins with a new one. */
export function die(world: World, instance: Instance): void {
  instance.up = false;
  instance.deaths++;
  instance.inFlight = 0;
  instance.pool = freshState(world, instance, world.service(instance.service), instance.pool?.max).pool;
}

function freshState(world: World, target: { readonly name: string; readonly service: ServiceName }, { database }: Service, connections: number | undefined): Pick<Instance, 'pool' | 'eventLoop' | 'metrics' | 'process' | 'cacheBytes'> {
  const { loop, incident, store } = world;
  const held = incident.faults.some((fault) => fault.kind === 'busy-loop' && fault.service === target.service);
  return {
    pool: database === undefined || connections === undefined ? undefined : new Pool(loop, connections, database.timeoutUs),
    eventLoop: held ? new Pool(loop, 1, Infinity) : undefined,
    metrics: new Metrics(store, targetLabels(target)),
    process: new ProcessGauges(incident.seed, target.name, incident.startMs + loop.nowUs / 1000),
    cacheBytes: 0,
  };
}
