import type { DatasetName } from '../model/dataset.ts';
import { Cursor, IncidentError } from './cursor.ts';
import { ROLES, SERVICES, USER_ENDPOINTS } from './incident.ts';
import type { Deploy, Incident, Service, ServiceName, UserEndpoint } from './incident.ts';
import { printDatasetName } from './dataset-name.ts';
import { readClock, readFault, readShares, type Clock } from './read-fault.ts';
import { readSampling } from './read-sampling.ts';
import { readServices } from './read-services.ts';
import { suggest } from './suggest.ts';

/** Called services of each, which must be declared together. */
const NEEDED: Readonly<Partial<Record<string, readonly ServiceName[]>>> = { 'POST /checkout': ['checkout', 'inventory', 'payment', 'discount'] };
/** What a shop file may say for the incidents that name it. */
const OF_SHOP = ['population', 'network', 'services'] as const;
const OPTIONAL = ['deploys', 'faults', 'parameters', 'notes', 'story', 'expectations', 'shop', 'flags', 'tenants', 'stock', 'balance', 'shape'] as const;

/** The text of a shop file by its name, `snippets/incidents/shops/<name>.yaml`; undefined: there is none. */
export type ReadShop = (name: string) => { readonly file: string; readonly text: string } | undefined;

/**
 * Reads an incident file.
 * @param file repository-relative, for messages
 * @param name whose overrides replace declared parameters before anything is read
 * @throws IncidentError for the first mistake, with its place
 */
export function readIncident(file: string, text: string, name: DatasetName, readShop: ReadShop = () => undefined): Incident {
  const root = Cursor.open(file, text);
  const fields = root.object(['title', 'start', 'duration', 'scrape_every', 'seed', 'traffic', 'sampling'], [...OPTIONAL, ...OF_SHOP]);
  applyOverrides(root, fields.parameters, name);
  checkNotes(fields.notes);
  const shop = fields.shop === undefined ? undefined : openShop(fields.shop, readShop);
  const of = (key: (typeof OF_SHOP)[number]): Cursor => fields[key] ?? shop?.[key] ?? root.fail(`the incident has no "${key}"; add it, or name a shop that has it`);
  const startMs = readStart(fields.start);
  const services = readServices(of('services'));
  // What the incident says of a service replaces what the shop says of it.
  for (const [own, service] of shop?.services === undefined || fields.services === undefined ? [] : readServices(shop.services)) if (!services.has(own)) services.set(own, service);
  if (!services.has('gateway')) of('services').fail('"services" has no "gateway"; users only talk to it');
  const flags = (fields.flags?.entries() ?? []).map(([flag, share]) => [flag, share.share()] as const);
  const tenants = fields.tenants === undefined ? [] : readShares(fields.tenants);
  const stock = fields.stock?.integer(1);
  const clock: Clock = { startMs, durationUs: fields.duration.durationUs(), services, flags: flags.map(([flag]) => flag), tenants: tenants.map(([tenant]) => tenant), stock };
  const scrapeUs = fields.scrape_every.durationUs();
  if (scrapeUs === 0 || clock.durationUs % scrapeUs !== 0) fields.duration.fail('the duration is not a whole number of scrapes');
  return {
    title: fields.title.text(),
    startMs,
    durationUs: clock.durationUs,
    scrapeUs,
    seed: fields.seed.integer(),
    traffic: readTraffic(fields.traffic, services),
    shape: fields.shape?.choice(['flat', 'daily']) ?? 'flat',
    population: readPopulation(of('population')),
    flags,
    tenants,
    stock,
    balance: fields.balance?.choice(['round-robin', 'least-connections']) ?? 'round-robin',
    networkUs: of('network').durationUs(),
    services,
    deploys: (fields.deploys?.list() ?? []).map((deploy) => readDeploy(deploy, clock)),
    faults: name.overrides.some(([key, value]) => key === 'faults' && value === 'none') ? [] : (fields.faults?.list() ?? []).map((fault) => readFault(fault, clock)),
    sampling: readSampling(fields.sampling),
  };
}

function openShop(name: Cursor, readShop: ReadShop): Readonly<Partial<Record<(typeof OF_SHOP)[number], Cursor>>> {
  const found = readShop(name.text()) ?? name.fail(`there is no shop "${name.text()}" under snippets/incidents/shops/`);
  return Cursor.open(found.file, found.text).object([], [...OF_SHOP]);
}

function applyOverrides(root: Cursor, parameters: Cursor | undefined, name: DatasetName): void {
  const declared = new Map(parameters?.entries() ?? []);
  for (const [parameter, value] of name.overrides) {
    // Every incident can be had without its faults: the control for what its expectations claim.
    if (parameter === 'faults' && value === 'none') continue;
    const path = declared.get(parameter)
      ?? (parameters ?? root).fail(`unknown parameter "${parameter}" in "${printDatasetName(name)}": ${suggest(parameter, [...declared.keys()])}`);
    root.override(path, value, `${parameter}=${value}`);
  }
  // A parameter whose path leads nowhere is found without an override that uses it.
  for (const path of declared.values()) root.requireScalar(path);
}

function checkNotes(notes: Cursor | undefined): void {
  const fields = notes?.object([], ['visible', 'hidden']);
  for (const list of [fields?.visible, fields?.hidden]) for (const item of list?.list() ?? []) item.text();
}

function readStart(cursor: Cursor): number {
  const text = cursor.text();
  const startMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(startMs)) cursor.fail(`"start" is "${text}"; expected a time in UTC such as 2026-03-11T13:50:00Z`);
  return startMs;
}

function readTraffic(cursor: Cursor, services: ReadonlyMap<ServiceName, Service>): Incident['traffic'] {
  return cursor.entries().map(([key, rate]) => {
    const endpoint = USER_ENDPOINTS.find((known) => known === key)
      ?? rate.fail(`unknown endpoint "${key}" in "traffic": ${suggest(key, USER_ENDPOINTS)}`);
    const missing = (NEEDED[endpoint] ?? []).find((service) => !services.has(service));
    if (missing !== undefined) rate.fail(`"${endpoint}" needs the service "${missing}"; add it to "services"`);
    return [endpoint satisfies UserEndpoint, rate.number(0.001)] as const;
  });
}

function readPopulation(cursor: Cursor): Incident['population'] {
  const fields = cursor.object(ROLES);
  const population = ROLES.map((role) => [role, fields[role].share()] as const);
  const sum = population.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) cursor.fail(`the shares of "population" sum to ${Math.round(sum * 1000) / 10} %; expected 100 %`);
  return population;
}

function readDeploy(cursor: Cursor, clock: Clock): Deploy {
  const fields = cursor.object(['at', 'target', 'version']);
  return { atUs: readClock(fields.at, clock), target: fields.target.choice([...clock.services.keys()]), version: fields.version.text() };
}

/** @throws IncidentError without a place: there is no file to point into */
export function unknownIncident(name: string, known: readonly string[]): never {
  throw new IncidentError(`no incident "${name}" under snippets/incidents/: ${suggest(name, known)}`);
}
