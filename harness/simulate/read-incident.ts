import type { DatasetName } from '../model/dataset.ts';
import { Cursor, IncidentError } from './cursor.ts';
import { ROLES, SERVICES, USER_ENDPOINTS } from './incident.ts';
import type { Deploy, Fault, Incident, Role, Service, ServiceName, Timing } from './incident.ts';
import { printDatasetName } from './dataset-name.ts';
import { suggest } from './suggest.ts';

const HOUR_US = 3_600_000_000;
/** Called services of each, which must be declared together. */
const NEEDED: Readonly<Partial<Record<string, readonly ServiceName[]>>> = { 'POST /checkout': ['checkout', 'inventory', 'payment', 'discount'] };

/**
 * Reads an incident file.
 * @param file repository-relative, for messages
 * @param name whose overrides replace declared parameters before anything is read
 * @throws IncidentError for the first mistake, with its place
 */
export function readIncident(file: string, text: string, name: DatasetName): Incident {
  const root = Cursor.open(file, text);
  const fields = root.object(
    ['title', 'start', 'duration', 'scrape_every', 'seed', 'traffic', 'population', 'network', 'services', 'sampling'],
    ['deploys', 'faults', 'parameters', 'notes', 'story', 'expectations'],
  );
  applyOverrides(root, fields.parameters, name);
  checkNotes(fields.notes);
  const startMs = readStart(fields.start);
  const services = readServices(fields.services);
  const clock: Clock = { startMs, durationUs: fields.duration.durationUs(), services };
  const scrapeUs = fields.scrape_every.durationUs();
  if (scrapeUs === 0 || clock.durationUs % scrapeUs !== 0) fields.duration.fail('the duration is not a whole number of scrapes');
  return {
    title: fields.title.text(),
    startMs,
    durationUs: clock.durationUs,
    scrapeUs,
    seed: fields.seed.integer(),
    traffic: readTraffic(fields.traffic, services),
    population: readPopulation(fields.population),
    networkUs: fields.network.durationUs(),
    services,
    deploys: (fields.deploys?.list() ?? []).map((deploy) => readDeploy(deploy, clock)),
    faults: (fields.faults?.list() ?? []).map((fault) => readFault(fault, clock)),
    sampling: readSampling(fields.sampling),
  };
}

interface Clock {
  readonly startMs: number;
  readonly durationUs: number;
  readonly services: ReadonlyMap<ServiceName, Service>;
}

