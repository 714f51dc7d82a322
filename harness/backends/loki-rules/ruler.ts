import { readFileSync } from 'node:fs';
import { isMap, isSeq, parse, parseDocument, stringify } from 'yaml';
import type { BackendContext, StartedContainer } from '../../model/backend.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { Notification } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { ALERTMANAGER_PORT, startAlertmanager, type Place } from '../alerting/alertmanager.ts';
import { findRoute, type Shipment } from '../alerting/end-to-end.ts';
import type { WebhookBody } from '../alerting/hook.ts';
import { ask } from '../ask.ts';
import { coursePath } from '../course-path.ts';
import { loadLines, loki as lokiBackend } from '../loki.ts';

const PORT = 3100;
/** Who asks where nobody does: rules of a Loki without tenants lie in a folder of this name. */
const NOBODY = 'fake';

/** By names of alerts. */
export interface Carried {
  /** Why one did not arrive as it must. */
  readonly lost: ReadonlyMap<string, string>;
  /** Where the ruler's link in the notification leads. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Carries alerts once through Loki's ruler and a real Alertmanager to a webhook: lines are moved so that the cut is now, and `for` is a second.
 * @param exact what virtual time's notifications say @throws what the engine throws
 */
export async function carryByRuler(context: BackendContext, where: Place, shipment: Shipment, text: string, exact: Promise<readonly Notification[]>, signal: AbortSignal): Promise<Carried> {
  await using _alertmanager = await startAlertmanager(context, where, signal);
  await using loki = await startRuler(context, where, text, signal);
  const url = loki.url(PORT);
  await loadLines(url, new Map([[moveTo(shipment.dataset, await readClock(url, signal) - shipment.cutMs), NOBODY]]), signal);
  const wanted = (await exact.then((notifications) => shipment.cargo.map(({ labels }) => ({ labels, route: findRoute(notifications, labels) })))).filter(({ route }) => route !== undefined);
  const isThere = (bodies: readonly WebhookBody[]): boolean => wanted.every(({ labels }) => findRoute(bodies, labels) !== undefined);
  let bodies: readonly WebhookBody[];
  try {
    bodies = await where.hook.waitFor(where.alias, isThere, where.timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'timed-out') throw error;
    bodies = await where.hook.received(where.alias);
  }
  return {
    lost: new Map(wanted.flatMap(({ labels, route }) => {
      const got = findRoute(bodies, labels);
      return got === route ? [] : [[labels['alertname'] ?? '', got === undefined ? 'no webhook was called for it' : `it was notified to ${got}, not to ${route ?? ''}`]];
    })),
    links: new Map(bodies.flatMap(({ alerts }) => alerts.map(({ labels, generatorURL }) => [labels['alertname'] ?? '', generatorURL]))),
  };
}

function startRuler(context: BackendContext, { network, alias }: Place, text: string, signal: AbortSignal): Promise<StartedContainer> {
  const config = parse(readFileSync(coursePath(context.root, lokiBackend.configFiles(context.root)[0] ?? ''), 'utf8')) as { limits_config: object };
  const ruler = {
    storage: { type: 'local', local: { directory: '/rules' } }, rule_path: '/tmp/rules', alertmanager_url: `http://${alias}:${ALERTMANAGER_PORT}`, external_url: 'http://loki.technow.example',
    ring: { kvstore: { store: 'inmemory' } }, enable_api: true, evaluation_interval: '1s', for_grace_period: '0s', resend_delay: '1s',
  };
  return context.engine.start({
    image: 'loki', aliases: [], command: ['-config.file=/etc/loki/loki.yaml'], ports: [PORT], networks: [network], ready: { path: '/ready', port: PORT },
    files: [
      // Lines go on after now, as the dataset does.
      { path: '/etc/loki/loki.yaml', content: stringify({ ...config, auth_enabled: false, limits_config: { ...config.limits_config, creation_grace_period: '24h' }, ruler }) },
      { path: `/rules/${NOBODY}/course.yml`, content: hurry(text) },
    ],
  }, signal);
}

/** The rule file, evaluated every second, with a `for` of a second where there is one. */
export function hurry(text: string): string {
  const document = parseDocument(text);
  const groups = document.get('groups');
  for (const group of isSeq(groups) ? groups.items : []) {
    if (!isMap(group)) continue;
    group.set('interval', '1s');
    const rules = group.get('rules');
    for (const rule of isSeq(rules) ? rules.items : []) if (isMap(rule) && rule.has('for')) rule.set('for', '1s');
  }
  return document.toString();
}

function moveTo(dataset: Dataset, byMs: number): Dataset {
  const move = (timestampNs: string): string => String(BigInt(timestampNs) + BigInt(byMs) * 1_000_000n);
  return { ...dataset, startMs: dataset.startMs + byMs, endMs: dataset.endMs + byMs, logs: dataset.logs.map((stream) => ({ ...stream, entries: stream.entries.map((entry) => ({ ...entry, timestampNs: move(entry.timestampNs) })) })) };
}

/** Containers may run on another machine: its time, to the second. */
async function readClock(url: string, signal: AbortSignal): Promise<number> {
  const { response } = await ask(`${url}/ready`, {}, signal);
  const nowMs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(nowMs)) throw new HarnessError('backend-lost', 'Loki did not tell its time');
  return nowMs;
}
