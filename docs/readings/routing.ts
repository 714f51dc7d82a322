import type { Labels } from '../../harness/model/dataset.ts';
import type { RoutingOutput } from '../../harness/model/transcript.ts';
import { fold, plural, scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { viewNotification } from './rules.ts';

/** Kinds of channel as people call them; others stand as the file has them. */
const channelNames: Readonly<Record<string, string>> = {
  email: 'e-mail', slack: 'Slack', pagerduty: 'PagerDuty', opsgenie: 'Opsgenie', victorops: 'VictorOps', msteams: 'Teams', msteamsv2: 'Teams', telegram: 'Telegram', discord: 'Discord', sns: 'SNS',
};

/** `Slack and webhook`; each kind once. */
export function nameChannels(kinds: readonly string[]): string {
  const names = [...new Set(kinds.map((kind) => channelNames[kind] ?? kind))];
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `HighLatencyP99 {service="checkout"}`: without labels that all alerts share. */
function nameAlert(labels: Labels, all: readonly Labels[]): (string | Element)[] {
  const differing = Object.entries(labels).filter(([name, value]) => name !== 'alertname' && all.some((other) => other[name] !== value));
  const selector = differing.map(([name, value]) => `${name}="${value}"`).join(', ');
  return [h('b', labels['alertname'] ?? 'alert'), ...(selector === '' ? [] : [' ', h('code', `{${selector}}`)])];
}

function receiversTable({ receivers, notifications }: RoutingOutput): Element {
  const resolvedOf = (name: string): number => notifications.filter(({ receiver, status }) => receiver === name && status === 'resolved').length;
  const rows = receivers.map(({ name, channels, told }) => h('tr', [
    h('th', { scope: 'row' }, name), h('td', channels.length === 0 ? '– tells nobody' : nameChannels(channels)),
    h('td', { className: ['number'] }, String(told)), h('td', { className: ['number'] }, String(resolvedOf(name))),
  ]));
  const head = [h('th', { scope: 'col' }, 'receiver'), h('th', { scope: 'col' }, 'by'), ...['firing', 'resolved'].map((name) => h('th', { scope: 'col', className: ['number'] }, name))];
  return scroller('Messages to each receiver', [h('table', [h('thead', [h('tr', head)]), h('tbody', rows)])]);
}

/** Alerts of which somebody, or nobody, was not told: inhibition and silent receivers are answers, too. */
function silences({ alerts, receivers }: RoutingOutput): Element[] {
  const all = alerts.map(({ labels }) => labels);
  const silent = new Set(receivers.filter(({ channels }) => channels.length === 0).map(({ name }) => name));
  return alerts.flatMap(({ labels, inhibitedBy, receivers: routed }) => [
    ...(inhibitedBy.length === 0 ? [] : [h('p', { className: ['proof'] }, [...nameAlert(labels, all), ' was kept back while ', h('b', inhibitedBy.join(', ')), ' fired.'])]),
    ...(routed.length > 0 && routed.every((name) => silent.has(name)) ? [h('p', { className: ['proof'] }, [...nameAlert(labels, all), ' ended at ', h('b', routed.join(', ')), '.'])] : []),
  ]);
}

/** Who was told, how often, and of what nobody was told; the messages themselves on demand. */
export function viewRouting(output: RoutingOutput): Element[] {
  const { notifications } = output;
  return [
    receiversTable(output),
    ...silences(output),
    ...(notifications.length === 0 ? [] : [fold(plural(notifications.length, 'message'), notifications.map(viewNotification))]),
  ];
}
