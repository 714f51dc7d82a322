import { describe, expect, test } from 'vitest';
import type { Dataset, Labels, Sample, Series, Span } from '../../harness/model/dataset.ts';
import { quantileOf } from '../../harness/picture/counters.ts';
import { readSignals } from '../../harness/picture/signals.ts';
import { renderPage } from '../../harness/picture/page.ts';
import { renderSignals } from '../../harness/picture/terminal.ts';

const START = Date.parse('2026-01-05T10:00:00Z');
const series = (name: string, labels: Labels, values: readonly (number | null)[]): Series => ({ labels: { __name__: name, instance: 'x:1', ...labels }, samples: values.map((value, index): Sample => [START + index * 15_000, value]), histograms: [], exemplars: [] });
const gateway = { service: 'gateway' };
const span = (spanId: string, parentSpanId: string | undefined, startMs: number, durationMs: number, failed = false): Span => ({ traceId: 't', spanId, parentSpanId, service: 's', instance: 'x:1', operation: `op<${spanId}>`, kind: 'server', startUs: (START + startMs) * 1000, durationUs: durationMs * 1000, attributes: {}, failed });
/** Four scrapes after the first; the gateway restarts before the third of them, and half of what it answers then are failures. */
const dataset: Dataset = {
  name: 'small', startMs: START, endMs: START + 60_000, stepMs: 15_000, faultStartMs: START + 16_000, faultEndMs: START + 45_000,
  series: [
    series('http_requests_total', { ...gateway, status: '200' }, [100, 130, 160, 15, 45]),
    series('http_requests_total', { ...gateway, status: '503' }, [0, 0, 0, 15, 15]),
    series('http_requests_total', { service: 'other', status: '200' }, [0, 900, 1800, 2700, 3600]),
    series('http_request_duration_seconds_bucket', { ...gateway, le: '0.1' }, [0, 30, 45, 45, 45]),
    series('http_request_duration_seconds_bucket', { ...gateway, le: '1.0' }, [0, 30, 75, 75, 75]),
    series('http_request_duration_seconds_bucket', { ...gateway, le: '+Inf' }, [0, 30, 75, 75, 75]),
    series('db_pool_connections_active', { service: 'a' }, [0, 1, 5, null, 2]),
    series('db_pool_connections_max', { service: 'a' }, [10, 10, 10, null, 10]),
  ],
  logs: [
    { labels: { service: 'a', level: 'error' }, entries: [{ timestampNs: `${START + 31_000}000000`, line: '{"msg":"<b>no</b>"}' }] },
    { labels: { service: 'a', level: 'info' }, entries: [{ timestampNs: `${START + 1_000}000000`, line: '{}' }, { timestampNs: `${START + 60_000}000000`, line: '{}' }] },
  ],
  traces: [[span('short', undefined, 100, 5)], [span('root', undefined, 20_000, 400), span('child', 'root', 20_100, 200, true)]],
};
const signals = readSignals(dataset);

describe('lines of a dataset', () => {
  test('requests a second and failures are the gateway’s, and a restart is no fall', () => {
    expect(signals.requests.values).toEqual([2, 2, 2, 2]);
    expect(signals.failed.values).toEqual([0, 0, 0.5, 0]);
  });
  test('percentiles are undefined where nothing was observed', () => {
    expect(signals.latencies).toMatchObject([{ name: 'p50', values: [0.05, 0.325, undefined, undefined] }, { name: 'p99', values: [0.099, expect.closeTo(0.9865, 10), undefined, undefined] }]);
  });
  test('the pool is the fullest one; a scrape that failed is a gap', () => {
    expect(signals.pool?.values).toEqual([0.1, 0.5, undefined, 0.2]);
  });
  test('lines by level, in order of severity, and traces by when they began', () => {
    expect(signals.logs.map(({ name, values }) => [name, values])).toEqual([['info', [1, 0, 0, 1]], ['error', [0, 0, 1, 0]]]);
    expect(signals.traces.values).toEqual([1, 1, 0, 0]);
    expect(signals.sizes).toEqual({ series: 8, lines: 3, traces: 2 });
  });
  test('a wider bin holds several scrapes, and the last may be narrower', () => {
    const wide = readSignals({ ...dataset, endMs: START + 45_000, series: dataset.series.map((one) => ({ ...one, samples: one.samples.slice(0, 4) })) }, 2);
    expect([wide.binMs, wide.requests.values]).toEqual([30_000, [2, 2]]);
  });
  test('a dataset without any of it has lines without values', () => {
    const nothing = readSignals({ ...dataset, series: [], logs: [], traces: [] });
    expect([nothing.requests.values, nothing.pool, nothing.logs, nothing.traces.values]).toEqual([[undefined, undefined, undefined, undefined], undefined, [], [0, 0, 0, 0]]);
  });
});

