import type { Dataset, Span } from '../model/dataset.ts';
import type { Process } from './event-loop.ts';
import type { Incident, UserEndpoint } from './incident.ts';
import { Random } from './random.ts';
import { pickShare } from './request.ts';
import { visitShop } from './shop.ts';
import { planTimeline } from './timeline.ts';
import type { Visit } from './visit.ts';
import { World } from './world.ts';

/** A dataset, and beside it what only the simulation knows. */
export interface Run {
  readonly dataset: Dataset;
  /** Every visit, also those whose trace was not stored, in order of arrival; empty unless they were to be remembered. */
  readonly visits: readonly Arrival[];
  /** Most database connections ever in use at once, by instance. */
  readonly poolPeaks: ReadonlyMap<string, { readonly peak: number; readonly max: number }>;
}
/** What is remembered of a visit. */
export type Arrival = Pick<Visit, 'traceId' | 'role'>;
/** Streams of random numbers 0 to 7 are arrivals; visits follow. */
const FIRST_VISIT_STREAM = 8;
/** Streams for what only faults ask: far from the others. */
const LUCK_STREAM = 2 ** 30;
/** Regular visitors, for what counts by user. */
const USERS = 5_000;
/** Traffic by hour of the day (UTC) against the mean of a day: quiet nights, a peak in the evening. Illustrative. */
const DAILY = [0.35, 0.25, 0.2, 0.2, 0.25, 0.4, 0.6, 0.85, 1.05, 1.15, 1.2, 1.25, 1.3, 1.25, 1.2, 1.2, 1.25, 1.35, 1.5, 1.6, 1.55, 1.3, 0.95, 0.6];

/** Takes lines and stored traces as they come; then the dataset has none of them. */
export interface Sink {
  line(line: string): void;
  trace(spans: readonly Span[]): void;
}
interface RunOptions {
  /** Every visit, for tests; else only what is stored costs memory. */
  readonly remember?: boolean;
  readonly sink?: Sink;
}

/** Runs the shop through an incident, from its start to its end. What has not ended by then leaves no trace, line or count of its own. */
export function runIncident(name: string, incident: Incident, { remember = false, sink }: RunOptions = {}): Run {
  const world = new World(incident, sink);
  planTimeline(world);
  const arrived: Arrived = { count: 0, all: [], remember };
  incident.traffic.forEach(([endpoint, perSecond], stream) => {
    world.loop.spawn(arrivals(world, arrived, endpoint, perSecond, new Random(incident.seed, stream)));
  });
  world.loop.runUntil(incident.durationUs);
  world.scrape();
  const poolPeaks = new Map(world.instances.flatMap(({ name: instance, pool }) => (pool ? [[instance, { peak: pool.peak, max: pool.max }]] : [])));
  return { dataset: collect(name, world), visits: arrived.all, poolPeaks };
}

interface Arrived {
  count: number;
  readonly remember: boolean;
  readonly all: Arrival[];
}

function* arrivals(world: World, arrived: Arrived, endpoint: UserEndpoint, perSecond: number, random: Random): Process<void> {
  for (;;) {
    const factor = world.active.all('traffic').reduce((product, fault) => product * fault.factor, shapeNow(world));
    yield random.gapUs(perSecond * factor);
    const visit = newVisit(world.incident, endpoint, arrived.count++);
    if (arrived.remember) arrived.all.push({ traceId: visit.traceId, role: visit.role });
    visitShop(world, visit);
  }
}

/** Between the full hours in a straight line. */
function shapeNow({ incident, loop }: World): number {
  if (incident.shape === 'flat') return 1;
  const hours = (incident.startMs + loop.nowUs / 1000) / 3_600_000;
  const hour = Math.floor(hours);
  const [before, after] = [DAILY[hour % 24] ?? 1, DAILY[(hour + 1) % 24] ?? 1];
  return before + (after - before) * (hours - hour);
}

function newVisit(incident: Incident, endpoint: UserEndpoint, index: number): Visit {
  const random = new Random(incident.seed, FIRST_VISIT_STREAM + index);
  const luck = new Random(incident.seed, LUCK_STREAM + index);
  const visit = {
    index,
    endpoint,
    role: pickShare(incident.population, random.fraction()) as Visit['role'],
    cartItems: 1 + Math.floor(random.fraction() * 6),
    traceId: random.hex(4),
    orderId: `A-${100_000 + index}`,
    faultZ: random.normal(),
    samplingDraw: random.fraction(),
  };
  return {
    ...visit,
    userId: Math.floor(luck.fraction() * USERS),
    tenant: incident.tenants.length === 0 ? undefined : pickShare(incident.tenants, luck.fraction()),
    flags: incident.flags.length === 0 ? NO_FLAGS : new Set(incident.flags.filter(([, share]) => luck.fraction() < share).map(([flag]) => flag)),
    random, luck, spans: [], kept: false, ended: false,
  };
}
const NO_FLAGS: ReadonlySet<string> = new Set();

function collect(name: string, world: World): Dataset {
  const { incident, store, logs, stored } = world;
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
    traces: stored.map((visit) => ({ index: visit.index, spans: visit.spans.toSorted(byStart) })).sort(byRoot).map(({ spans }) => spans),
  };
}

interface Trace {
  readonly index: number;
  readonly spans: readonly Span[];
}
/** As their roots began; of two that began together, the one that arrived first. */
function byRoot(a: Trace, b: Trace): number {
  return (a.spans[0]?.startUs ?? 0) - (b.spans[0]?.startUs ?? 0) || a.index - b.index;
}

/** Parents before children: of two spans that begin together, the one that ends later. */
function byStart(a: Span, b: Span): number {
  return a.startUs - b.startUs || b.durationUs - a.durationUs;
}
