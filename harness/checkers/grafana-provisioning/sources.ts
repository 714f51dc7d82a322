import { parse } from 'yaml';
import type { Block } from '../../model/block.ts';
import { stackPorts } from '../../model/stack.ts';
import { readVolume } from '../../compose-file/entries.ts';
import type { Path } from '../compose/positions.ts';
import type { RawSource } from './links.ts';

export interface SourceMistake {
  readonly rule: 'wrong-url' | 'ambiguous' | 'obsolete' | 'not-mounted';
  readonly path: Path;
  readonly atKey?: boolean;
  readonly message: string;
}
const PORTS: ReadonlyMap<string, number> = new Map(Object.entries(stackPorts));

/** Where a data source is: in the course's stack, or in a Compose file of the page. @param services that the page's own Compose files define */
export function judgeUrl({ type, url, access }: RawSource, at: Path, services: ReadonlyMap<string, unknown>): SourceMistake[] {
  const direct: SourceMistake[] = access === 'direct' ? [{ rule: 'obsolete', path: [...at, 'access'], message: 'Found `access: direct`, expected `proxy`: today the server asks, not the browser. Write `proxy`.' }] : [];
  const right = typeof type === 'string' && PORTS.has(type) ? `http://${type}:${PORTS.get(type)}` : undefined;
  const say = (message: string): SourceMistake[] => [...direct, { rule: 'wrong-url', path: [...at, ...(url === undefined ? ['name'] : ['url'])], message }];
  if (url === undefined) return right === undefined ? direct : say(`Found a data source of type \`${String(type)}\` without \`url\`, expected \`${right}\`. Add it.`);
  if (typeof url !== 'string' || url.includes('$')) return direct;
  const address = URL.canParse(url) && /^https?:\/\//.test(url) ? new URL(url) : undefined;
  if (address === undefined) return say(`Found the address \`${url}\`, expected a URL with its scheme${right === undefined ? '' : `, such as \`${right}\``}. Write it whole.`);
  return [...direct, ...judgeAddress(address, url, right, services).map((message): SourceMistake => ({ rule: 'wrong-url', path: [...at, 'url'], message }))];
}

function judgeAddress(address: URL, url: string, right: string | undefined, services: ReadonlyMap<string, unknown>): string[] {
  const { hostname, port } = address;
  const own = PORTS.get(hostname);
  if (right === undefined) return own === undefined || own === Number(port) ? [] : [`Found \`${url}\`, and \`${hostname}\` of the course's stack listens on ${own}. Correct the port.`];
  if (['localhost', '127.0.0.1', '0.0.0.0'].includes(hostname)) return [`Found \`${url}\`, expected \`${right}\`: Grafana runs in a container, where ${hostname} is itself. Write the name of the service.`];
  // A service of the page's own, on whatever port.
  if (services.has(hostname) && own === undefined) return [];
  if (`http://${hostname}:${port}` !== right) return [`Found \`${url}\`, expected \`${right}\`, where the course's stack has it${own === undefined ? ', or a service that a Compose file of the page defines' : ''}. Write that.`];
  return address.pathname === '/' ? [] : [`Found the path \`${address.pathname}\` in \`${url}\`, expected \`${right}\`: Grafana adds paths itself. Remove it.`];
}

interface Service {
  readonly image?: unknown;
  readonly volumes?: unknown;
}

/** Services in the Compose files of a page, by name. */
export function readServices(page: string, blocks: readonly Block[]): ReadonlyMap<string, Service> {
  const files = blocks.filter((block) => block.page === page && /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(block.title ?? ''));
  return new Map(files.flatMap(({ text }) => {
    try {
      return Object.entries((parse(text) as { readonly services?: Readonly<Record<string, Service | null>> } | null)?.services ?? {}).map(([name, service]) => [name, service ?? {}] as const);
    } catch {
      // Its own checker says what is wrong with it.
      return [];
    }
  }));
}

/** Folders of dashboards that the page's own Grafana does not have. A page without one may run it however it likes. */
export function judgeProviders(value: object, services: ReadonlyMap<string, Service>): SourceMistake[] {
  const grafana = [...services].find(([, { image }]) => /^(?:docker\.io\/)?grafana\/grafana(?:-oss|-enterprise)?(?:[:@]|$)/.test(String(image)));
  const { providers } = value as { readonly providers?: unknown };
  if (grafana === undefined || !Array.isArray(providers)) return [];
  const targets = (Array.isArray(grafana[1].volumes) ? grafana[1].volumes : []).flatMap((volume: unknown) => readVolume(volume)?.target.replace(/\/$/, '') ?? []);
  return providers.flatMap((provider: unknown, index): SourceMistake[] => {
    const path = (provider as { readonly options?: { readonly path?: unknown } } | null)?.options?.path;
    if (typeof path !== 'string' || targets.some((target) => path === target || path.startsWith(`${target}/`))) return [];
    return [{ rule: 'not-mounted', path: ['providers', index, 'options', 'path'], message: `Found the folder \`${path}\`, which \`${grafana[0]}\` of this page's Compose file does not mount: Grafana finds no dashboard in it, and says so in its log only. ${targets.length === 0 ? 'Mount it.' : `Mounted are ${targets.map((target) => `\`${target}\``).join(', ')}: name one of them, or mount it.`}` }];
  });
}

/** What exists twice, and which one is asked when nobody says. */
export function judgeAmbiguity(sources: readonly RawSource[]): SourceMistake[] {
  const pathOf = (index: number, key: string): Path => ['datasources', index, key];
  const twice = (['name', 'uid'] as const).flatMap((key) => sources.flatMap((source, index): SourceMistake[] => {
    const first = sources.findIndex((other) => other[key] !== undefined && other[key] === source[key] && (key === 'uid' || (other['orgId'] ?? 1) === (source['orgId'] ?? 1)));
    return first === -1 || first === index ? [] : [{ rule: 'ambiguous', path: pathOf(index, key), message: `Found the ${key} \`${String(source[key])}\` a second time, expected it once: the later data source replaces the earlier. Give it another.` }];
  }));
  const defaults = sources.flatMap((source, index) => (source['isDefault'] === true ? [index] : []));
  const several = defaults.slice(1).map((index): SourceMistake => ({ rule: 'ambiguous', path: pathOf(index, 'isDefault'), message: `Found a second default data source, expected one: Grafana refuses to start with "Only one data source per organization can be marked as default". Remove it here, or on \`${String(sources[defaults[0] ?? 0]?.['name'])}\`.` }));
  if (defaults.length > 0 || sources.length < 2) return [...twice, ...several];
  return [...twice, { rule: 'ambiguous', path: pathOf(0, 'name'), message: `Found ${sources.length} data sources and none with \`isDefault: true\`, expected one: Explore and panels without a data source ask whichever comes first. Mark one.` }];
}
