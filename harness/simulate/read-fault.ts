import { Cursor } from './cursor.ts';
import type { Condition, Fault, FaultKind, Target } from './fault.ts';
import { QUERIES, ROLES, USER_ENDPOINTS } from './incident.ts';
import type { Service, ServiceName, Timing } from './incident.ts';
import { readSampling } from './read-sampling.ts';

/** What reading a fault needs to know of the file around it. */
export interface Clock {
  readonly startMs: number;
  readonly durationUs: number;
  readonly services: ReadonlyMap<ServiceName, Service>;
  readonly flags: readonly string[];
  readonly tenants: readonly string[];
  readonly stock: number | undefined;
}
type Fields = Readonly<Record<string, Cursor | undefined>>;
interface Shape {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /** `target` names a service, an instance, or either. */
  readonly target?: 'service' | 'instance' | 'either';
  /** The kind's own fields. */
  read(fields: Fields, clock: Clock): object;
}

const need = (fields: Fields, key: string): Cursor => fields[key] as Cursor;
const timing = (fields: Fields): Timing => ({ medianUs: need(fields, 'value').durationUs(), sigma: fields['sigma']?.number() ?? 0 });
const when = (fields: Fields, clock: Clock): Condition => readCondition(fields['when'], clock);

/** Every kind of fault: one entry each. */
const SHAPES: Readonly<Record<FaultKind, Shape>> = {
  'latency': {
    target: 'either', required: ['value'], optional: ['sigma', 'call', 'when'],
    read: (fields, clock) => {
      const call = fields['call']?.object(['peer', 'endpoint']);
      return { value: timing(fields), call: call === undefined ? undefined : { peer: call.peer.text(), endpoint: call.endpoint.text() }, when: when(fields, clock) };
    },
  },
  'pool': { target: 'service', required: ['connections'], read: (fields) => ({ connections: need(fields, 'connections').integer(1) }) },
  'instance-down': { target: 'instance', required: [], optional: ['graceful'], read: (fields) => ({ graceful: fields['graceful']?.choice(['true', 'false']) === 'true' }) },
  'traffic': { required: ['factor'], read: (fields) => ({ factor: need(fields, 'factor').number(0.01) }) },
  'slow-query': {
    target: 'service', required: ['query', 'value', 'plan'], optional: ['sigma'],
    read: (fields) => ({ query: need(fields, 'query').text(), value: timing(fields), plan: need(fields, 'plan').text() }),
  },
  'errors': {
    target: 'either', required: ['status', 'codes'], optional: ['error_type', 'when'],
    read: (fields, clock) => ({
      status: need(fields, 'status').integer(400), codes: readShares(need(fields, 'codes')), errorType: fields['error_type']?.text(), when: when(fields, clock),
    }),
  },
  'rotated-token': { target: 'service', required: ['code'], read: (fields) => ({ code: need(fields, 'code').text() }) },
  'stock-race': {
    target: 'service', required: ['value'], optional: ['sigma'],
    read: (fields, { stock }) => {
      if (stock === undefined) need(fields, 'value').fail('there is no "stock" to race for; add it to the incident, e.g. stock: 200');
      return { gap: timing(fields) };
    },
  },
  'database-down': { target: 'service', required: ['successor'], read: (fields) => ({ successor: need(fields, 'successor').text() }) },
  'log-level': { required: ['lines_per_request'], read: (fields) => ({ linesPerRequest: need(fields, 'lines_per_request').integer(1) }) },
  'log-flood': { target: 'service', required: ['every', 'event'], read: (fields) => ({ everyUs: Math.max(1, need(fields, 'every').durationUs()), event: need(fields, 'event').text() }) },
  'label': { target: 'service', required: ['label', 'values'], read: (fields) => ({ label: need(fields, 'label').text(), values: need(fields, 'values').integer(2) }) },
  'sampling': { required: ['policy'], read: (fields) => ({ policy: readSampling(need(fields, 'policy')) }) },
  'headers-stripped': { target: 'service', required: [], read: () => ({}) },
  'leak': {
    target: 'service', required: ['bytes_per_request', 'limit_bytes'],
    read: (fields) => ({ bytesPerRequest: need(fields, 'bytes_per_request').integer(1), limitBytes: need(fields, 'limit_bytes').integer(1) }),
  },
  'busy-loop': { target: 'either', required: ['value'], optional: ['sigma', 'when'], read: (fields, clock) => ({ value: timing(fields), when: when(fields, clock) }) },
  'circular-call': { target: 'service', required: ['depth'], optional: ['when'], read: (fields, clock) => ({ depth: need(fields, 'depth').integer(1), when: when(fields, clock) }) },
  'cache': {
    target: 'service', required: ['state'],
    read: (fields, { services }) => {
      const target = need(fields, 'target');
      if (services.get(target.text() as ServiceName)?.cache === undefined) target.fail(`"${target.text()}" has no cache; give it one in "services"`);
      return { state: need(fields, 'state').choice(['full', 'down']) };
    },
  },
  'form-broken': { required: [], read: () => ({}) },
  'scrape': { target: 'either', required: ['state'], read: (fields) => ({ state: need(fields, 'state').choice(['failing', 'removed']) }) },
};
export const FAULT_KINDS = Object.keys(SHAPES) as readonly FaultKind[];
const OF_DATABASES: readonly FaultKind[] = ['pool', 'slow-query', 'database-down'];

