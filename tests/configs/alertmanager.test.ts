import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanager } from '../../harness/backends/alertmanager.ts';
import { planBatches } from '../../harness/backends/routing/replay.ts';
import { rewriteReceivers } from '../../harness/backends/routing/rewrite.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import type { RoutingOutput } from '../../harness/model/transcript.ts';
import { queueDataset, START_MS, gauge } from '../rules/queue-dataset.ts';
import { makeBlock } from '../rules/support.ts';
import { openContext, routingOf, runConfigs, saidOf } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

/** Checkout's queue is long from minute 2 to 8, inventory's from 3 to 9: page from 2, tickets from 2 and 3. */
const dataset = queueDataset('busy', [[0, 0], [2, 5], [8, 0]], { more: [gauge('queue_length', [[0, 0], [3, 5], [9, 0]], { service: 'inventory' })] });
const rules = makeBlock(`groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue_length{service="checkout"} > 3
        labels: {severity: page}
        annotations: {summary: 'Queue of {{ $labels.service }}: {{ $value }}'}
      - alert: QueueGrowing
        expr: queue_length > 2
        labels: {severity: ticket}
      - alert: QueueEndless
        expr: queue_length > 100
        labels: {severity: page}`, { name: 'rules' }, { page: 'day-1/rules' });

const routes = `route:
  receiver: tickets
  group_by: [alertname]
  group_wait: 30s
  routes:
    - matchers: [severity = page]
      receiver: on-call
    - matchers: [severity = info]
      receiver: nobody
receivers:
  - name: on-call
    pagerduty_configs: [{routing_key: not-a-key}]
    slack_configs: [{channel: '#on-call', api_url: 'https://hooks.slack.example/none'}]
  - name: tickets
    email_configs: [{to: team@technow.example, from: am@technow.example, smarthost: 'mail.technow.example:587'}]
  - name: nobody
`;
const inhibition = `inhibit_rules:
  - source_matchers: [severity = page]
    target_matchers: [severity = ticket]
    equal: [service]
`;
const makeConfig = (text: string, name: string, alerts: string) => makeBlock(text, { name, alerts }, { title: 'alertmanager.yml', page: `day-1/${name}` });
const iso = (minute: number): string => new Date(START_MS + minute * 60_000).toISOString().replace('.000', '');
/** `on-call firing by pagerduty, slack: QueueLong checkout` */
const messagesOf = ({ notifications }: RoutingOutput): string[] => notifications.map(({ receiver, status, channels, alerts }) =>
  `${receiver} ${status} by ${channels.join(', ')}: ${alerts.map((alert) => `${alert.labels['alertname']} ${alert.labels['service']} ${alert.status}`).join(', ')}`);

