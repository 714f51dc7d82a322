import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRequest, Engine, Network, StartedContainer } from '../model/backend.ts';
import { Limiter } from './alerting/limiter.ts';
import { tryCollector, tryLoki, type TrialPlace } from './foreign/start-once.ts';
import { HarnessError } from '../model/verdict.ts';

/** A server that takes a new configuration without a new start. */
interface Reloading {
  readonly request: Pick<ContainerRequest, 'image' | 'command' | 'files'>;
  readonly port: number;
  /** Where a file goes before it is told to read again. */
  readonly path: string;
}
/** A server that takes a configuration only when it starts: one container a file. */
interface Starting {
  /** @returns what it says against the text; undefined: it runs with it. @throws what the engine throws */
  tryOne(place: TrialPlace, text: string, signal: AbortSignal): Promise<string | undefined>;
}
/** Kinds of file with what loads them. */
const SERVERS: { readonly [kind in ForeignKind]: Reloading | Starting } = {
  'loki-config': { tryOne: tryLoki },
  'collector-config': { tryOne: tryCollector },
  'prometheus-config': {
    request: { image: 'prometheus', command: ['--config.file=/etc/prometheus/sample.yml', '--storage.tsdb.path=/prometheus', '--web.enable-lifecycle'], files: [{ path: '/etc/prometheus/sample.yml', content: 'global: {}\n' }] },
    port: 9090, path: '/etc/prometheus/sample.yml',
  },
  rules: {
    request: {
      image: 'prometheus', command: ['--config.file=/etc/prometheus/with-rules.yml', '--storage.tsdb.path=/prometheus', '--web.enable-lifecycle', '--enable-feature=promql-experimental-functions,promql-extended-range-selectors'],
      files: [{ path: '/etc/prometheus/with-rules.yml', content: 'rule_files: [/etc/prometheus/sample.rules.yml]\n' }],
    },
    port: 9090, path: '/etc/prometheus/sample.rules.yml',
  },
  'alertmanager-config': {
    request: { image: 'alertmanager', command: ['--config.file=/etc/alertmanager/sample.yml', '--storage.path=/alertmanager', '--cluster.listen-address='], files: [{ path: '/etc/alertmanager/sample.yml', content: 'route: { receiver: none }\nreceivers: [{ name: none }]\n' }] },
    port: 9093, path: '/etc/alertmanager/sample.yml',
  },
};
export type ForeignKind = 'prometheus-config' | 'rules' | 'alertmanager-config' | 'loki-config' | 'collector-config';
/** Containers at a time, where each file has its own. */
const LIMIT = 2;
export const FOREIGN_KINDS = Object.keys(SERVERS) as readonly ForeignKind[];

/** Servers that are shown other people's files, one after the other; each is started with the first file of its kind. */
export interface ForeignServers extends AsyncDisposable {
  /** @returns what the server says against each text, undefined where it took it. @throws HarnessError when a server does not start, or ends */
  load(kind: ForeignKind, texts: readonly string[], signal: AbortSignal): Promise<readonly (string | undefined)[]>;
}

/** Nothing that a file names can be reached: the network is internal, and no name beyond it is resolved. @throws what the engine throws */
export async function openForeign(engine: Engine, signal: AbortSignal): Promise<ForeignServers> {
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await engine.network({ internal: true }));
  const probe = stack.use(await engine.start({ image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [], networks: [network] }, signal));
  const started = new Map<ForeignKind, Promise<StartedContainer>>();
  const owned = stack.move();
  return {
    async load(kind, texts, either) {
      const loads = SERVERS[kind];
      if ('tryOne' in loads) return tryEach(texts, (text, index) => loads.tryOne({ engine, network, probe, host: `${hostOf(kind)}-${index}` }, text, either), either);
      const starting = started.get(kind) ?? startServer(engine, network, kind, loads, either).then(async (server) => {
        await awaitReady({ server: owned.use(server), probe, kind, loads }, either);
        return server;
      });
      started.set(kind, starting);
      const server = await starting;
      const said: (string | undefined)[] = [];
      for (const text of texts) said.push(await reload({ server, probe, kind, loads }, text, either));
      return said;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const hostOf = (kind: ForeignKind): string => `foreign-${kind}`;

/** Texts that are alike are tried once; a few side by side. */
async function tryEach(texts: readonly string[], tryOne: (text: string, index: number) => Promise<string | undefined>, signal: AbortSignal): Promise<readonly (string | undefined)[]> {
  const limiter = new Limiter(LIMIT, signal);
  const tried = new Map([...new Set(texts)].map((text, index) => [text, limiter.run(() => tryOne(text, index))]));
  try {
    return await Promise.all(texts.map((text) => tried.get(text)));
  } finally {
    // What the others started must be gone before the network is.
    await limiter.settle();
  }
}

async function startServer(engine: Engine, network: Network, kind: ForeignKind, { request }: Reloading, signal: AbortSignal): Promise<StartedContainer> {
  return engine.start({ ...request, offline: true, aliases: [hostOf(kind)], ports: [], networks: [network] }, signal);
}

interface Asked {
  readonly server: StartedContainer;
  readonly probe: StartedContainer;
  readonly kind: ForeignKind;
  readonly loads: Reloading;
}

const TIMEOUT_MS = 60_000;
const POLL_MS = 50;

async function awaitReady({ server, probe, kind, loads }: Asked, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + TIMEOUT_MS;
  for (;;) {
    const { exitCode } = await probe.exec(['curl', '--silent', '--fail', '--connect-timeout', '1', '--max-time', '10', `http://${hostOf(kind)}:${loads.port}/-/ready`], signal);
    if (exitCode === 0) return;
    if (performance.now() > endMs) throw new HarnessError('backend-not-ready', `the ${kind} server did not answer on /-/ready within ${TIMEOUT_MS / 1000} s. Look at its log tail.`, { logTail: await server.logTail() });
    await delay(POLL_MS, undefined, { signal });
  }
}

async function reload({ server, probe, kind, loads: { port, path } }: Asked, text: string, signal: AbortSignal): Promise<string | undefined> {
  await server.copyIn([{ path, content: `${text}\n` }]);
  const { exitCode, stdout } = await probe.exec(['curl', '--silent', '--request', 'POST', '--max-time', '60', '--write-out', '\n%{http_code}', `http://${hostOf(kind)}:${port}/-/reload`], signal);
  const code = /\n(\d+)$/.exec(stdout)?.[1];
  if (exitCode !== 0 || code === undefined || code === '000') throw new HarnessError('backend-lost', `the ${kind} server does not answer when it is to read a file again. Look at its log tail.`, { logTail: await server.logTail() });
  if (code === '200') return undefined;
  return wordsOf(stdout.slice(0, -code.length), await server.logTail());
}

/** Of an error that only the log has in full, the log's words. */
function wordsOf(answer: string, log: string): string {
  const said = answer.replace(/^failed to reload config: /, '').trim();
  const logged = [...log.matchAll(/err(?:or)?="((?:[^"\\]|\\.)*)"/g)].map(([, words]) => words?.replaceAll('\\"', '"') ?? '');
  const words = /one or more errors occurred/.test(said) ? logged.findLast((one) => !/one or more errors occurred|previous rule set/.test(one)) ?? said : said;
  return words.replaceAll(/\s*\(--config\.file="[^"]*"\)|\/etc\/(?:prometheus|alertmanager)\/[\w.-]+:?\s*/g, '').replaceAll('\n', ' ');
}
