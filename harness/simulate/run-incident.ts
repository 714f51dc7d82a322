import type { Dataset, Span } from '../model/dataset.ts';
import type { Process } from './event-loop.ts';
import type { Incident, Role, UserEndpoint } from './incident.ts';
import { Random } from './random.ts';
import { visitShop } from './shop.ts';
import type { Visit } from './visit.ts';
import { World } from './world.ts';

/** A dataset, and beside it what only the simulation knows. */
export interface Run {
  readonly dataset: Dataset;
  /** Every visit, also those whose trace was not stored, in order of arrival. */
  readonly visits: readonly Visit[];
  /** Most database connections ever in use at once, by instance. */
  readonly poolPeaks: ReadonlyMap<string, { readonly peak: number; readonly max: number }>;
}
/** Streams of random numbers 0 to 7 are arrivals; visits follow. */
const FIRST_VISIT_STREAM = 8;

/** Runs the shop through an incident, from its start to its end. What has not ended by then leaves no trace, line or count of its own. */
export function runIncident(name: string, incident: Incident): Run {
  const world = new World(incident);
  const visits: Visit[] = [];
  world.planTimeline();
  incident.traffic.forEach(([endpoint, perSecond], stream) => {
    world.loop.spawn(arrivals(world, visits, endpoint, perSecond, new Random(incident.seed, stream)));
  });
  world.loop.runUntil(incident.durationUs);
  world.scrape();
  const poolPeaks = new Map(world.instances.flatMap(({ name: instance, pool }) => (pool ? [[instance, { peak: pool.peak, max: pool.max }]] : [])));
  return { dataset: collect(name, world, visits), visits, poolPeaks };
}

function* arrivals(world: World, visits: Visit[], endpoint: UserEndpoint, perSecond: number, random: Random): Process<void> {
  for (;;) {
    yield world.loop.sleep(random.gapUs(perSecond));
    const visit = newVisit(world.incident, endpoint, visits.length);
    visits.push(visit);
    world.loop.spawn(visitShop(world, visit));
  }
}

function newVisit(incident: Incident, endpoint: UserEndpoint, index: number): Visit {
  const random = new Random(incident.seed, FIRST_VISIT_STREAM + index);
  return {
    endpoint,
    role: drawRole(incident, random.fraction()),
    cartItems: 1 + Math.floor(random.fraction() * 6),
    traceId: random.hex(4),
    orderId: `A-${100_000 + index}`,
    faultZ: random.normal(),
    samplingDraw: random.fraction(),
    random,
    spans: [],
    kept: false,
  };
}

function drawRole(incident: Incident, draw: number): Role {
  let sum = 0;
  for (const [role, share] of incident.population) {
    sum += share;
    if (draw < sum) return role;
  }
  return 'standard';
}

function collect(name: string, world: World, visits: readonly Visit[]): Dataset {
  const { incident, store, logs } = world;
  const toMs = (us: number): number => incident.startMs + us / 1000;
  const { faults } = incident;
  return {
    name,
    startMs: incident.startMs,
    endMs: toMs(incident.durationUs),
    stepMs: incident.scrapeUs / 1000,
    faultStartMs: faults.length === 0 ? undefined : toMs(Math.min(...faults.map(({ atUs }) => atUs))),
    faultEndMs: faults.length === 0 ? undefined : toMs(Math.max(...faults.map(({ untilUs }) => untilUs))),
    series: store.finish(),
    logs: logs.finish(),
    traces: visits.filter(({ kept }) => kept).map(({ spans }) => spans.toSorted(byStart)),
  };
}

/** Parents before children: of two spans that begin together, the one that ends later. */
function byStart(a: Span, b: Span): number {
  return a.startUs - b.startUs || b.durationUs - a.durationUs;
}
