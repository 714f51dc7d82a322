import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../../harness/images/sandbox/runner/shell/clock.ts';
import { openFront, type Front } from '../../harness/images/sandbox/runner/shell/front.ts';
import { sortJaeger } from '../../harness/images/sandbox/runner/shell/jaeger-order.ts';
import type { Service } from '../../harness/images/sandbox/runner/shell/protocol.ts';
import { explainRefusal } from '../../harness/images/sandbox/runner/shell/reading.ts';

describe('what the gate lets through', () => {
  test.each<[Service, string, string]>([
    ['prometheus', 'GET', '/api/v1/query'],
    ['prometheus', 'POST', '/api/v1/query_range'],
    ['prometheus', 'GET', '/api/v1/label/__name__/values'],
    ['prometheus', 'HEAD', '/-/ready'],
    ['loki', 'GET', '/loki/api/v1/query_range'],
    ['loki', 'GET', '/loki/api/v1/index/volume_range'],
    ['jaeger', 'GET', '/api/traces/7c763968548fa867f3780869547db7c6'],
    ['jaeger', 'GET', '/api/services/checkout/operations'],
    ['alertmanager', 'GET', '/api/v2/alerts'],
  ])('%s %s %s', (service, method, path) => {
    expect(explainRefusal(service, method, path)).toBeUndefined();
  });
  test.each<[Service, string, string]>([
    ['prometheus', 'POST', '/api/v1/write'],
    ['prometheus', 'POST', '/api/v1/otlp/v1/metrics'],
    ['prometheus', 'POST', '/api/v1/admin/tsdb/delete_series'],
    ['prometheus', 'PUT', '/api/v1/query'],
    ['prometheus', 'POST', '/-/quit'],
    ['prometheus', 'GET', '/debug/pprof/profile'],
    ['prometheus', 'POST', '/api/v1/status/tsdb'],
    ['prometheus', 'GET', '/api/v1/query/../admin/tsdb/snapshot'],
    ['prometheus', 'GET', '/api/v1/label/..%2f..%2fadmin/values'],
    ['prometheus', 'GET', '/api/v1/label/%2e%2e/values'],
    ['prometheus', 'GET', '//api/v1/query'],
    ['prometheus', 'GET', '/api/v1/label/%zz/values'],
    ['loki', 'POST', '/loki/api/v1/push'],
    ['loki', 'POST', '/loki/api/v1/delete'],
    ['loki', 'GET', '/flush'],
    ['loki', 'GET', '/ingester/shutdown'],
    ['jaeger', 'POST', '/api/traces'],
    ['jaeger', 'POST', '/v1/traces'],
    ['alertmanager', 'POST', '/api/v2/alerts'],
    ['alertmanager', 'POST', '/api/v2/silences'],
    ['alertmanager', 'DELETE', '/api/v2/silence/1'],
  ])('not %s %s %s', (service, method, path) => {
    expect(explainRefusal(service, method, path)).toMatch(/^403: .*may only ask/);
  });
});

describe('the clock of the dataset', () => {
  const nowMs = Date.UTC(2026, 2, 11, 14, 25);
  const wallMs = Date.UTC(2026, 10, 21, 6, 44, 30, 123);
  const move = (service: Service, path: string, query: string, posted?: string): string => {
    const [address, form] = [new URLSearchParams(query), posted === undefined ? undefined : new URLSearchParams(posted)];
    moveClock(service, path, address, form, { wallMs, nowMs });
    return [String(address), ...(form === undefined ? [] : [String(form)])].join(' ');
  };
  test.each<[string, Service, string, string, string]>([
    ['a time left out is now', 'prometheus', '/api/v1/query', 'query=up', 'query=up&time=1773239100'],
    ['a time of the dataset stays', 'prometheus', '/api/v1/query', 'query=up&time=1773238200.5', 'query=up&time=1773238200.5'],
    ['the time of `date +%s`, two seconds ago, is now', 'prometheus', '/api/v1/query', `query=up&time=${Math.floor(wallMs / 1000) - 2}`, 'query=up&time=1773239100'],
    ['five minutes ago stays five minutes ago', 'prometheus', '/api/v1/query_range', `start=${wallMs / 1000 - 301.5}&end=${wallMs / 1000}&step=15`, 'start=1773238800&end=1773239100&step=15'],
    ['also in RFC 3339', 'prometheus', '/api/v1/query', 'time=2026-11-21T05:44:30Z', 'time=1773235500'],
    ['last year is nobody\'s now', 'prometheus', '/api/v1/query', 'time=1741700000', 'time=1741700000'],
    ['what is no time stays', 'prometheus', '/api/v1/query', 'time=yesterday', 'time=yesterday'],
    ['nothing is added where no time is meant', 'prometheus', '/api/v1/labels', '', ''],
    ['Loki counts nanoseconds', 'loki', '/loki/api/v1/query_range', `start=${wallMs - 3_600_000}000000&end=${wallMs}000000`, 'start=1773235500000000000&end=1773239100000000000'],
    ['and finds the start of a range by its end', 'loki', '/loki/api/v1/labels', 'since=30m', 'since=30m&end=1773239100000000000'],
    ['Jaeger counts microseconds', 'jaeger', '/api/traces', 'service=checkout', 'service=checkout&end=1773239100000000&start=1773066300000000'],
    ['Alertmanager is asked no times', 'alertmanager', '/api/v2/alerts', 'active=true', 'active=true'],
  ])('%s', (_, service, path, query, wanted) => {
    expect(move(service, path, query)).toBe(wanted);
  });
  test('a posted form is moved where it stands', () => {
    expect(move('prometheus', '/api/v1/query', '', `query=up&time=${wallMs / 1000}`)).toBe(' query=up&time=1773239100');
    expect(move('prometheus', '/api/v1/query', '', 'query=up')).toBe(' query=up&time=1773239100');
  });
});

