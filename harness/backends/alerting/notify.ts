import { setTimeout as delay } from 'node:timers/promises';
import type { BackendContext, StartedContainer } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import type { Notification } from '../../model/transcript.ts';
import { ALERTMANAGER_PORT, callApi, startAlertmanager, webhookReceivers } from './alertmanager.ts';
import type { Place } from './alertmanager.ts';
import type { WebhookBody } from './hook.ts';

/** One alert as virtual time found it. */
export interface FiredAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly firingMs: number;
  readonly resolvedMs: number | undefined;
  /** The rule's expression: a link in the notification leads to it. */
  readonly expression: string;
}
/** Alerts that one receiver is told of together. Source: alertmanager/api/v2 (AlertGroup). */
export interface AlertGroup {
  readonly labels: Labels;
  readonly receiver: { readonly name: string };
  readonly alerts: readonly { readonly labels: Labels; readonly fingerprint: string; readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] } }[];
}
// Alerts with an old start skip group_wait: a silence holds them back until all of them are in.
const GATHER_MS = 300;
const FAR_FUTURE = '2100-01-01T00:00:00.000Z';
/** Alertmanager begins such a silence at once, by its own clock. */
const LONG_PAST = '2000-01-01T00:00:00Z';
const SILENCE_ALL = { matchers: [{ name: 'alertname', value: '.+', isRegex: true, isEqual: true }], createdBy: 'harness', comment: 'until all alerts are in' };

/**
 * Posts alerts with the times of virtual time to an Alertmanager of their own and returns what its webhooks got: firing, then resolved,
 * each sorted by receiver and group. Two runs give the same values. Throws `timed-out` when a notification does not come.
 */
export async function notifyExactly(
  context: BackendContext, where: Place, alerts: readonly FiredAlert[], signal: AbortSignal,
): Promise<readonly Notification[]> {
  if (alerts.length === 0) return [];
  await using alertmanager = await startAlertmanager(context, where, signal);
  await postTogether(alertmanager, alerts, signal);
  const webhooks = webhookReceivers(where.config);
  const expected = (await readGroups(alertmanager, signal)).map(withoutSuppressed).filter((group) => webhooks.has(group.receiver.name) && group.alerts.length > 0);
  const isSent = (bodies: readonly WebhookBody[], status: 'firing' | 'resolved') => (group: AlertGroup): boolean => bodies.some((body) => covers(body, group, status));
  const wait = (status: 'firing' | 'resolved', groups: readonly AlertGroup[]): Promise<readonly WebhookBody[]> =>
    where.hook.waitFor(where.alias, (bodies) => groups.every(isSent(bodies, status)), where.timeoutMs, signal);
  const firing = await wait('firing', expected);
  const ended = alerts.filter((alert) => alert.resolvedMs !== undefined);
  const endedKeys = new Set(ended.map((alert) => keyOf(alert.labels)));
  const resolving = expected.filter((group) => group.alerts.every((alert) => endedKeys.has(keyOf(alert.labels))));
  // Straight after a flush, so that all ends are in before the next one.
  await post(alertmanager, ended, true, signal);
  const resolved = await wait('resolved', resolving);
  return [...pick(firing, expected, 'firing'), ...pick(resolved, resolving, 'resolved')];
}

/** Posts all alerts behind a silence, so that every group is whole when it is first notified. */
export async function postTogether(alertmanager: StartedContainer, alerts: readonly FiredAlert[], signal: AbortSignal): Promise<void> {
  const silence = { ...SILENCE_ALL, startsAt: LONG_PAST, endsAt: FAR_FUTURE };
  const made = await callApi<{ silenceID: string }>(alertmanager, ALERTMANAGER_PORT, '/api/v2/silences', { method: 'POST', body: silence }, signal);
  await post(alertmanager, alerts, false, signal);
  await delay(GATHER_MS, undefined, { signal });
  await callApi(alertmanager, ALERTMANAGER_PORT, `/api/v2/silence/${made?.silenceID ?? ''}`, { method: 'DELETE' }, signal);
}

/** Every group of every receiver, with the alerts that fire now. */
export async function readGroups(alertmanager: StartedContainer, signal: AbortSignal): Promise<readonly AlertGroup[]> {
  return await callApi<AlertGroup[]>(alertmanager, ALERTMANAGER_PORT, '/api/v2/alerts/groups', {}, signal) ?? [];
}

/** The group without alerts that are inhibited or silenced: nobody is told of those. */
export function withoutSuppressed(group: AlertGroup): AlertGroup {
  return { ...group, alerts: group.alerts.filter((alert) => alert.status.state !== 'suppressed') };
}

/** Posts alerts as firing, or as ended at their own time. */
export async function post(alertmanager: StartedContainer, alerts: readonly FiredAlert[], ended: boolean, signal: AbortSignal): Promise<void> {
  const body = alerts.map(({ labels, annotations, firingMs, resolvedMs, expression }) => ({
    labels, annotations,
    startsAt: new Date(firingMs).toISOString(),
    endsAt: ended && resolvedMs !== undefined ? new Date(resolvedMs).toISOString() : FAR_FUTURE,
    generatorURL: generatorUrl(expression),
  }));
  if (body.length > 0) await callApi(alertmanager, ALERTMANAGER_PORT, '/api/v2/alerts', { method: 'POST', body }, signal);
}

/** As Prometheus links its alerts. Source: prometheus/util/strutil (TableLinkForExpression), which escapes as Go's url.QueryEscape does. */
function generatorUrl(expression: string): string {
  const oneLine = expression.replace(/\s+/g, ' ').replace(/([([]) /g, '$1').replace(/ ([)\]])/g, '$1').trim();
  const query = encodeURIComponent(oneLine).replaceAll('%20', '+').replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `http://prometheus.technow.example/graph?g0.expr=${query}&g0.tab=1`;
}

function covers(body: WebhookBody, group: AlertGroup, status: 'firing' | 'resolved'): boolean {
  if (body.status !== status || body.receiver !== group.receiver.name || keyOf(body.groupLabels) !== keyOf(group.labels)) return false;
  const sent = new Set(body.alerts.map((alert) => keyOf(alert.labels)));
  return group.alerts.every((alert) => sent.has(keyOf(alert.labels)));
}

function pick(bodies: readonly WebhookBody[], groups: readonly AlertGroup[], status: 'firing' | 'resolved'): Notification[] {
  const byGroup = (left: AlertGroup, right: AlertGroup): number => compare(left.receiver.name + keyOf(left.labels), right.receiver.name + keyOf(right.labels));
  return [...groups].sort(byGroup).flatMap((group) => {
    const body = bodies.find((candidate) => covers(candidate, group, status));
    return body === undefined ? [] : [toNotification(body)];
  });
}

/** What is stored of a webhook call: alerts sorted by labels. */
export function toNotification(body: WebhookBody): Notification {
  const alerts = body.alerts.map(({ status, labels, annotations, startsAt, generatorURL }) => ({ status, labels: sortLabels(labels), annotations: sortLabels(annotations), startsAt, generatorURL }));
  alerts.sort((left, right) => compare(keyOf(left.labels), keyOf(right.labels)));
  return { receiver: body.receiver, status: body.status, groupLabels: sortLabels(body.groupLabels), alerts, externalURL: body.externalURL };
}

/** The same text for the same labels, whatever their order. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(sortLabels(labels));
}

function sortLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([left], [right]) => compare(left, right)));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
