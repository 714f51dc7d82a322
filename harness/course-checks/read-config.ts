import { isMap, isScalar, isSeq, parseDocument, visit, type Node, type Pair, type Scalar } from 'yaml';
import { stackPorts } from '../model/stack.ts';
import type { Word } from './read-code.ts';
import { readOnce } from '../model/read-once.ts';

/** Names and addresses in a configuration: of Prometheus, Alertmanager or Compose. */
export interface ConfigFacts {
  readonly jobs: readonly Word[];
  /** Values of the label `service` that targets get. */
  readonly services: readonly Word[];
  /** `host:port` that is scraped, notified or called. */
  readonly targets: readonly Word[];
}
/** A service of a Compose file: what it is called there, and the ports at which its container is known to listen. */
export interface ComposeService {
  readonly name: Word;
  readonly ports: readonly string[];
}
export interface ComposeFacts {
  readonly services: readonly ComposeService[];
  /** Names that lead to the reader's machine. */
  readonly hosts: readonly string[];
}

/** Images of the stack listen where lessons call them; Jaeger also takes spans. */
const IMAGE_PORTS: readonly (readonly [RegExp, readonly string[]])[] = [
  ...Object.entries(stackPorts).map(([name, port]) => [new RegExp(`(?:^|/)${name}(?::|@|$)`), [String(port)]] as const),
  [/(?:^|\/)(?:jaeger|all-in-one|opentelemetry-collector(?:-contrib)?)(?::|@|$)/, ['4317', '4318']],
];

/** Reads `prometheus.yml` or `alertmanager.yml`; what is no YAML has no facts. */
export const readConfig = readOnce((text): ConfigFacts => {
  const [jobs, services, targets]: [Word[], Word[], Word[]] = [[], [], []];
  visit(parseDocument(text, { prettyErrors: false }), {
    Pair: (_, pair) => {
      const { key, value } = pair as Pair<Node, Node>;
      const name = isScalar(key) ? String(key.value) : '';
      if (name === 'job_name' && isScalar(value)) jobs.push(toWord(text, value));
      if (name === 'labels' && isMap(value)) services.push(...scalars(value.get('service', true)).map((one) => toWord(text, one)));
      if (name === 'targets' && isSeq(value)) targets.push(...value.items.flatMap((item) => scalars(item)).map((one) => toWord(text, one)));
      if (/(?:^|_)url$/.test(name)) targets.push(...scalars(value).flatMap((one) => addressIn(toWord(text, one))));
    },
  });
  return { jobs, services, targets: targets.filter(({ text: target }) => /^[\w.-]+:\d+$/.test(target)) };
});

/** Reads a Compose file; what is no YAML has no facts. */
export const readCompose = readOnce((text): ComposeFacts => {
  const root = parseDocument(text, { prettyErrors: false }).contents;
  const services = isMap(root) ? root.get('services', true) : undefined;
  const read = isMap(services) ? (services.items as Pair<Node, Node>[]).flatMap(({ key, value }) => (isScalar(key) ? [{ name: toWord(text, key), value }] : [])) : [];
  return {
    services: read.map(({ name, value }) => ({ name, ports: portsOf(value) })),
    hosts: read.flatMap(({ value }) => listOf(value, 'extra_hosts')).map((entry) => entry.split(/[:=]/)[0] ?? ''),
  };
});

function portsOf(service: Node | null): string[] {
  const image = isMap(service) ? String(service.get('image') ?? '') : '';
  const known = IMAGE_PORTS.filter(([pattern]) => pattern.test(image)).flatMap(([, ports]) => ports);
  // Where these are published is the Compose checker's to judge.
  if (known.length > 0) return known;
  const written = [...listOf(service, 'ports'), ...listOf(service, 'expose')].map((entry) => /(\d+)(?:\/\w+)?$/.exec(entry)?.[1] ?? '');
  return [...new Set(written)].filter((port) => port !== '');
}

/** Items of a list, keys of a map; of the long form of a port its `target`. */
function listOf(service: Node | null, key: string): string[] {
  const value = isMap(service) ? service.get(key, true) : undefined;
  if (isMap(value)) return value.items.flatMap((pair) => scalars(pair.key).map((one) => String(one.value)));
  return isSeq(value) ? value.items.flatMap((item) => scalars(isMap(item) ? item.get('target', true) : item).map((one) => String(one.value))) : [];
}

function scalars(node: unknown): Scalar[] {
  return isScalar(node) && node.value !== null ? [node] : [];
}

function addressIn({ text, range }: Word): Word[] {
  const [, before = '', address] = /^(https?:\/\/)([\w.-]+:\d+)/.exec(text) ?? [];
  return address === undefined ? [] : [{ text: address, range: { offset: range.offset + before.length, length: address.length } }];
}

/** Without its quotes. */
function toWord(source: string, node: Scalar): Word {
  const [start, end] = node.range ?? [0, 0];
  const quoted = /^["']/.test(source.slice(start, end)) ? 1 : 0;
  return { text: String(node.value), range: { offset: start + quoted, length: Math.max(1, end - start - 2 * quoted) } };
}