describe('quantileOf', () => {
  const bounds = (...counts: number[]) => [0.1, 1, Infinity].map((bound, index) => ({ bound, count: counts[index] ?? 0 }));
  test.each([[0.5, [10, 10, 10], 0.05], [0.5, [0, 10, 10], 0.55], [0.99, [0, 0, 10], 1], [0.5, [5, 5, 10], 0.1], [0.5, [0, 0, 0], undefined]])('%s of %j is %s', (quantile, counts, wanted) => {
    expect(quantileOf(quantile, bounds(...counts))).toBe(wanted);
  });
});

test('at a glance, in the terminal: without colour every byte is text', () => {
  expect(renderSignals(signals, 'A small day', false).split('\n')).toEqual([
    'A small day (small) · 2026-01-05, 10:00 to 10:01 UTC · scraped every 15 s',
    "  one character is 15 s; requests, times and failures are the gateway's; the pool is the fullest one",
    '  fault           ▔▔   10:00:16 to 10:00:45',
    '  requests       ████  always 2.0 /s',
    '  p50            ▂█    50 ms to 325 ms',
    '  p99            ▁█    99 ms to 986 ms',
    '  failed         ▁▁█▁  0 % to 50 %',
    '  pool           ▁▄ ▂  10 % to 50 %',
    '  info lines     █▁▁█  0 to 1',
    '  error lines    ▁▁█▁  0 to 1',
    '  traces stored  ██▁▁  0 to 1',
    '  8 of 500 series · 3 of 18,000 lines · 2 of 1,500 traces',
  ]);
  expect(renderSignals(signals, 'A small day', true)).toContain('\u001b[31m');
  expect(renderSignals({ ...signals, sizes: { ...signals.sizes, traces: 1501 } }, 'A small day', false)).toContain('1,501 of 1,500 traces: too many');
  expect(renderSignals(readSignals({ ...dataset, faultStartMs: undefined, faultEndMs: undefined }), 'A small day', false)).toContain('no fault');
});

test('the page asks nothing of the network, escapes what services write, and draws the slowest trace with parents first', () => {
  const html = renderPage(signals, 'A <small> day');
  expect(html).not.toMatch(/\b(?:src|href)=|url\(|<script/);
  expect(html).toContain('<h1>A &lt;small&gt; day</h1>');
  expect(html).toContain('&lt;b&gt;no&lt;/b&gt;');
  expect(html).not.toContain('<b>no');
  expect([...html.matchAll(/<li class="span( failed)?"><span[^>]*>(.*?)<\/span>.*?left:([\d.]+)%;width:([\d.]+)%/g)].map((match) => match.slice(1))).toEqual([
    [undefined, 's op&lt;root&gt;', '0.00', '100.00'], [' failed', 's op&lt;child&gt; ✕ failed', '25.00', '50.00'],
  ]);
  expect([...html.matchAll(/aria-label="(.*?)"/g)].map(([, label]) => label)).toEqual([
    'requests at most 2.0 /s', 'p50 at most 325 ms, p99 at most 986 ms', 'failed at most 50 %', 'pool at most 50 %', 'info at most 1, error at most 1',
  ]);
});
