import { describe, expect, test } from 'vitest';
import { countAnswer, explainUnmet } from '../../harness/run/expect.ts';
import type { Output } from '../../harness/model/transcript.ts';

const vector: Output = { kind: 'vector', atMs: 0, samples: [{ labels: { service: 'checkout' }, value: '3' }, { labels: { service: 'gateway' }, value: '0.5' }] };
const matrix: Output = { kind: 'matrix', startMs: 0, endMs: 30_000, stepMs: 15_000, series: [{ labels: {}, points: [[0, '1'], [15_000, '9'], [30_000, '2']] }] };
const logs: Output = { kind: 'logs', startMs: 0, endMs: 1, total: 250, entries: [{ timestampNs: '1', labels: { level: 'warn' }, line: '{"peer":"discount"}' }] };
/** Two traces; a call failed in the second, and what called it did not. */
const failing: Output = {
  kind: 'traces', total: 2,
  traces: [['POST /checkout'], ['POST /checkout', 'coupon.lookup']].map((operations, index) => ({ traceId: String(index), spans: operations.map((operation) => ({ spanId: operation, parentSpanId: undefined, service: 'checkout', operation, startUs: 1, durationUs: 2, failed: operation === 'coupon.lookup', attributes: {} })) })),
};
const traces: Output = {
  kind: 'traces', total: 2,
  traces: [{ traceId: 'a', spans: [{ spanId: 'b', parentSpanId: undefined, service: 'checkout', operation: 'POST /checkout', startUs: 1, durationUs: 2, failed: false, attributes: { 'user.role': 'vip' } }] }],
};
const text: Output = { kind: 'process', stdout: 'hello', stderr: '', exitCode: 0 };

const asked = { refId: 'A', query: 'x', of: 'series', total: 1 } as const;
const dashboard: Output = {
  kind: 'dashboard', title: 'Checkout', startMs: 0, endMs: 1, variables: [{ name: 'service', values: ['checkout', 'gateway'] }],
  panels: [
    { title: 'Slowest', type: 'stat', unit: 's', answers: [{ ...asked, variables: { service: 'checkout' }, series: [{ labels: {}, value: '2.8' }] }, { ...asked, variables: { service: 'gateway' }, series: [{ labels: {}, value: '0.1' }] }] },
    { title: 'Requests', type: 'timeseries', answers: [{ ...asked, variables: {}, total: 2, series: [{ legend: 'fine', labels: { status: '200' }, value: '14' }, { labels: { status: '500' }, value: '0' }] }] },
    { title: 'Lines', type: 'logs', answers: [{ ...asked, variables: {}, of: 'lines', series: [], last: 'declined' }] },
    { title: 'Nothing', type: 'stat', answers: [{ ...asked, variables: {}, total: 0, series: [] }] },
  ],
};
const infinite: Output = { kind: 'vector', atMs: 0, samples: [{ labels: {}, value: '+Inf' }] };
const page = { alertname: 'QueueLong', service: 'checkout', severity: 'page' };
const sent = { receiver: 'on-call', groupLabels: { service: 'checkout', alertname: 'QueueLong' }, externalURL: '', channels: ['slack'], alerts: [{ status: 'firing', labels: page, annotations: { summary: 'Queue of 5' }, startsAt: '', generatorURL: '' }] };
const routing: Output = {
  kind: 'routing', receivers: [{ name: 'on-call', channels: ['slack'], told: 1 }, { name: 'tickets', channels: [], told: 0 }],
  alerts: [{ labels: page, firingMs: 0, resolvedMs: undefined, receivers: ['on-call'], inhibitedBy: [] }],
  notifications: [{ ...sent, status: 'firing' }, { ...sent, status: 'resolved' }],
};
const configuration: Output = {
  kind: 'configuration', jobs: [{ job: 'web', interval: '15s', timeout: '10s', targets: [{ url: 'http://a:80/metrics', labels: { job: 'web', instance: 'a:80' } }], dropped: 1 }],
  ruleGroups: [{ file: 'rules/a.yml', name: 'a', interval: '15s', rules: [{ kind: 'alert', name: 'QueueLong' }, { kind: 'record', name: 'x:rate' }] }], alertmanagers: ['http://am:9093/api/v2/alerts'],
};

const trial: Output = {
  kind: 'trial', settings: [{ name: 'limits_config.retention_period', value: '744h' }],
  deliveries: [{ signal: 'traces', given: '1 trace', at: 'Jaeger', found: ['checkout: POST /checkout', 'payment: charge'] }, { signal: 'logs', given: '1 line', at: 'Loki', found: [] }],
};

const composed: Output = {
  kind: 'compose', services: [{ name: 'loki', image: 'grafana/loki:3.7.6', state: 'ready', said: 'GET :3100/ready: 200', ports: [{ published: '3100', target: 3100, answered: true }] }],
  targets: [{ service: 'prometheus', job: 'loki', url: 'http://loki:3100/metrics', health: 'up' }],
};