function applyOverrides(root: Cursor, parameters: Cursor | undefined, name: DatasetName): void {
  const declared = new Map(parameters?.entries() ?? []);
  for (const [parameter, value] of name.overrides) {
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

function readServices(cursor: Cursor): ReadonlyMap<ServiceName, Service> {
  const services = new Map<ServiceName, Service>();
  for (const [name, body] of cursor.entries()) {
    const known = SERVICES.find((service) => service === name) ?? body.fail(`unknown service "${name}": ${suggest(name, SERVICES)}`);
    services.set(known, readService(known, body));
  }
  if (!services.has('gateway')) cursor.fail('"services" has no "gateway"; users only talk to it');
  return services;
}

function readService(name: ServiceName, cursor: Cursor): Service {
  const fields = cursor.object(['version', 'instances', 'work'], ['database', 'log_every']);
  const database = fields.database?.object(['connections', 'timeout', 'query']);
  const instances = fields.instances.list().map((instance) => {
    const text = instance.text();
    return /^[a-z0-9-]+:\d+$/.test(text) ? text : instance.fail(`"${text}" is not an instance; expected host and port such as ${name}-1:8080`);
  });
  return {
    name,
    version: fields.version.text(),
    instances: instances.length > 0 ? instances : fields.instances.fail('"instances" is empty; name at least one'),
    work: readTiming(fields.work),
    database: database === undefined ? undefined : {
      connections: database.connections.integer(1),
      timeoutUs: database.timeout.durationUs(),
      query: readTiming(database.query),
    },
    loggedEndpoints: (fields.log_every?.list() ?? []).map((endpoint) => endpoint.text()),
  };
}

function readTiming(cursor: Cursor): Timing {
  const fields = cursor.object(['median', 'sigma']);
  return { medianUs: fields.median.durationUs(), sigma: fields.sigma.number() };
}

function readTraffic(cursor: Cursor, services: ReadonlyMap<ServiceName, Service>): Incident['traffic'] {
  return cursor.entries().map(([key, rate]) => {
    const endpoint = USER_ENDPOINTS.find((known) => known === key)
      ?? rate.fail(`unknown endpoint "${key}" in "traffic": ${suggest(key, USER_ENDPOINTS)}`);
    const missing = (NEEDED[endpoint] ?? []).find((service) => !services.has(service));
    if (missing !== undefined) rate.fail(`"${endpoint}" needs the service "${missing}"; add it to "services"`);
    return [endpoint, rate.number(0.001)] as const;
  });
}

function readPopulation(cursor: Cursor): Incident['population'] {
  const fields = cursor.object(ROLES);
  const population = ROLES.map((role) => [role, fields[role].share()] as const);
  const sum = population.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) cursor.fail(`the shares of "population" sum to ${Math.round(sum * 1000) / 10} %; expected 100 %`);
  return population;
}

function readSampling(cursor: Cursor): Incident['sampling'] {
  const fields = cursor.object(['keep_slower_than', 'keep_errors', 'keep_share']);
  return {
    slowerThanUs: fields.keep_slower_than.durationUs(),
    errors: fields.keep_errors.choice(['true', 'false']) === 'true',
    share: fields.keep_share.share(),
  };
}

function readDeploy(cursor: Cursor, clock: Clock): Deploy {
  const fields = cursor.object(['at', 'target', 'version']);
  return { atUs: readClock(fields.at, clock), target: readTarget(fields.target, clock), version: fields.version.text() };
}

function readFault(cursor: Cursor, clock: Clock): Fault {
  const kind = cursor.peek('kind').choice(['latency', 'pool', 'instance-down']);
  const common = ['at', 'until', 'target', 'kind'] as const;
  if (kind === 'latency') {
    const fields = cursor.object([...common, 'value'], ['sigma', 'call', 'when']);
    const call = fields.call?.object(['peer', 'endpoint']);
    return {
      ...readSpell(fields.at, fields.until, clock),
      kind,
      target: readTarget(fields.target, clock),
      value: { medianUs: fields.value.durationUs(), sigma: fields.sigma?.number() ?? 0 },
      call: call === undefined ? undefined : { peer: call.peer.text(), endpoint: call.endpoint.text() },
      role: readRole(fields.when),
    };
  }
  if (kind === 'pool') {
    const fields = cursor.object([...common, 'connections']);
    const target = readTarget(fields.target, clock);
    if (clock.services.get(target)?.database === undefined) fields.target.fail(`"${target}" has no database, so no pool`);
    return { ...readSpell(fields.at, fields.until, clock), kind, target, connections: fields.connections.integer(1) };
  }
  const fields = cursor.object(common);
  const instances = [...clock.services.values()].flatMap((service) => service.instances);
  return { ...readSpell(fields.at, fields.until, clock), kind, target: fields.target.choice(instances) };
}

function readRole(when: Cursor | undefined): Role | undefined {
  return when?.object(['role']).role.choice(ROLES);
}

function readTarget(cursor: Cursor, clock: Clock): ServiceName {
  return cursor.choice([...clock.services.keys()]);
}

function readSpell(at: Cursor, until: Cursor, clock: Clock): { readonly atUs: number; readonly untilUs: number } {
  const atUs = readClock(at, clock);
  const untilUs = readClock(until, clock);
  return untilUs > atUs ? { atUs, untilUs } : until.fail('"until" is not after "at"');
}

/** `14:02` or `14:02:30` on the dataset's day, as microseconds since its start. */
function readClock(cursor: Cursor, clock: Clock): number {
  const text = cursor.text();
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
    ?? cursor.fail(`"${text}" is not a time of day; expected e.g. 14:02 or 14:02:30 (UTC)`);
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
  const dayUs = 24 * HOUR_US;
  const us = (((seconds * 1e6 - (clock.startMs * 1000) % dayUs) % dayUs) + dayUs) % dayUs;
  return us <= clock.durationUs ? us : cursor.fail(`${text} lies outside the dataset`);
}

/** @throws IncidentError without a place: there is no file to point into */
export function unknownIncident(name: string, known: readonly string[]): never {
  throw new IncidentError(`no incident "${name}" under snippets/incidents/: ${suggest(name, known)}`);
}
