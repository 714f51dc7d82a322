import { setTimeout as delay } from 'node:timers/promises';
import type { StartedContainer } from '../../model/backend.ts';
import type { ChannelNotification, RoutingOutput } from '../../model/transcript.ts';
import type { Place } from '../alerting/alertmanager.ts';
import type { WebhookBody } from '../alerting/hook.ts';
import { keyOf, post, postTogether, readGroups, toNotification, withoutSuppressed } from '../alerting/notify.ts';
import type { AlertGroup, FiredAlert } from '../alerting/notify.ts';
import type { Receiver, Rewritten } from './rewrite.ts';

/** Alerts that begin, or end, so close together that Alertmanager hears of all of them before it tells anybody. */
export interface Batch {
  readonly kind: 'firing' | 'resolved';
  readonly alerts: readonly FiredAlert[];
}
// Longer than the shortened group_interval: what nobody expected has come by then, too.
const ONE_FLUSH_MS = 1300;
// Ends are handed on inside Alertmanager; inhibition knows of them a moment later.
const HANDED_ON_MS = 300;

/** Beginnings and ends in order of time; a batch is as long as `group_wait`, and of one kind. */
export function planBatches(alerts: readonly FiredAlert[], groupWaitMs: number): readonly Batch[] {
  const events = alerts.flatMap((alert) => [
    { kind: 'firing' as const, atMs: alert.firingMs, alert },
    ...(alert.resolvedMs === undefined ? [] : [{ kind: 'resolved' as const, atMs: alert.resolvedMs, alert }]),
  ]).sort((left, right) => left.atMs - right.atMs || compare(keyOf(left.alert.labels), keyOf(right.alert.labels)));
  const batches: { kind: Batch['kind']; beganMs: number; alerts: FiredAlert[] }[] = [];
  for (const { kind, atMs, alert } of events) {
    const last = batches.at(-1);
    if (last?.kind === kind && atMs - last.beganMs <= groupWaitMs) last.alerts.push(alert);
    else batches.push({ kind, beganMs: atMs, alerts: [alert] });
  }
  return batches.map(({ kind, alerts: together }) => ({ kind, alerts: together }));
}

/**
 * Gives alerts to a started Alertmanager in the order in which they began and ended, and writes down who was told and who was not.
 * Two runs give the same value. Throws `timed-out` when a message does not come that the groups promise.
 */
export async function replayAlerts(alertmanager: StartedContainer, where: Place, rewritten: Rewritten, alerts: readonly FiredAlert[], signal: AbortSignal): Promise<RoutingOutput> {
  const replay = new Replay(alertmanager, where, rewritten.receivers, signal);
  for (const batch of planBatches(alerts, rewritten.groupWaitMs)) await (batch.kind === 'firing' ? replay.begin(batch.alerts) : replay.end(batch.alerts));
  await delay(ONE_FLUSH_MS, undefined, { signal });
  return replay.conclude(alerts);
}

/** What must still be called: one channel of one receiver, about one group. */
interface Promised {
  readonly receiver: string;
  readonly path: string;
  readonly group: string;
  readonly alerts: readonly string[];
  readonly status: Batch['kind'];
}

class Replay {
  readonly #alertmanager: StartedContainer;
  readonly #where: Place;
  readonly #receivers: readonly Receiver[];
  readonly #signal: AbortSignal;
  /** Alerts, as keys, that a receiver was told of last, by receiver and group. */
  readonly #told = new Map<string, Set<string>>();
  readonly #routes = new Map<string, Set<string>>();
  readonly #inhibitors = new Map<string, Set<string>>();
  /** How many calls had come at the end of each batch. */
  readonly #counts: number[] = [];

  constructor(alertmanager: StartedContainer, where: Place, receivers: readonly Receiver[], signal: AbortSignal) {
    this.#alertmanager = alertmanager;
    this.#where = where;
    this.#receivers = receivers;
    this.#signal = signal;
  }

