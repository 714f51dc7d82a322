import { ActiveFaults } from './active.ts';
import { EventLoop } from './event-loop.ts';
import type { Incident, Sampling, Service, ServiceName } from './incident.ts';
import { declareMetrics } from './declare.ts';
import { launch, restart, targetLabels } from './instance.ts';
import type { Instance } from './instance.ts';
import { LogBook } from './logs.ts';
import type { LogFields } from './logs.ts';
import type { LogLevel } from './metrics.ts';
import { markStale, SeriesStore } from './series-store.ts';
import type { WritableSeries } from './series-store.ts';
import type { Sink } from './run-incident.ts';
import type { Visit } from './visit.ts';

/** The shop at an instant of the virtual clock. */
export class World {
  readonly incident: Incident;
  readonly loop = new EventLoop();
  readonly store = new SeriesStore();
  readonly logs: LogBook;
  readonly instances: readonly Instance[];
  readonly active = new ActiveFaults();
  /** Visits whose traces the sampler stored, in the order in which they ended. */
  readonly stored: Visit[] = [];
  /** Units left, where the incident counts them. */
  stock: number | undefined;
  readonly #byService = new Map<ServiceName, readonly Instance[]>();
  readonly #turn = new Map<ServiceName, number>();

  readonly #sink: Sink | undefined;

  constructor(incident: Incident, sink?: Sink) {
    this.incident = incident;
    this.#sink = sink;
    this.stock = incident.stock;
    this.logs = new LogBook(incident.startMs, sink);
    this.instances = [...incident.services.values()].flatMap((service) => service.instances.map((name) => launch(this, name, service)));
    for (const instance of this.instances) {
      declareMetrics(this, instance);
      this.#byService.set(instance.service, [...(this.#byService.get(instance.service) ?? []), instance]);
    }
  }
  /** The instance that gets the service's next request; undefined when none lives. In turn, or the one with the fewest requests. */
  pick(service: ServiceName): Instance | undefined {
    const all = this.of(service);
    const alive = all.every(isUp) ? all : all.filter(isUp);
    const turn = this.#turn.get(service) ?? 0;
    this.#turn.set(service, turn + 1);
    const next = alive[turn % Math.max(alive.length, 1)];
    if (this.incident.balance === 'round-robin' || next === undefined) return next;
    return alive.reduce((best, other) => (other.inFlight < best.inFlight ? other : best), next);
  }
  of(service: ServiceName): readonly Instance[] {
    return this.#byService.get(service) ?? [];
  }
  service(name: ServiceName): Service {
    const service = this.incident.services.get(name);
    if (service === undefined) throw new Error(`the incident was read without the service ${name}, and something calls it`);
    return service;
  }
  /** The sampler's word on a trace that has ended. Most traces are not stored; their spans would only cost memory. */
  settle(visit: Visit): void {
    if (!visit.kept) visit.spans = [];
    else if (this.#sink === undefined) this.stored.push(visit);
    else this.#sink.trace(visit.spans);
  }
  /** The sampler's policy of now. */
  get sampling(): Sampling {
    return this.active.all('sampling')[0]?.policy ?? this.incident.sampling;
  }
  /** One round of scrapes. A target that cannot be scraped gets `up` 0, and its series end; so do series that a new process no longer has. */
  scrape(): void {
    const { startMs } = this.incident;
    const timestampMs = startMs + this.loop.nowUs / 1000;
    for (const instance of this.instances) {
      const trouble = this.active.at('scrape', instance)?.state;
      const isRead = instance.up && trouble === undefined;
      const up = this.store.series({ ...targetLabels(instance), __name__: 'up' });
      if (trouble !== 'removed') up.samples.push([timestampMs, isRead ? 1 : 0]);
      else if (up.samples.at(-1)?.[1] !== null) markStale(up, timestampMs);
      const written = isRead ? instance.metrics.scrape(timestampMs, startMs) : new Set<WritableSeries>();
      for (const series of instance.exposed) if (!written.has(series)) markStale(series, timestampMs);
      instance.exposed = written;
    }
  }
  /** The instance's process is another one from now on: it says so, and counts from zero. */
  restart(instance: Instance): void {
    restart(this, instance);
    declareMetrics(this, instance);
    this.log(instance, 'info', { event: 'service_started', version: instance.version }, 'service started');
  }
  /** Writes a line and counts it. `first` is what comes before the fields, from `renderFields`. */
  log(instance: Instance, level: LogLevel, fields: LogFields, msg: string, first?: string): void {
    this.logs.write(instance, level, this.loop.nowUs, fields, msg, first);
    instance.metrics.count('log_lines_total', { level });
  }
}

function isUp({ up }: Instance): boolean {
  return up;
}
