import type { AlertRun, Notification, RulesOutput } from '../../harness/model/transcript.ts';
import { formatClock, formatWait } from './clock.ts';
import type { ReadingContext } from './context.ts';
import { scroller } from './fold.ts';
import { h, type Element, type ElementContent } from './hast.ts';

/** Labels that the card shows elsewhere. */
const placedLabels = new Set(['alertname', 'severity']);

function clockCell(timestampMs: number | undefined): string {
  return timestampMs === undefined ? '–' : formatClock(timestampMs, 'seconds');
}

function runsTable(runs: readonly AlertRun[]): Element {
  const several = new Set(runs.map((run) => run.alert)).size > 1;
  const rows = runs.map((run) => {
    const afterFault = run.firingMs !== undefined && run.faultStartMs !== undefined ? formatWait(run.firingMs - run.faultStartMs) : '–';
    const cells = [clockCell(run.faultStartMs), clockCell(run.pendingMs), clockCell(run.firingMs), afterFault, clockCell(run.resolvedMs)];
    return h('tr', [...(several ? [h('td', run.alert)] : []), h('td', run.dataset), ...cells.map((cell) => h('td', { className: ['number'] }, cell))]);
  });
  const names = [...(several ? ['alert'] : []), 'dataset'];
  const head = [...names.map((name) => h('th', { scope: 'col' }, name)), ...['fault', 'pending', 'firing', 'after', 'resolved'].map((name) => h('th', { scope: 'col', className: ['number'] }, name))];
  return scroller('When the alert fired', [h('table', [h('thead', [h('tr', head)]), h('tbody', rows)])]);
}

function isLink(url: string | undefined): url is string {
  // `.example` is reserved: nobody answers there, so it is shown as text and never as a link.
  return url !== undefined && (/^\/(?!\/)/.test(url) || (/^https:\/\//.test(url) && !/^https:\/\/[^/]*\.example(?::\d+)?(?:\/|$)/.test(url)));
}

function expressionOf(generatorURL: string): string | undefined {
  const query = generatorURL.split('?')[1];
  return query === undefined ? undefined : (new URLSearchParams(query).get('g0.expr') ?? undefined);
}

function cardLinks(annotations: Readonly<Record<string, string>>, generatorURL: string): ElementContent[] {
  const runbook = annotations['runbook_url'];
  const expression = expressionOf(generatorURL);
  return [
    ...(isLink(runbook) ? [h('p', [h('a', { href: runbook }, 'Runbook')])] : runbook ? [h('p', ['Runbook: ', h('span', { className: ['address'] }, runbook)])] : []),
    ...(expression ? [h('p', ['Query: ', h('code', expression)])] : []),
  ];
}

/** A notification as it arrives in the on-call chat. */
export function viewNotification(notification: Notification): Element {
  const first = notification.alerts[0];
  const labels = first?.labels ?? {};
  const annotations = first?.annotations ?? {};
  const count = notification.alerts.length;
  const severity = labels['severity'];
  const chips = Object.entries(labels).filter(([name]) => !placedLabels.has(name)).map(([name, value]) => h('li', [h('span', `${name}=`), value]));
  const startsMs = first ? Date.parse(first.startsAt) : NaN;
  const sign = notification.status === 'firing' ? '▲' : '✓';
  return h('article', { className: ['notification', notification.status], ariaLabel: `Notification: ${labels['alertname'] ?? 'alert'} ${notification.status}` }, [
    h('p', { className: ['sender'] }, [h('span', { className: ['avatar'], ariaHidden: 'true' }, 'AM'), h('span', ['Alertmanager to ', h('b', notification.receiver)]), ...(Number.isNaN(startsMs) ? [] : [h('time', { dateTime: new Date(startsMs).toISOString() }, `since ${formatClock(startsMs, 'seconds')}`)])]),
    h('p', { className: ['title'] }, [
      h('span', { className: ['status'] }, `${sign} ${notification.status}${count > 1 ? ` (${count})` : ''}`),
      ' ',
      h('b', labels['alertname'] ?? 'alert'),
      ...(severity ? [' ', h('span', { className: ['severity'] }, `severity ${severity}`)] : []),
    ]),
    ...(annotations['summary'] ? [h('p', { className: ['says'] }, annotations['summary'])] : []),
    ...(annotations['description'] ? [h('p', { className: ['says'] }, annotations['description'])] : []),
    ...(chips.length > 0 ? [h('ul', { className: ['labels'] }, chips)] : []),
    ...cardLinks(annotations, first?.generatorURL ?? ''),
  ]);
}

function list(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
}

function quietSentences(quiet: readonly AlertRun[], fired: readonly AlertRun[]): Element[] {
  const firing = new Set(fired.map((run) => run.alert));
  return [...Map.groupBy(quiet, (run) => run.alert)].map(([alert, runs]) =>
    h('p', { className: ['proof'] }, firing.has(alert) ? [h('b', alert), ' stayed quiet on ', list(runs.map((run) => run.dataset)), '.'] : [h('b', alert), ' never fired on ', list(runs.map((run) => run.dataset)), '.']),
  );
}

/** What alerting rules did over their datasets, and the notifications that a real Alertmanager sent for them. */
export function viewRules(output: RulesOutput, context: ReadingContext): Element[] {
  const fired = output.runs.filter((run) => run.firingMs !== undefined);
  const quiet = output.runs.filter((run) => run.firingMs === undefined);
  const table = fired.length > 0 ? [runsTable(fired)] : [];
  // A rule shown as a mistake: its silence is the answer, the control only proves that it could have spoken.
  const evidence = context.attributes.has('never')
    ? [...quietSentences(quiet, []), ...(fired.length > 0 ? [h('p', { className: ['shared'] }, 'On its control it fires:')] : []), ...table]
    : [...table, ...quietSentences(quiet, fired)];
  return [
    ...viewNotifications(output, context),
    ...evidence,
    ...(output.carried.length > 0 ? [h('p', { className: ['proof'] }, [h('b', list(output.carried)), ' carried end to end: Prometheus, Alertmanager, webhook.'])] : []),
  ];
}

/** Only the messages: what the person on call saw. */
export function viewNotifications(output: RulesOutput, context: Pick<ReadingContext, 'notifications'>): Element[] {
  const wanted = context.notifications ?? 'all';
  return output.notifications.filter((notification) => wanted === 'all' || notification.status === wanted).map(viewNotification);
}
