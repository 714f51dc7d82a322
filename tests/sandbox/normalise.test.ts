import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseLive, normaliseText } from '../../harness/backends/sandbox/normalise.ts';
import type { ServiceOutput, TranscriptSpan } from '../../harness/model/transcript.ts';

test.each([
  ['started at 2026-03-11T14:02:07.123Z', 'started at <time>'],
  ['listening on http://localhost:34567', 'listening on http://localhost:<port>'],
  ['listening on http://localhost:8080', 'listening on http://localhost:8080'],
  ['trace 4bf92f3577b34da6a3ce929d0e0e4736 took 12.5 ms', 'trace <trace> took <duration>'],
  ['traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'traceparent <traceparent>'],
  ['(node:4711) Warning: x', '(node:<pid>) Warning: x'],
  ['{"level":"info","time":1795226354857,"pid":7,"hostname":"c0ffee","trace_id":"a","status":200,"duration_ms":3,"msg":"took 3 ms"}',
    '{"level":"info","time":"<time>","pid":"<pid>","hostname":"<hostname>","trace_id":"<trace_id>","status":200,"duration_ms":"<duration_ms>","msg":"took <duration>"}'],
  ['http_requests_total{status="200"} 12', 'http_requests_total{status="200"} 12'],
  ['http_request_duration_seconds_bucket{le="0.1"} 11', 'http_request_duration_seconds_bucket{le="0.1"} <value>'],
  ['http_request_duration_seconds_bucket{le="+Inf"} 12', 'http_request_duration_seconds_bucket{le="+Inf"} 12'],
  ['http_request_duration_seconds_count 12', 'http_request_duration_seconds_count 12'],
  ['process_resident_memory_bytes 123', 'process_resident_memory_bytes <value>'],
])('%s', (line, expected) => {
  expect(normaliseText(line)).toBe(expected);
});

test('normalising twice is normalising once', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    expect(normaliseText(normaliseText(text))).toBe(normaliseText(text));
  }));
});

function span(spanId: string, parentSpanId: string | undefined, operation: string, startUs: number): TranscriptSpan {
  return { spanId, parentSpanId, service: 'checkout', operation, startUs, durationUs: startUs * 3, failed: false, attributes: { 'db.pool.wait_ms': startUs, 'user.role': 'vip' } };
}
function service(ids: readonly [string, string], startUs: number, status: string): ServiceOutput {
  return {
    kind: 'service', stdout: '', exposition: 'a_total 1', contentType: 'text/plain', scrapes: startUs, logLines: [`{"trace_id":"${ids[0]}","status":200}`],
    series: [{ labels: { __name__: 'http_requests_total', status }, value: '1' }, { labels: { __name__: 'http_request_duration_seconds_sum' }, value: String(startUs) }],
    traces: [
      { traceId: ids[0], spans: [span('1', undefined, 'POST /checkout', startUs), span('2', '1', 'quote', startUs + 1), span('3', '1', 'charge', startUs + 2)] },
      { traceId: ids[1], spans: [span('4', undefined, 'GET /health', startUs + 9)] },
    ],
  };
}
test('two runs of a service agree, whatever their ids, times, and order of overlapping spans', () => {
  const first = service(['a', 'b'], 100, '200');
  const second = service(['c', 'd'], 900, '200');
  const [trace, other] = second.traces as [ServiceOutput['traces'][number], ServiceOutput['traces'][number]];
  const shuffled = { ...second, traces: [other, { ...trace, spans: [trace.spans[0], trace.spans[2], trace.spans[1]] as TranscriptSpan[] }] };
  expect(normaliseLive(shuffled)).toEqual(normaliseLive(first));
});
test('a different status is a difference', () => {
  expect(normaliseLive(service(['a', 'b'], 100, '500'))).not.toEqual(normaliseLive(service(['a', 'b'], 100, '200')));
});
test('of a query that continues a live block, whole numbers count and fractions do not', () => {
  expect(normaliseLive({ kind: 'vector', atMs: 5, samples: [{ labels: {}, value: '12' }, { labels: { a: 'b' }, value: '0.25' }] }))
    .toEqual({ kind: 'vector', samples: [{ labels: {}, value: '12' }, { labels: { a: 'b' }, value: '<value>' }] });
  const parsed = (id: string): unknown => normaliseLive({ kind: 'logs', startMs: 1, endMs: 2, total: 1, entries: [{ timestampNs: '7', labels: { trace_id: id, status: '200' }, line: '' }] });
  expect(parsed('a'), 'labels that `| json` made of fields').toEqual(parsed('b'));
  expect(normaliseLive({ kind: 'logs', startMs: 1, endMs: 2, total: 1, entries: [{ timestampNs: '7', labels: { level: 'info' }, line: '{"ts":"x","status":200}' }] }))
    .toEqual({ kind: 'logs', total: 1, entries: [{ labels: { level: 'info' }, line: '{"ts":"<ts>","status":200}' }] });
});