test('what Jaeger answers has one order, whatever order it came in', () => {
  const span = (spanID: string, startTime: number, processID: string) => ({ spanID, startTime, processID });
  const first = { traceID: 'b', spans: [span('1', 10, 'p2'), span('2', 11, 'p1'), span('3', 11, 'p2')], processes: { p1: 'discount', p2: 'checkout' } };
  const second = { traceID: 'a', spans: [span('4', 20, 'p1')], processes: { p1: 'gateway' } };
  const other = [{ ...second }, { traceID: 'b', processes: { p2: 'discount', p1: 'checkout' }, spans: [span('3', 11, 'p1'), span('2', 11, 'p2'), span('1', 10, 'p1')] }];
  const sorted = (data: unknown): unknown => JSON.parse(sortJaeger(Buffer.from(JSON.stringify({ data, total: 0 }))).toString());
  const wanted = { data: [{ ...first, spans: [span('1', 10, 'p1'), span('2', 11, 'p2'), span('3', 11, 'p1')], processes: { p1: 'checkout', p2: 'discount' } }, second], total: 0 };
  expect(sorted([first, second])).toEqual(wanted);
  expect(sorted(other)).toEqual(wanted);
  expect(sorted(['gateway', 'checkout'])).toEqual({ data: ['checkout', 'gateway'], total: 0 });
  expect(sortJaeger(Buffer.from('<html>')).toString()).toBe('<html>');
});

describe('localhost in the sandbox', () => {
  const upstream = createServer((request, response) => void answer(request).then(({ status, body }) => {
    response.writeHead(status, { 'content-type': 'application/json', date: 'today' }).end(body);
  }));
  let front: Front;
  let url: string;
  const asked: string[] = [];
  async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    asked.push(`${request.method} ${request.url} ${request.headers['x-scope-orgid'] ?? ''}${body}`);
    if (request.url?.includes('bad') === true) return { status: 400, body: '{"status":"error","error":"parse error: unexpected end"}' };
    return { status: 200, body: request.url?.includes('none') === true ? '{"data":{"result":[]}}' : '{"data":{"result":[1]}}' };
  }
  beforeAll(async () => {
    await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    front = await openFront([{ service: 'prometheus', port }], '127.0.0.1', () => (upstream.address() as AddressInfo).port);
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await front.close();
    upstream.close();
  });
  const ask = async (path: string): Promise<Response> => fetch(url + path);

  test('passes the answer on as it is, without the date of today, and tells what was asked', async () => {
    front.begin(Date.UTC(2026, 2, 11, 14), () => true);
    const response = await ask('/api/v1/query?query=up');
    expect([response.status, await response.text(), response.headers.get('date')]).toEqual([200, '{"data":{"result":[1]}}', null]);
    expect(asked.at(-1)).toBe('GET /api/v1/query?query=up&time=1773237600 ');
    await ask('/api/v1/query?query=none');
    await ask('/api/v1/query?query=bad');
    expect(front.exchanges).toEqual([
      { service: 'prometheus', method: 'GET', path: '/api/v1/query', status: 200, forbidden: false, message: '', empty: false },
      { service: 'prometheus', method: 'GET', path: '/api/v1/query', status: 200, forbidden: false, message: '', empty: true },
      { service: 'prometheus', method: 'GET', path: '/api/v1/query', status: 400, forbidden: false, message: 'parse error: unexpected end', empty: false },
    ]);
  });
  test('takes no tenant from whom it serves, and does not tell what another block asked', async () => {
    front.begin(0, () => false);
    await fetch(`${url}/api/v1/labels`, { headers: { 'X-Scope-OrgID': 'other' } });
    expect(asked.at(-1)).toBe('GET /api/v1/labels ');
    expect(front.exchanges).toEqual([]);
  });
});
