/** What is handed in: two requests of the shop, one of them failed, as all three signals tell of them. Ids are fixed, so that sampling by them decides alike each time. */
const TRACES = [
  { traceId: '5b8aa5a2d2c872e8321cf37308d69df2', spanId: '051581bf3cb55c13', durationMs: 120, failed: false, status: 200 },
  { traceId: '7f3c0e5d9a4b4c1e8d2f6a1b0c9d8e7f', spanId: '9a3f5c7e1b2d4f60', durationMs: 900, failed: true, status: 500 },
] as const;
export const GIVEN = {
  traces: '4 spans of 2 traces (one failed)',
  metrics: 'a counter and a gauge',
  logs: '2 log records',
  file: 'a file of 2 lines',
  scrape: 'a page with a counter and a gauge',
} as const;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const number = (key: string, value: number) => ({ key, value: { intValue: String(value) } });
const resource = (service: string) => ({ attributes: [text('service.name', service)] });
const ns = (ms: number): string => `${Math.round(ms)}000000`;

/** OTLP/JSON of each signal. @param nowMs when the requests have just ended */
export function makeOtlp(nowMs: number): Readonly<Record<'traces' | 'metrics' | 'logs', string>> {
  const startMs = nowMs - 2_000;
  const span = (trace: (typeof TRACES)[number], more: object, from: number, to: number) => ({
    traceId: trace.traceId, startTimeUnixNano: ns(startMs + from), endTimeUnixNano: ns(startMs + to), status: trace.failed ? { code: 2 } : {}, ...more,
  });
  const gateway = TRACES.map((trace) => span(trace, {
    spanId: trace.spanId, name: 'POST /checkout', kind: 2,
    attributes: [text('http.request.method', 'POST'), text('http.route', '/checkout'), number('http.response.status_code', trace.status), text('customer.email', 'anna@technow.example')],
  }, 0, trace.durationMs));
  const payment = TRACES.map((trace) => span(trace, { spanId: [...trace.spanId].reverse().join(''), parentSpanId: trace.spanId, name: 'charge', kind: 3, attributes: [text('peer.service', 'payment')] }, 10, trace.durationMs - 10));
  const point = { timeUnixNano: ns(nowMs), startTimeUnixNano: ns(startMs), attributes: [text('http.route', '/checkout')] };
  return {
    traces: JSON.stringify({ resourceSpans: [{ resource: resource('checkout'), scopeSpans: [{ scope: {}, spans: [...gateway, ...payment] }] }] }),
    metrics: JSON.stringify({ resourceMetrics: [{ resource: resource('checkout'), scopeMetrics: [{ scope: {}, metrics: [
      { name: 'orders', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...point, asInt: '2' }] } },
      { name: 'queue.length', gauge: { dataPoints: [{ ...point, asInt: '7' }] } },
    ] }] }] }),
    logs: JSON.stringify({ resourceLogs: [{ resource: resource('checkout'), scopeLogs: [{ scope: {}, logRecords: [
      { timeUnixNano: ns(nowMs), severityNumber: 9, severityText: 'INFO', body: { stringValue: 'order completed' }, traceId: TRACES[0].traceId, spanId: TRACES[0].spanId, attributes: [text('customer.email', 'anna@technow.example')] },
      { timeUnixNano: ns(nowMs + 1), severityNumber: 17, severityText: 'ERROR', body: { stringValue: 'payment failed' }, traceId: TRACES[1].traceId, spanId: TRACES[1].spanId },
    ] }] }] }),
  };
}

/** Log lines as the shop's services write them. @param nowMs the time that they state */
export function makeLines(nowMs: number): string {
  const line = (ms: number, more: object): string => JSON.stringify({ time: new Date(ms).toISOString(), service: 'checkout', ...more });
  return `${line(nowMs, { level: 'info', event: 'order_completed', order_id: 'o-1' })}\n${line(nowMs + 1, { level: 'error', event: 'payment_failed', order_id: 'o-2' })}\n`;
}

export const PAGE = '# TYPE orders_total counter\norders_total{route="/checkout"} 2\n# TYPE queue_length gauge\nqueue_length 7\n';