  async begin(alerts: readonly FiredAlert[]): Promise<void> {
    await postTogether(this.#alertmanager, alerts, this.#signal);
    await this.#waitFor(this.#promiseFiring(await this.#look()));
  }

  async end(alerts: readonly FiredAlert[]): Promise<void> {
    const before = await this.#look();
    const ended = new Set(alerts.map((alert) => keyOf(alert.labels)));
    await post(this.#alertmanager, alerts, true, this.#signal);
    await delay(HANDED_ON_MS, undefined, { signal: this.#signal });
    const resolved = before.flatMap((group): Promised[] => {
      const over = group.alerts.map((alert) => keyOf(alert.labels)).filter((key) => ended.has(key) && this.#told.get(nameOf(group))?.has(key));
      return over.length === 0 ? [] : this.#promise(group, over, 'resolved');
    });
    for (const [name, told] of this.#told) this.#told.set(name, told.difference(ended));
    // Who was kept back by what has just ended is told of now.
    await this.#waitFor([...resolved, ...this.#promiseFiring(await this.#look())]);
  }

  async conclude(alerts: readonly FiredAlert[]): Promise<RoutingOutput> {
    const bodies = await this.#where.hook.received(this.#where.alias);
    const batchOf = (index: number): number => { const at = this.#counts.findIndex((count) => index < count); return at < 0 ? this.#counts.length : at; };
    const batches = Map.groupBy(bodies.map((body, index) => ({ body, batch: batchOf(index) })), ({ batch }) => batch);
    const notifications = [...batches].flatMap(([, calls]) => this.#merge(calls.map(({ body }) => body)));
    const nameList = (names: ReadonlySet<string> | undefined): string[] => [...names ?? []].sort(compare);
    return {
      kind: 'routing',
      receivers: this.#receivers.map(({ name, channels }) => ({
        name, channels: channels.map(({ kind }) => kind), told: notifications.filter(({ receiver, status }) => receiver === name && status === 'firing').length,
      })),
      alerts: alerts.toSorted((left, right) => left.firingMs - right.firingMs || compare(keyOf(left.labels), keyOf(right.labels))).map(({ labels, firingMs, resolvedMs }) => ({
        labels, firingMs, resolvedMs,
        receivers: this.#receivers.map(({ name }) => name).filter((name) => this.#routes.get(keyOf(labels))?.has(name)),
        inhibitedBy: nameList(this.#inhibitors.get(keyOf(labels))),
      })),
      notifications,
    };
  }

  /** The groups as they are now, without what is kept back; notes by the way where alerts went and what kept them. */
  async #look(): Promise<readonly AlertGroup[]> {
    const groups = await readGroups(this.#alertmanager, this.#signal);
    const nameOfFingerprint = new Map(groups.flatMap(({ alerts }) => alerts.map(({ fingerprint, labels }) => [fingerprint, labels['alertname'] ?? ''])));
    for (const { receiver, alerts } of groups) {
      for (const { labels, status } of alerts) {
        add(this.#routes, keyOf(labels), [receiver.name]);
        add(this.#inhibitors, keyOf(labels), status.inhibitedBy.map((fingerprint) => nameOfFingerprint.get(fingerprint) ?? fingerprint));
      }
    }
    return groups.map(withoutSuppressed);
  }

  // As alertmanager/notify (DedupStage) decides: a group is told of again when something fires that it was not told of.
  #promiseFiring(groups: readonly AlertGroup[]): Promised[] {
    return groups.flatMap((group) => {
      const firing = group.alerts.map((alert) => keyOf(alert.labels));
      const told = this.#told.get(nameOf(group));
      if (firing.length === 0 || firing.every((key) => told?.has(key))) return [];
      this.#told.set(nameOf(group), new Set(firing));
      return this.#promise(group, firing, 'firing');
    });
  }

  #promise(group: AlertGroup, alerts: readonly string[], status: Batch['kind']): Promised[] {
    const channels = this.#receivers.find(({ name }) => name === group.receiver.name)?.channels ?? [];
    return channels.flatMap(({ sendsResolved }, index) => (status === 'firing' || sendsResolved ? [{ receiver: group.receiver.name, path: `/${index}`, group: keyOf(group.labels), alerts, status }] : []));
  }

  async #waitFor(promised: readonly Promised[]): Promise<void> {
    const { hook, alias, timeoutMs } = this.#where;
    const seen = this.#counts.at(-1) ?? 0;
    const bodies = await hook.waitFor(alias, (all) => promised.every((one) => all.slice(seen).some((body) => keeps(body, one))), timeoutMs, this.#signal);
    this.#counts.push(bodies.length);
  }

  /** Calls of one batch about the same thing are one message on several channels. */
  #merge(bodies: readonly WebhookBody[]): ChannelNotification[] {
    const orderOf = (receiver: string): number => this.#receivers.findIndex(({ name }) => name === receiver);
    const messages = Map.groupBy(bodies, ({ path: _, ...body }) => JSON.stringify(toNotification({ ...body, path: '' })));
    return [...messages.values()].map((calls) => {
      const [first] = calls as [WebhookBody];
      const channels = this.#receivers[orderOf(first.receiver)]?.channels ?? [];
      const used = calls.map(({ path }) => Number(path.slice(1))).sort((left, right) => left - right);
      return { ...toNotification(first), channels: used.map((index) => channels[index]?.kind ?? 'webhook') };
    }).sort((left, right) => orderOf(left.receiver) - orderOf(right.receiver) || compare(left.status, right.status) || compare(JSON.stringify(left), JSON.stringify(right)));
  }
}

function keeps(body: WebhookBody, { receiver, path, group, alerts, status }: Promised): boolean {
  if (body.receiver !== receiver || body.path !== path || keyOf(body.groupLabels) !== group) return false;
  const said = new Set(body.alerts.filter((alert) => alert.status === status).map((alert) => keyOf(alert.labels)));
  return alerts.every((alert) => said.has(alert));
}

function nameOf({ receiver, labels }: AlertGroup): string {
  return `${receiver.name} ${keyOf(labels)}`;
}

function add(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  map.set(key, new Set([...map.get(key) ?? [], ...values]));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
