import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { HarnessError } from '../../model/verdict.ts';

const INCIDENTS = 'snippets/incidents';
const UNITS_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

interface RawTiming { readonly median: string; readonly sigma: number }
interface RawService {
  readonly version: string;
  readonly instances: readonly string[];
  readonly work: RawTiming;
  readonly database?: { readonly connections: number; readonly timeout: string; readonly query: RawTiming };
  readonly log_every?: readonly string[];
  readonly calls?: Readonly<Record<string, { readonly timeout: string; readonly attempts?: number; readonly backoff?: string }>>;
}
interface RawIncident {
  readonly start: string;
  readonly duration: string;
  readonly faults?: readonly { readonly kind: string; readonly target?: string; readonly at: string; readonly until: string }[];
  readonly traffic: Readonly<Record<string, number>>;
  readonly population: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  readonly tenants?: Readonly<Record<string, string>>;
  readonly stock?: number;
  readonly services: Readonly<Record<string, RawService>>;
}
/** One process of the shop. */
export interface Instance {
  /** `checkout-1:8080`, also its host name and port. */
  readonly name: string;
  readonly service: string;
  /** Its file among the services' sources. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}
/** When what happens, by the clock of the incident's day. */
export interface Timeline {
  readonly startMs: number;
  readonly endMs: number;
  readonly faults: readonly { readonly kind: string; readonly target?: string | undefined; readonly atMs: number; readonly untilMs: number }[];
}
/** The shop of an incident file, as real services are told of it. */
export interface ShopPlan {
  readonly instances: readonly Instance[];
  /** What LOAD tells the load generator. */
  readonly load: { readonly traffic: Readonly<Record<string, number>> } & Readonly<Record<string, unknown>>;
  readonly timeline: Timeline;
  /** The incident file with its shop, as JSON: faultctl reads it. */
  readonly incidentJson: string;
}
export interface PlanOptions {
  readonly root: string;
  /** Name of an incident file. */
  readonly incident: string;
  /** So many times the requests of the file; the default is 1. */
  readonly trafficFactor?: number;
  /** Settings that every service gets over those of the file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** By instance, where it is not TypeScript: `{'checkout-2:8080': 'checkout.py'}`. */
  readonly programs?: Readonly<Record<string, string>>;
}

/**
 * Reads an incident file as settings of real services. What is wrong with the file is the simulator's to say: it reads it first.
 * @throws HarnessError `io-failed` when there is no such file
 */
export function planShop({ root, incident: name, trafficFactor = 1, settings, programs = {} }: PlanOptions): ShopPlan {
  const incident = readRaw(root, name);
  const services = Object.entries(incident.services);
  const urls = Object.fromEntries(services.map(([service, { instances }]) => [`${service.toUpperCase()}_URLS`, instances.map((instance) => `http://${instance}`).join(',')]));
  return {
    instances: services.flatMap(([service, raw]) => raw.instances.map((instance): Instance => ({
      name: instance, service, program: programs[instance] ?? `${service}.ts`,
      env: { ...urls, INSTANCE: instance, PORT: instance.split(':')[1] ?? '8080', SERVICE_VERSION: raw.version, SETTINGS: JSON.stringify({ ...toSettings(raw, incident), ...settings }) },
    }))),
    load: {
      traffic: Object.fromEntries(Object.entries(incident.traffic).map(([endpoint, perSecond]) => [endpoint, perSecond * trafficFactor])),
      population: toShares(incident.population), flags: toShares(incident.flags), tenants: toShares(incident.tenants),
    },
    timeline: readTimeline(incident),
    incidentJson: JSON.stringify(incident),
  };
}

function readRaw(root: string, name: string): RawIncident {
  try {
    const own = parse(readFileSync(join(root, INCIDENTS, `${name}.yaml`), 'utf8')) as RawIncident & { readonly shop?: string };
    if (own.shop === undefined) return own;
    const shop = parse(readFileSync(join(root, INCIDENTS, 'shops', `${own.shop}.yaml`), 'utf8')) as RawIncident;
    return { ...shop, ...own, services: { ...shop.services, ...own.services } };
  } catch (cause) {
    throw new HarnessError('io-failed', `The incident ${name} cannot be read from ${INCIDENTS}/${name}.yaml: ${String(cause)}`, { cause });
  }
}

function readTimeline({ start, duration, faults = [] }: RawIncident): Timeline {
  const startMs = Date.parse(start);
  return {
    startMs, endMs: startMs + readMs(duration),
    faults: faults.map(({ kind, target, at, until }) => ({ kind, target, atMs: readClock(at, startMs), untilMs: readClock(until, startMs) })),
  };
}

/** `14:02` or `14:02:30` on the day of the incident. */
export function readClock(clock: string, startMs: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const day = Math.floor(startMs / 86_400_000) * 86_400_000;
  return day + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

function toSettings({ work, database, log_every: logEvery, calls }: RawService, { stock }: RawIncident): Readonly<Record<string, unknown>> {
  return {
    work: toTiming(work), logEvery: logEvery ?? [],
    ...(database && { database: { connections: database.connections, timeoutMs: readMs(database.timeout), query: toTiming(database.query) } }),
    ...(calls && { calls: Object.fromEntries(Object.entries(calls).map(([peer, { timeout, attempts = 1, backoff = '0ms' }]) => [peer, { timeoutMs: readMs(timeout), attempts, backoffMs: readMs(backoff) }])) }),
    ...(stock !== undefined && { stock }),
  };
}
function toTiming({ median, sigma }: RawTiming): { readonly ms: number; readonly sigma: number } {
  return { ms: readMs(median), sigma };
}
function toShares(shares: Readonly<Record<string, string>> = {}): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, Number.parseFloat(share) / 100]));
}

/** `2.5s` → 2500. */
function readMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text) ?? [];
  return Number(amount) * (UNITS_MS[unit ?? ''] ?? NaN);
}