/** @throws IncidentError for the first mistake, with its place */
export function readFault(cursor: Cursor, clock: Clock): Fault {
  const kind = cursor.peek('kind').choice(FAULT_KINDS);
  const shape = SHAPES[kind];
  const fields: Fields = cursor.object(['at', 'until', ...(shape.target === undefined ? [] : ['target']), 'kind', ...shape.required], shape.optional ?? []);
  const spell = readSpell(need(fields, 'at'), need(fields, 'until'), clock);
  const target = shape.target === undefined ? undefined : readTarget(need(fields, 'target'), shape.target, clock);
  if (target !== undefined && OF_DATABASES.includes(kind) && clock.services.get(target.service)?.database === undefined) {
    need(fields, 'target').fail(`"${target.service}" has no database, so no pool and no queries`);
  }
  if (kind === 'slow-query' && target !== undefined) need(fields, 'query').choice(QUERIES[target.service] ?? []);
  return { ...spell, ...target, kind, ...shape.read(fields, clock) } as Fault;
}

function readTarget(cursor: Cursor, wanted: NonNullable<Shape['target']>, { services }: Clock): Target {
  const byInstance = new Map([...services.values()].flatMap(({ name, instances }) => instances.map((instance) => [instance, name] as const)));
  const names: readonly string[] = [...(wanted === 'instance' ? [] : services.keys()), ...(wanted === 'service' ? [] : byInstance.keys())];
  const text = cursor.choice(names);
  const service = byInstance.get(text);
  return service === undefined ? { service: text as ServiceName, instance: undefined } : { service, instance: text };
}

function readCondition(cursor: Cursor | undefined, { flags, tenants }: Clock): Condition {
  const fields = cursor?.object([], ['endpoint', 'role', 'cart_over', 'flag', 'tenants', 'share']);
  return {
    endpoint: fields?.endpoint?.choice(USER_ENDPOINTS),
    role: fields?.role?.choice(ROLES),
    cartOver: fields?.cart_over?.integer(),
    flag: fields?.flag?.choice(flags),
    tenants: fields?.tenants?.list().map((tenant) => tenant.choice(tenants)),
    share: fields?.share?.share() ?? 1,
  };
}

/** Names and shares that sum to 100 %. */
export function readShares(cursor: Cursor): readonly (readonly [string, number])[] {
  const shares = cursor.entries().map(([name, share]) => [name, share.share()] as const);
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) cursor.fail(`the shares sum to ${Math.round(sum * 1000) / 10} %; expected 100 %`);
  return shares;
}

function readSpell(at: Cursor, until: Cursor, clock: Clock): { readonly atUs: number; readonly untilUs: number } {
  const atUs = readClock(at, clock);
  const untilUs = readClock(until, clock);
  return untilUs > atUs ? { atUs, untilUs } : until.fail('"until" is not after "at"');
}

/** `14:02` or `14:02:30` on the dataset's day, as microseconds since its start. */
export function readClock(cursor: Cursor, clock: Pick<Clock, 'startMs' | 'durationUs'>): number {
  const text = cursor.text();
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
    ?? cursor.fail(`"${text}" is not a time of day; expected e.g. 14:02 or 14:02:30 (UTC)`);
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
  const dayUs = 24 * 3_600_000_000;
  const us = (((seconds * 1e6 - (clock.startMs * 1000) % dayUs) % dayUs) + dayUs) % dayUs;
  return us <= clock.durationUs ? us : cursor.fail(`${text} lies outside the dataset`);
}

