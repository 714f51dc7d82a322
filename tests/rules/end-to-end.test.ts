import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import { carry, planShipments } from '../../harness/backends/alerting/end-to-end.ts';
import { startHook } from '../../harness/backends/alerting/hook.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import { gauge, queueDataset, START_MS } from './queue-dataset.ts';
import { outputOf, root, runRules, signal } from './run-rules.ts';
import { makeBlock } from './support.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => {
  const engine = stack.use(await openEngine({ root, log: () => undefined, signal }));
  const network = stack.use(await engine.network());
  context = { root, engine, network, sandboxNetwork: network, progress: () => undefined };
}, 120_000);
afterAll(() => stack.disposeAsync());

const inventory = gauge('queue_length', [[0, 0], [3, 4], [9, 0]], { service: 'inventory' });
const datasets = {
  busy: queueDataset('busy', [[0, 0], [2, 5], [8, 0]], { more: [inventory] }),
  calm: queueDataset('calm', [[0, 0]], { hasFault: false }),
};
const text = `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue_length{service="checkout"} > 3
        for: 5m
        labels: {severity: page}
        annotations: {summary: 'Queue of {{ $labels.service }}: {{ $value }}', runbook_url: /runbooks/queue/}
      - alert: QueueGrowing
        expr: queue_length > 2
        for: 1m
        labels: {severity: ticket}
      - alert: QueueSeen
        expr: queue_length > 1
        labels: {severity: info}`;
const claims = { fires: 'QueueLong,QueueGrowing,QueueSeen', dataset: 'busy,busy,busy', after: '5m,1m,0s', quiet: 'calm' };
const block = makeBlock(text, { ...claims, name: 'queue' });
const iso = (count: number): string => new Date(START_MS + count * 60_000).toISOString().replace('.000', '');

describe('the receiver of webhooks', () => {
  it('knows a sender that has the address of an earlier one', async () => {
    await using hook = await startHook(context, context.network, signal);
    const send = async (alias: string): Promise<string> => {
      await using sender = await context.engine.start({ image: 'sandbox', aliases: [alias], command: ['sleep', 'infinity'], ports: [], networks: [context.network] }, signal);
      const { stdout } = await sender.exec(['sh', '-c', `curl -s -m 10 -d '{"alerts":[]}' http://oncall-bridge:9095/page; hostname -i`], signal);
      await hook.waitFor(alias, (bodies) => bodies.length === 1, 10_000, signal);
      return stdout;
    };
    const addresses = [await send('early'), await send('late'), await send('later')];
    // Else this shows nothing.
    expect(new Set(addresses).size).toBeLessThan(addresses.length);
  });
});

describe('rules through real servers', () => {
  it('are notified exactly and carried end to end, with the same bytes each time', async () => {
    const again = makeBlock(text, { ...claims, name: 'again' }, { page: 'day-1/other' });
    const results = await runRules(context, [block, again], datasets, 'busy');
    const first = outputOf(results.get('queue'));
    const link = (query: string): string => `http://prometheus.technow.example/graph?g0.expr=${query}&g0.tab=1`;
    const common = { groupLabels: { alertname: 'QueueGrowing', service: 'inventory' }, externalURL: 'http://alertmanager.technow.example' };
    const growing = { labels: { alertname: 'QueueGrowing', service: 'inventory', severity: 'ticket' }, annotations: {}, startsAt: iso(4), generatorURL: link('queue_length+%3E+2') };
    const long = {
      labels: { alertname: 'QueueLong', service: 'checkout', severity: 'page' }, annotations: { runbook_url: '/runbooks/queue/', summary: 'Queue of checkout: 5' },
      startsAt: iso(7), generatorURL: link('queue_length%7Bservice%3D%22checkout%22%7D+%3E+3'),
    };
    const page = { ...common, groupLabels: { alertname: 'QueueLong', service: 'checkout' } };
    // The ticket of checkout is inhibited by its page, and nobody is told of info.
    expect(first.notifications).toEqual([
      { ...page, receiver: 'on-call', status: 'firing', alerts: [{ ...long, status: 'firing' }] },
      { ...common, receiver: 'tickets', status: 'firing', alerts: [{ ...growing, status: 'firing' }] },
      { ...page, receiver: 'on-call', status: 'resolved', alerts: [{ ...long, status: 'resolved' }] },
      { ...common, receiver: 'tickets', status: 'resolved', alerts: [{ ...growing, status: 'resolved' }] },
    ]);
    expect(first.carried).toEqual(['QueueGrowing', 'QueueLong']);
    expect(results.get('again')?.output).toEqual(first);
    const second = outputOf((await runRules(context, [block], datasets, 'busy')).get('queue'));
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  }, 120_000);

  it('are carried when they read what another rule records', async () => {
    const recorded = `groups:
  - name: recorded
    rules:
      - record: service:queue_length:max
        expr: max by (service) (queue_length)
      - alert: RecordedQueueLong
        expr: service:queue_length:max{service="checkout"} > 3
        for: 5m
        labels: {severity: page}
        annotations: {summary: Long, runbook_url: /runbooks/queue/}`;
    const results = await runRules(context, [makeBlock(recorded, { fires: 'RecordedQueueLong', dataset: 'busy', after: '5m', quiet: 'calm', name: 'recorded' })], datasets, 'busy');
    expect(outputOf(results.get('recorded')).carried).toEqual(['RecordedQueueLong']);
  }, 120_000);

  it('are reported when they arrive elsewhere than virtual time says, or not at all', async () => {
    await using hook = await startHook(context, context.network, signal);
    const labels = { alertname: 'QueueSeen', service: 'checkout', severity: 'info' };
    const lost = { alertname: 'QueueLong', service: 'payment', severity: 'page' };
    const times = { ruleFile: 0, pendingMs: START_MS + 120_000, firingMs: START_MS + 120_000, untilMs: START_MS + 480_000 };
    const [shipment] = planShipments(datasets.busy, [{ ...times, labels }, { ...times, labels: lost }]);
    if (shipment === undefined) throw new Error('no shipment');
    const notified = { receiver: 'on-call', status: 'firing', groupLabels: {}, externalURL: '', alerts: [{ status: 'firing', labels, annotations: {}, startsAt: '', generatorURL: '' }] } as const;
    const files = [{ text, needs: [], selectors: [{ metric: 'queue_length', equals: [], range: { offset: 0, length: 0 } }] }];
    const place = { network: context.network, hook, config: 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n', alias: 'alertmanager-lost', timeoutMs: 8000 };
    const problems = await carry(context, place, shipment, files, Promise.resolve([[notified]]), signal);
    expect([...problems].map(([cargo, problem]) => [cargo.labels['alertname'], problem]).sort()).toEqual([
      ['QueueLong', 'Prometheus did not raise it with these labels'],
      ['QueueSeen', 'Prometheus raised it, but no webhook was called for it'],
    ]);
  }, 120_000);
});

describe('planShipments', () => {
  const cargo = (firing: number, until: number) => ({ ruleFile: 0, labels: {}, pendingMs: 0, firingMs: START_MS + firing * 60_000, untilMs: START_MS + until * 60_000 });
  it('puts together what fires at one moment, and cuts in its middle', () => {
    const shipments = planShipments(datasets.busy, [cargo(3, 8), cargo(2, 4), cargo(5, 9)]);
    expect(shipments.map((one) => [(one.cutMs - START_MS) / 60_000, one.cargo.length])).toEqual([[3.5, 2], [7, 1]]);
  });
});
