import { parseDocument, isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { BackendContext, Network, StartedContainer } from '../../model/backend.ts';
import { ask } from '../ask.ts';
import { HarnessError } from '../../model/verdict.ts';
import type { Hook } from './hook.ts';

export const ALERTMANAGER_PORT = 9093;
/** What links in notifications begin with, so that a printed one is the same on every run. */
const EXTERNAL_URL = 'http://alertmanager.technow.example';

/** Where an Alertmanager starts, and who hears it. */
export interface Place {
  readonly network: Network;
  readonly hook: Hook;
  /** Text of the course's alertmanager.yml. */
  readonly config: string;
  /** Host name of this Alertmanager on the network, no other's: the hook knows it by this. */
  readonly alias: string;
  /** How long a notification may take from end to end. */
  readonly timeoutMs: number;
}

/** Starts a real Alertmanager with the course's routing; only its waits are shortened. Throws what the engine throws. */
export async function startAlertmanager(context: BackendContext, { network, config, alias }: Place, signal: AbortSignal): Promise<StartedContainer> {
  return context.engine.start({
    image: 'alertmanager', aliases: [alias], ports: [ALERTMANAGER_PORT], networks: [network],
    // Without a cluster address there is no gossip, and nothing waits for peers.
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address=', `--web.external-url=${EXTERNAL_URL}`, '--web.route-prefix=/'],
    files: [{ path: '/etc/alertmanager/alertmanager.yml', content: shortenWaits(config, { groupWait: '1s', groupInterval: '1s' }) }],
    ready: { path: '/-/ready', port: ALERTMANAGER_PORT },
  }, signal);
}

/** The configuration with `group_wait` and `group_interval` shortened on every route that sets them; nothing else changes. */
export function shortenWaits(config: string, waits: { readonly groupWait: string; readonly groupInterval: string }): string {
  const document = parseDocument(config);
  const shorten = (route: unknown, isRoot: boolean): void => {
    if (!isMap(route)) return;
    if (isRoot || route.has('group_wait')) route.set('group_wait', waits.groupWait);
    if (isRoot || route.has('group_interval')) route.set('group_interval', waits.groupInterval);
    const routes = route.get('routes', true);
    if (isSeq(routes)) for (const child of routes.items as Node[]) shorten(child, false);
  };
  shorten(document.get('route', true), true);
  return document.toString();
}

/** Receivers of a configuration that call a webhook: the others tell nobody whom we can ask. */
export function webhookReceivers(config: string): ReadonlySet<string> {
  const { receivers = [] } = parseDocument(config).toJS() as { receivers?: { name: string; webhook_configs?: unknown[] }[] };
  return new Set(receivers.filter((receiver) => (receiver.webhook_configs ?? []).length > 0).map((receiver) => receiver.name));
}

/** One call of a started container's HTTP API. Throws `backend-lost` with its answer when that is not a success. */
export async function callApi<T>(container: StartedContainer, port: number, path: string, options: { readonly method?: string; readonly body?: unknown }, signal: AbortSignal): Promise<T | undefined> {
  const { response, text } = await ask(`${container.url(port)}${path}`, {
    method: options.method ?? 'GET', headers: { 'content-type': 'application/json' },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  }, signal);
  if (!response.ok) {
    throw new HarnessError('backend-lost', `${container.name} answered ${response.status} to ${options.method ?? 'GET'} ${path}: ${text.slice(0, 500)}. Expected success; look at its log tail.`, { logTail: await container.logTail() });
  }
  return text === '' ? undefined : JSON.parse(text) as T;
}
