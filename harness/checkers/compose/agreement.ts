import type { Path } from './positions.ts';
import { hintAt } from '../support/suggest.ts';
import { isPath, readPort, readVolume, repositoryPath, splitReference } from '../../compose-file/entries.ts';
import { basename } from 'node:path/posix';
import { exists, readStored, readTargets, suggestFile, type PinnedImage } from './stack.ts';

export interface Disagreement {
  readonly rule: 'waits-forever' | 'no-such-program' | 'wrong-image' | 'wrong-port' | 'undefined-name' | 'missing-file' | 'unreachable-target';
  readonly path: Path;
  readonly message: string;
}
/** The parts of a valid Compose file that the course looks at. */
export interface Compose {
  readonly services?: Readonly<Record<string, Service | null>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly configs?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}
type Named = readonly (string | { readonly source?: string })[] | Readonly<Record<string, unknown>>;
export interface Service {
  readonly image?: string;
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly unknown[];
  readonly depends_on?: Named;
  readonly networks?: Named;
  readonly configs?: Named;
  readonly secrets?: Named;
  readonly extra_hosts?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly hostname?: string;
  readonly container_name?: string;
  readonly healthcheck?: { readonly test?: string | readonly string[]; readonly disable?: boolean };
}
export interface Surroundings {
  readonly root: string;
  /** Where the file lies, so that its relative paths can be followed: `snippets/stack`. */
  readonly folder: string;
  readonly images: readonly PinnedImage[];
  /** The file that this one is laid over; what it defines is there, too. */
  readonly base: Compose | undefined;
  /** Texts of the page by title: files that lie beside this one for who reads on. */
  readonly beside: ReadonlyMap<string, string>;
}

/** Images, ports, names and files that do not agree with the stack of the course or with each other. */
export function judgeAgreement(compose: Compose, surroundings: Surroundings): Disagreement[] {
  const services = Object.entries(compose.services ?? {}).map(([name, service]) => ({ name, service: service ?? {} }));
  return [
    ...services.flatMap(({ name, service }) => [
      ...judgeImage(name, service, surroundings),
      ...judgePorts(name, service, surroundings),
      ...judgeNames(name, service, compose, surroundings),
      ...judgeVolumes(name, service, compose, surroundings),
      ...judgeTargets(name, service, compose, surroundings),
    ]),
    ...findSharedPorts(services),
  ];
}

function pinnedOf(service: Service | null | undefined, images: readonly PinnedImage[]): PinnedImage | undefined {
  const [repository] = splitReference(service?.image ?? '');
  return images.find((image) => image.repository === repository);
}

function judgeImage(name: string, service: Service, { images }: Surroundings): Disagreement[] {
  const { image } = service;
  if (image === undefined || image.includes('$')) return [];
  const report = (message: string): Disagreement[] => [{ rule: 'wrong-image', path: ['services', name, 'image'], message }];
  const pinned = pinnedOf(service, images);
  const [, tag] = splitReference(image);
  if (pinned !== undefined) return tag === pinned.tag ? [] : report(`Found the image \`${image}\`, expected \`${pinned.repository}:${pinned.tag}\`: with that every answer of the course was recorded. Write that tag.`);
  return (tag === undefined && !image.includes('@sha256:')) || tag === 'latest' ? report(`Found the image \`${image}\`, expected one with a version: what \`latest\` is changes under the reader. Add a tag.`) : [];
}

function judgePorts(name: string, service: Service, { images }: Surroundings): Disagreement[] {
  const known = pinnedOf(service, images)?.ports ?? [];
  return (service.ports ?? []).flatMap((value, index): Disagreement[] => {
    const { published, target } = readPort(value);
    if (known.length === 0 || target === undefined) return [];
    const path = ['services', name, 'ports', index];
    if (!known.includes(target)) return [{ rule: 'wrong-port', path, message: `Found port ${target} of \`${name}\`, expected ${known.join(', ')}: there it listens. Correct the number behind the last colon.` }];
    if (published === target) return [];
    return [{ rule: 'wrong-port', path, message: `Found port ${target} of \`${name}\` published as ${published ?? 'any port that is free'}, expected ${target}: lessons call it at localhost:${target}. Write \`127.0.0.1:${target}:${target}\`.` }];
  });
}

function findSharedPorts(services: readonly { readonly name: string; readonly service: Service }[]): Disagreement[] {
  const taken = new Map<number, string>();
  return services.flatMap(({ name, service }) => (service.ports ?? []).flatMap((value, index): Disagreement[] => {
    const { published } = readPort(value);
    const owner = published === undefined ? undefined : taken.get(published);
    if (published !== undefined && owner === undefined) taken.set(published, name);
    return owner === undefined ? [] : [{ rule: 'wrong-port', path: ['services', name, 'ports', index], message: `Found port ${published} published by \`${name}\`, and \`${owner}\` has published it already. Give one of them another.` }];
  }));
}