describe('what prose may rely on', () => {
  test.each<[string, Output]>([
    ['count == 3; panel=Slowest; status=500; value{panel=Slowest} == 2.8; all{panel=Requests} < 15; value{panel=Requests, status=200} == 14', dashboard], ["contains='declined'; contains='fine'; any > 13; all{panel=Slowest} > 1", dashboard],
    ['value{service=gateway} == 0.5; all{service=checkout} > 2; count{service=gateway} == 1', vector], ['count{level=warn} == 1', { ...logs, total: 1 }],
    ['all > 0.4', vector], ['any >= 3', vector], ['count == 2', vector], ['service=gateway', vector],
    ['value == 2', matrix], ['any > 8; all >= 1', matrix], ['count == 1', matrix],
    ['count > 200', logs], ["contains='discount'", logs], ['level=warn', logs],
    ['count == 2', traces], ['user.role=vip', traces], ['service=checkout', traces], ['failed=true', failing], ['count{failed=true} == 1', failing],
    ['count{operation=POST /checkout, failed=true} == 0', failing], ['count{operation=coupon.lookup} == 1', failing],
    ['grouped-by=alertname,service; alerts=1', routing],
    ['on-call=1; tickets=0; count == 2; severity=page', routing], ["contains='Queue of 5'", routing],
    ["count == 1; job=web; alert=QueueLong; record=x:rate; contains='am:9093'", configuration],
    ["count == 2; Jaeger=2; Loki=0; limits_config.retention_period=744h; contains='charge'", trial],
    ["count == 1; loki=ready; port=3100; job=loki; health=up; contains='3100/metrics'", composed],
    ["contains='hell'", text], ['value == 0', text],
    ['all > 2', infinite], ['value == +Inf', infinite], ['all < Inf', vector], ['all > -Inf', vector],
  ])('%s holds', (expectation, output) => {
    expect(explainUnmet(expectation, output)).toEqual([]);
  });

  test.each<[string, Output, string]>([
    ['all > 1', vector, '`all > 1`: 1 of 2 values are not, e.g. 0.5'],
    ['any > 5', vector, '`any > 5`: none of 2 values is; the nearest is 3'],
    ['value > 1', vector, '`value > 1`: `value` needs an answer of one series, and there are 2; use all or any, or say which: value{label=…}'],
    ['value{service=gateway} > 1', vector, '`value{service=gateway} > 1`: the answer is 0.5'],
    ['value{panel=Requests} > 1', dashboard, '`value{panel=Requests} > 1`: `value` needs an answer of one series, and there are 2; use all or any, or say which: value{label=…}'],
    ['all{panel=Nobody} > 1', dashboard, '`all{panel=Nobody} > 1`: the answer has no values'],
    ['all{service=payment} > 1', vector, '`all{service=payment} > 1`: the answer has no values'],
    ['count{level=warn} > 1', logs, '`count{level=warn} > 1`: this answer has lines, of which none can be chosen; leave out {level=warn}'],
    ['value == 9', matrix, '`value == 9`: the answer is 2'],
    ['count == 3', vector, '`count == 3`: there are 2 series'],
    ['service=payment', vector, '`service=payment`: the answer has service=checkout, gateway'],
    ['peer=x', vector, '`peer=x`: nothing in the answer has peer'],
    ["contains='loyalty'", logs, "`contains='loyalty'`: none of 1 lines contains it"],
    ['all > 1', logs, '`all > 1`: this answer has lines, no numbers; use count or contains'],
    ['tickets=1', routing, '`tickets=1`: the answer has tickets=0'],
    ['grouped-by=alertname', routing, '`grouped-by=alertname`: the answer has grouped-by=alertname,service'],
    ['ticket=1', routing, '`ticket=1`: nothing in the answer has ticket'],
    ['count == 3', routing, '`count == 3`: there are 2 messages'],
    ['job=webb', configuration, '`job=webb`: the answer has job=web'],
    ['count == 3', trial, '`count == 3`: there are 2 arrivals'],
    ['Jaeger=3', trial, '`Jaeger=3`: the answer has Jaeger=2'],
    ['loki=healthy', composed, '`loki=healthy`: the answer has loki=ready'],
    ['value != Inf', infinite, '`value != Inf`: the answer is Infinity'],
  ])('%s does not, and says why', (expectation, output, message) => {
    expect(explainUnmet(expectation, output)).toEqual([message]);
  });

  test('each part is judged for itself', () => {
    expect(explainUnmet('any > 5; count == 2; all > 1', vector)).toHaveLength(2);
  });
});

test('an answer without anything in it counts nothing', () => {
  expect(countAnswer({ kind: 'vector', atMs: 0, samples: [] })).toBe(0);
  expect(countAnswer({ kind: 'logs', startMs: 0, endMs: 1, entries: [], total: 0 })).toBe(0);
  expect(countAnswer(text)).toBe(1);
  expect(countAnswer({ kind: 'routing', receivers: [], alerts: [], notifications: [] })).toBe(0);
  expect(countAnswer({ kind: 'configuration', jobs: [], ruleGroups: [], alertmanagers: [] })).toBe(1);
});