describe('a configuration of Alertmanager', () => {
  const both = 'QueueLong, QueueGrowing';
  it('tells each receiver what its routes, grouping and inhibition say, over all its channels, with the same bytes each time', async () => {
    const blocks = [
      makeConfig(routes, 'open', both), makeConfig(routes + inhibition, 'inhibited', both),
      makeConfig(routes + inhibition, 'again', both), makeConfig(routes, 'stated', 'QueueLong{service=payment,severity=info}, QueueLong{service=payment}'),
      makeConfig(routes, 'calm', 'QueueEndless'),
    ];
    const results = await runConfigs(alertmanager, context, blocks, [rules], dataset);

    // Mail and Slack say nothing when it is over. Inventory's ticket comes a minute after checkout's, so the group is told of twice.
    expect(messagesOf(routingOf(results.get('open')))).toEqual([
      'on-call firing by pagerduty, slack: QueueLong checkout firing',
      'tickets firing by email: QueueGrowing checkout firing',
      'tickets firing by email: QueueGrowing checkout firing, QueueGrowing inventory firing',
      'on-call resolved by pagerduty: QueueLong checkout resolved',
    ]);

    const inhibited = routingOf(results.get('inhibited'));
    expect(messagesOf(inhibited)).toEqual([
      'on-call firing by pagerduty, slack: QueueLong checkout firing',
      'tickets firing by email: QueueGrowing inventory firing',
      'on-call resolved by pagerduty: QueueLong checkout resolved',
    ]);
    expect(inhibited.receivers).toEqual([
      { name: 'on-call', channels: ['pagerduty', 'slack'], told: 1 }, { name: 'tickets', channels: ['email'], told: 1 }, { name: 'nobody', channels: [], told: 0 },
    ]);
    const growing = { alertname: 'QueueGrowing', severity: 'ticket' };
    expect(inhibited.alerts).toEqual([
      { labels: { ...growing, service: 'checkout' }, firingMs: START_MS + 120_000, resolvedMs: START_MS + 480_000, receivers: ['tickets'], inhibitedBy: ['QueueLong'] },
      { labels: { alertname: 'QueueLong', service: 'checkout', severity: 'page' }, firingMs: START_MS + 120_000, resolvedMs: START_MS + 480_000, receivers: ['on-call'], inhibitedBy: [] },
      { labels: { ...growing, service: 'inventory' }, firingMs: START_MS + 180_000, resolvedMs: START_MS + 540_000, receivers: ['tickets'], inhibitedBy: [] },
    ]);
    expect(inhibited.notifications[0]).toEqual({
      receiver: 'on-call', status: 'firing', groupLabels: { alertname: 'QueueLong' }, externalURL: 'http://alertmanager.technow.example', channels: ['pagerduty', 'slack'],
      alerts: [{
        status: 'firing', labels: { alertname: 'QueueLong', service: 'checkout', severity: 'page' }, annotations: { summary: 'Queue of checkout: 5' }, startsAt: iso(2),
        generatorURL: 'http://prometheus.technow.example/graph?g0.expr=queue_length%7Bservice%3D%22checkout%22%7D+%3E+3&g0.tab=1',
      }],
    });
    expect(JSON.stringify(routingOf(results.get('again')))).toBe(JSON.stringify(inhibited));

    const stated = routingOf(results.get('stated'));
    expect(messagesOf(stated)).toEqual(['on-call firing by pagerduty, slack: QueueLong payment firing']);
    expect(stated.alerts.map(({ receivers, firingMs, resolvedMs }) => [receivers, firingMs, resolvedMs])).toEqual([[['nobody'], dataset.faultStartMs, undefined], [['on-call'], dataset.faultStartMs, undefined]]);

    expect(saidOf(results.get('calm'))).toEqual([expect.stringMatching(/^alert-did-not-fire: QueueEndless \(block day-1\/rules#rules\) does not fire on busy, so nobody can be told\./)]);
  }, 180_000);

  it('tells of what was kept back once the page is over', async () => {
    // Inventory's ticket outlives the page of checkout that inhibits every ticket.
    const text = routes + inhibition.replace('    equal: [service]\n', '');
    const output = routingOf((await runConfigs(alertmanager, context, [makeConfig(text, 'late', both)], [rules], dataset)).get('late'));
    expect(messagesOf(output)).toEqual([
      'on-call firing by pagerduty, slack: QueueLong checkout firing',
      'on-call resolved by pagerduty: QueueLong checkout resolved',
      'tickets firing by email: QueueGrowing inventory firing',
    ]);
  }, 120_000);
});

describe('rewriteReceivers', () => {
  it('leaves nothing in that could reach outside, and keeps what decides who is told', () => {
    const { config, receivers, groupWaitMs } = rewriteReceivers(`global: {slack_api_url: 'https://hooks.slack.example/none', http_config: {proxy_url: 'http://proxy.example'}}
tracing: {endpoint: collector.example:4317}
templates: ['*.tmpl']
${routes}${inhibition}`, 'http://hook:1');
    expect(config).not.toMatch(/\.example|proxy|tracing|templates/);
    expect(JSON.parse(config)).toMatchObject({
      route: { group_by: ['alertname'], group_wait: '30s', routes: [{ receiver: 'on-call' }, { receiver: 'nobody' }] },
      receivers: [
        { name: 'on-call', webhook_configs: [{ url: 'http://hook:1/0', send_resolved: true }, { url: 'http://hook:1/1', send_resolved: false }] },
        { name: 'tickets', webhook_configs: [{ url: 'http://hook:1/0', send_resolved: false }] }, { name: 'nobody', webhook_configs: [] },
      ],
      inhibit_rules: [{ equal: ['service'] }],
    });
    expect(receivers.map(({ channels }) => channels.map(({ kind }) => kind))).toEqual([['pagerduty', 'slack'], ['email'], []]);
    expect(groupWaitMs).toBe(30_000);
  });
});

describe('planBatches', () => {
  const alert = (alertname: string, firingS: number, resolvedS: number | undefined) => ({ labels: { alertname }, annotations: {}, expression: '', firingMs: firingS * 1000, resolvedMs: resolvedS === undefined ? undefined : resolvedS * 1000 });
  it('puts together what comes within group_wait, never a beginning and an end', () => {
    const batches = planBatches([alert('late', 31, 100), alert('first', 0, 90), alert('next', 30, undefined)], 30_000);
    expect(batches.map(({ kind, alerts }) => `${kind} ${alerts.map(({ labels }) => labels.alertname).join(' ')}`)).toEqual(['firing first next', 'firing late', 'resolved first late']);
  });
});