const SECTIONS = [['depends_on', 'services'], ['networks', 'networks'], ['configs', 'configs'], ['secrets', 'secrets']] as const;

function judgeNames(name: string, service: Service, compose: Compose, { base }: Surroundings): Disagreement[] {
  return SECTIONS.flatMap(([key, section]) => {
    const defined = [...Object.keys(compose[section] ?? {}), ...Object.keys(base?.[section] ?? {}), ...(section === 'networks' ? ['default'] : [])];
    return namesOf(service[key]).filter(({ value }) => !defined.includes(value)).map(({ value, at }): Disagreement =>
      ({ rule: 'undefined-name', path: ['services', name, key, at], message: `Found \`${value}\` in \`${key}\` of \`${name}\`, which ${section === 'services' ? 'is no service of the file' : `the file does not define under \`${section}:\``}.${hintAt(value, defined) || ` Define it, or remove it.`}` }));
  });
}

function namesOf(named: Named | undefined): { readonly value: string; readonly at: string | number }[] {
  if (named === undefined || named === null) return [];
  if (Array.isArray(named)) return (named as readonly (string | { readonly source?: string })[]).map((one, at) => ({ value: typeof one === 'string' ? one : one.source ?? '', at }));
  return Object.keys(named).map((value) => ({ value, at: value }));
}

function judgeVolumes(name: string, service: Service, compose: Compose, { root, folder, base, beside }: Surroundings): Disagreement[] {
  const defined = [...Object.keys(compose.volumes ?? {}), ...Object.keys(base?.volumes ?? {})];
  return (service.volumes ?? []).flatMap((value, index): Disagreement[] => {
    const volume = readVolume(value);
    const path = ['services', name, 'volumes', index];
    if (volume === undefined) return [];
    if (!isPath(volume.source)) return defined.includes(volume.source) ? [] : [{ rule: 'undefined-name', path, message: `Found the volume \`${volume.source}\`, which the file does not define under \`volumes:\`.${hintAt(volume.source, defined)} Define it, or write \`./${volume.source}\` for a file beside this one.` }];
    const file = repositoryPath(folder, volume.source);
    const near = suggestFile(root, folder, volume.source);
    return file === undefined || exists(root, file) || findBeside(beside, volume.source) !== undefined ? [] : [{ rule: 'missing-file', path, message: `Found a mount of \`${volume.source}\`, and there is no \`${file}\`: the container would get an empty folder in its place.${near === undefined ? ' Correct the path, or add the file.' : ` Did you mean \`${near}\`?`}` }];
  });
}

/** A file of the page under the name that is mounted, or a folder of which the page shows a file. */
function findBeside(beside: ReadonlyMap<string, string>, source: string): string | undefined {
  const name = source.replace(/^\.\//, '').replace(/\/$/, '');
  return [...beside].find(([title]) => title === name || title === basename(name) || title.startsWith(`${name}/`))?.[1];
}

function judgeTargets(name: string, service: Service, compose: Compose, { root, folder, images, base, beside }: Surroundings): Disagreement[] {
  const services = { ...base?.services, ...compose.services };
  const hosts = [...Object.entries(services).flatMap(([key, one]) => [key, one?.hostname, one?.container_name]), ...hostsOf(service.extra_hosts), 'localhost', '127.0.0.1'];
  return (service.volumes ?? []).flatMap((value, index) => {
    const source = readVolume(value)?.source ?? '';
    const file = repositoryPath(folder, source);
    return (file === undefined ? [] : readTargets(file, () => findBeside(beside, source) ?? readStored(root, file))).flatMap((target): Disagreement[] => {
      const [host = '', port] = target.split(':');
      const path = ['services', name, 'volumes', index];
      if (!hosts.includes(host)) return [{ rule: 'unreachable-target', path, message: `\`${file}\` names \`${target}\`, and \`${host}\` is no service of this file. Add the service, or \`extra_hosts: ["${host}:host-gateway"]\` to \`${name}\` when it runs on the reader's machine.` }];
      const known = pinnedOf(services[host], images)?.ports;
      return known === undefined || port === undefined || known.includes(Number(port)) ? [] : [{ rule: 'unreachable-target', path, message: `\`${file}\` names \`${target}\`, and \`${host}\` listens on ${known.join(', ')}. Correct the port there.` }];
    });
  });
}

function hostsOf(hosts: Service['extra_hosts']): string[] {
  if (hosts === undefined) return [];
  return Array.isArray(hosts) ? (hosts as readonly string[]).map((entry) => entry.split(/[:=]/)[0] as string) : Object.keys(hosts);
}
