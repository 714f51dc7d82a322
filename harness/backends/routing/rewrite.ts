import { parse } from 'yaml';
import { parseDurationMs } from '../../rule-file/durations.ts';

/** One way of telling a receiver: `slack`, `webhook`. Our webhook stands in for it. */
export interface Channel {
  readonly kind: string;
  readonly sendsResolved: boolean;
}
export interface Receiver {
  readonly name: string;
  readonly channels: readonly Channel[];
}
export interface Rewritten {
  /** What Alertmanager is started with. */
  readonly config: string;
  readonly receivers: readonly Receiver[];
  /** The root's `group_wait` as written: alerts that come within it come together. */
  readonly groupWaitMs: number;
}
type Settings = Readonly<Record<string, unknown>>;

// Source: alertmanager/config/notifiers.go (VSendResolved of the defaults); all other kinds say when it is over.
const SILENT_WHEN_RESOLVED: ReadonlySet<string> = new Set(['email', 'slack', 'rocketchat', 'wechat']);
// Source: alertmanager/dispatch (DefaultRouteOpts).
const DEFAULT_GROUP_WAIT_MS = 30_000;
/** What decides who is told. `global`, `tracing` and whatever else could reach outside is left out. */
const KEPT = ['route', 'inhibit_rules', 'time_intervals', 'mute_time_intervals'];

/**
 * Replaces every channel of every receiver by a webhook of ours, with its own path; names, routes, grouping and inhibition stay.
 * @param config text that amtool accepts
 * @param hook `http://host:port`
 */
export function rewriteReceivers(config: string, hook: string): Rewritten {
  const settings = parse(config) as Settings;
  const receivers = ((settings['receivers'] ?? []) as readonly Settings[]).map(readReceiver);
  const kept = Object.fromEntries(KEPT.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]));
  const route = settings['route'] as Settings;
  return {
    config: JSON.stringify({ ...kept, receivers: receivers.map(({ name, channels }) => ({
      name, webhook_configs: channels.map(({ sendsResolved }, index) => ({ url: `${hook}/${index}`, send_resolved: sendsResolved })),
    })) }),
    receivers,
    groupWaitMs: parseDurationMs(String(route['group_wait'] ?? '')) ?? DEFAULT_GROUP_WAIT_MS,
  };
}

function readReceiver(receiver: Settings): Receiver {
  const channels = Object.entries(receiver).flatMap(([key, list]) => {
    const kind = /^(\w+)_configs$/.exec(key)?.[1];
    return kind === undefined || !Array.isArray(list) ? [] : (list as readonly Settings[]).map((one): Channel => ({
      kind, sendsResolved: typeof one['send_resolved'] === 'boolean' ? one['send_resolved'] : !SILENT_WHEN_RESOLVED.has(kind),
    }));
  });
  return { name: String(receiver['name']), channels };
}
