import { posix } from 'node:path';
import { parse } from 'yaml';
import { isPath, readPort, readVolume, splitReference } from './entries.ts';
import { readHealth, type HealthCheck } from './health.ts';
import { findLacking } from './known-images.ts';
import { interpolate, splitWords, Untried } from './interpolate.ts';

export interface PlannedPort {
  /** As the file writes it: `127.0.0.1:9090`; undefined: whichever is free. */
  readonly published: string | undefined;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
}
/** One container, as far as it decides how the service starts. */
export interface PlannedService {
  readonly name: string;
  /** Folder under `harness/images/`. */
  readonly image: string;
  readonly reference: string;
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly user: string | undefined;
  readonly workingDir: string | undefined;
  readonly memoryBytes: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly PlannedPort[];
  /** Files and folders beside the Compose file. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** Files that the Compose file holds itself. */
  readonly contents: readonly { readonly path: string; readonly content: string }[];
  /** Paths inside that are volumes. */
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  /** Its own name, and all others that it goes by. */
  readonly aliases: readonly string[];
  /** Hosts that lie outside of the file. */
  readonly outside: readonly string[];
  readonly after: readonly { readonly service: string; readonly condition: string }[];
  readonly health: HealthCheck | undefined;
}
export type ComposePlan =
  | { readonly kind: 'services'; readonly services: readonly PlannedService[] }
  /** It is checked and not started; `reason` is a part of a sentence. */
  | { readonly kind: 'untried'; readonly reason: string };

interface RawService {
  readonly [key: string]: unknown;
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly command?: string | readonly unknown[] | null;
  readonly entrypoint?: string | readonly unknown[] | null;
  readonly environment?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly unknown[];
  readonly configs?: readonly (string | { readonly source: string; readonly target?: string })[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition?: string }>>;
  readonly extra_hosts?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test?: string | readonly string[]; readonly disable?: boolean };
}
interface RawFile {
  readonly [key: string]: unknown;
  readonly services?: Readonly<Record<string, RawService | null>>;
  readonly configs?: Readonly<Record<string, { readonly file?: string; readonly content?: string }>>;
}

/** Keys that are carried out. */
const DONE = new Set(['image', 'command', 'entrypoint', 'environment', 'ports', 'volumes', 'configs', 'networks', 'depends_on', 'extra_hosts', 'healthcheck', 'user', 'working_dir', 'mem_limit', 'container_name', 'hostname', 'profiles']);
/** Keys that do not change whether and how it starts, or take away rights that it is not given here either. */
const LEFT_OUT = new Set(['restart', 'labels', 'logging', 'stop_grace_period', 'stop_signal', 'expose', 'init', 'annotations', 'pull_policy', 'cap_drop', 'security_opt', 'attach', 'stdin_open', 'tty', 'cpus', 'pids_limit', 'mem_reservation', 'develop']);
const OF_FILE = new Set(['name', 'version', 'services', 'networks', 'volumes', 'configs', 'secrets']);

/**
 * What a valid Compose file starts, or why it is not started here: whatever it asks for and is not carried out is a reason.
 * @param images folder under `harness/images/` → reference
 */
export function planServices(text: string, images: ReadonlyMap<string, string>): ComposePlan {
  try {
    const raw = parse(text, { merge: true }) as RawFile | null;
    const unknown = Object.keys(raw ?? {}).find((key) => !OF_FILE.has(key) && !key.startsWith('x-'));
    if (unknown !== undefined) throw new Untried(`\`${unknown}\` is not carried out here`);
    const started = Object.entries(raw?.services ?? {}).filter(([, service]) => (service?.profiles ?? []).length === 0);
    if (started.length === 0) throw new Untried('it has no service that starts by default');
    const file = { ...raw, configs: interpolate(raw?.configs ?? {}) } as RawFile;
    const services = started.map(([name, service]) => planService(name, interpolate(service ?? {}) as RawService, file, images));
    refuseShared(started.map(([, service]) => service ?? {}));
    return { kind: 'services', services };
  } catch (error) {
    if (!(error instanceof Untried)) throw error;
    return { kind: 'untried', reason: error.reason };
  }
}

function planService(name: string, raw: RawService, file: RawFile, images: ReadonlyMap<string, string>): PlannedService {
  const { networks = ['default'] } = raw;
  const image = findImage(name, raw, images);
  return {
    name, image, reference: raw.image ?? '',
    command: readWords(raw.command), entrypoint: readWords(raw.entrypoint), user: readText(raw['user']), workingDir: readText(raw['working_dir']), memoryBytes: readBytes(raw['mem_limit']),
    env: readEnvironment(raw.environment), ports: (raw.ports ?? []).map((port) => planPort(name, port)), ...planFiles(name, raw, file),
    networks: Array.isArray(networks) ? networks as string[] : Object.keys(networks),
    aliases: [...new Set([name, ...[raw['hostname'], raw['container_name']].flatMap((one) => readText(one) ?? []), ...(Array.isArray(networks) ? [] : Object.values(networks as Exclude<RawService['networks'], readonly string[] | undefined>).flatMap((one) => one?.aliases ?? []))])],
    outside: Array.isArray(raw.extra_hosts) ? (raw.extra_hosts as readonly string[]).map((entry) => entry.split(/[:=]/)[0] as string) : Object.keys(raw.extra_hosts ?? {}),
    after: planOrder(name, raw.depends_on), health: planHealth(name, image, raw.healthcheck),
  };
}

function findImage(name: string, raw: RawService, images: ReadonlyMap<string, string>): string {
  if (raw['build'] !== undefined) throw new Untried(`it builds the image of \`${name}\``);
  if (raw.image === undefined) throw new Untried(`\`${name}\` has no image, as in a file that is laid over another`);
  const key = Object.keys(raw).find((one) => !DONE.has(one) && !LEFT_OUT.has(one) && !one.startsWith('x-'));
  const [repository, tag] = splitReference(raw.image);
  const found = [...images].find(([image, reference]) => { const pinned = splitReference(reference); return image !== 'sandbox' && pinned[0] === repository && pinned[1] === tag; });
  if (found === undefined) throw new Untried(`the image \`${raw.image}\` of \`${name}\` is none of the course's, which are all that can be started here`);
  if (key !== undefined) throw new Untried(`\`${key}\` of \`${name}\` is not carried out here`);
  return found[0];
}

function readWords(value: RawService['command']): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? splitWords(value) : value.map(String);
}

function readText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3 };

function readBytes(value: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([bkmg]b?)?$/i.exec(String(value)) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
}

function readEnvironment(environment: RawService['environment'] = {}): Readonly<Record<string, string>> {
  const pairs = Array.isArray(environment) ? (environment as readonly string[]).map((line) => [line.split('=')[0] as string, line.includes('=') ? line.slice(line.indexOf('=') + 1) : null] as const) : Object.entries(environment);
  return Object.fromEntries(pairs.map(([key, value]) => {
    if (value === null) throw new Untried(`it reads the variable \`${key}\`, which only the machine has on which it runs`);
    return [key, String(value)];
  }));
}

function planPort(name: string, value: unknown): PlannedPort {
  const { target, published } = readPort(value);
  const long = typeof value === 'object' && value !== null ? value as { readonly host_ip?: string; readonly protocol?: string } : undefined;
  if (target === undefined || (published === undefined && /:/.test(long === undefined ? String(value) : ''))) throw new Untried(`\`${name}\` publishes a range of ports`);
  const address = long === undefined ? /^(.*):\d+:\d+(?:\/\w+)?$/.exec(String(value))?.[1] : long.host_ip;
  return { target, published: published === undefined ? undefined : `${address === undefined ? '' : `${address}:`}${published}`, protocol: (long?.protocol ?? /\/(\w+)$/.exec(String(value))?.[1]) === 'udp' ? 'udp' : 'tcp' };
}

function planFiles(name: string, raw: RawService, file: RawFile): Pick<PlannedService, 'mounts' | 'contents' | 'volumes'> {
  const mounts: { source: string; target: string }[] = [];
  const contents: { path: string; content: string }[] = [];
  const volumes: string[] = [];
  for (const value of raw.volumes ?? []) {
    const volume = readVolume(value);
    const target = volume?.target ?? (typeof value === 'object' && value !== null ? String((value as { target?: unknown }).target) : String(value));
    if (volume === undefined || !isPath(volume.source)) volumes.push(target);
    else if (volume.source.startsWith('.') && !posix.normalize(volume.source).startsWith('../..')) mounts.push({ source: volume.source, target });
    else throw new Untried(`\`${name}\` mounts \`${volume.source}\`, which lies on the machine on which it runs`);
  }
  for (const config of raw.configs ?? []) {
    const { source, target = `/${source}` } = typeof config === 'string' ? { source: config } : config;
    const { file: path, content } = file.configs?.[source] ?? {};
    if (content !== undefined) contents.push({ path: target, content });
    else if (path !== undefined) mounts.push({ source: path.startsWith('.') ? path : `./${path}`, target });
    else throw new Untried(`the config \`${source}\` comes from elsewhere`);
  }
  return { mounts, contents, volumes };
}

function planHealth(name: string, image: string, raw: RawService['healthcheck']): HealthCheck | undefined {
  const health = readHealth(name, raw);
  const lacking = health && findLacking(image, health);
  if (lacking !== undefined) throw new Untried(`the health check of \`${name}\` needs \`${lacking}\`, which its image does not have`);
  return health;
}

function planOrder(name: string, dependsOn: RawService['depends_on'] = []): PlannedService['after'] {
  const entries = Array.isArray(dependsOn) ? (dependsOn as readonly string[]).map((service) => ({ service, condition: 'service_started' })) : Object.entries(dependsOn).map(([service, one]) => ({ service, condition: (one as { condition?: string } | null)?.condition ?? 'service_started' }));
  const ended = entries.find(({ condition }) => condition === 'service_completed_successfully');
  if (ended !== undefined) throw new Untried(`\`${name}\` waits until \`${ended.service}\` has ended, which is not tried here`);
  return entries;
}

/** Each service gets volumes of its own. */
function refuseShared(services: readonly RawService[]): void {
  const named = services.flatMap(({ volumes = [] }) => [...new Set(volumes.flatMap((value) => { const source = readVolume(value)?.source; return source === undefined || isPath(source) ? [] : [source]; }))]);
  const shared = named.find((name, index) => named.indexOf(name) !== index);
  if (shared !== undefined) throw new Untried(`the volume \`${shared}\` belongs to several services, and here each has its own`);
}
