import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { live } from '../../harness/backends/live.ts';
import { normaliseLive } from '../../harness/backends/sandbox/normalise.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { ServiceOutput } from '../../harness/model/transcript.ts';
import { makeBlock } from './block.ts';
import { openContext, root, runBlocks, signal } from './engine.ts';

const scrapes = { scrapes: '2' };
const file = (source: string, name: string): ReturnType<typeof makeBlock> => makeBlock(readFileSync(`${root}/${source}`, 'utf8'), { name, source, attributes: scrapes });
const complete = readFileSync(`${root}/snippets/technow/checkout.ts`, 'utf8').replaceAll("'./", "'../../../snippets/technow/");
const first = readFileSync(`${root}/snippets/technow/first-metrics.ts`, 'utf8').replaceAll("'./", "'../../../snippets/technow/");
const broken = (name: string, text: string, from: string, to: string): ReturnType<typeof makeBlock> => {
  if (!text.includes(from)) throw new Error(`${name}: nothing to break`);
  return makeBlock(text.replace(from, to), { name, attributes: scrapes });
};
const blocks = [
  file('snippets/technow/first-metrics.ts', 'first'),
  file('snippets/technow/checkout.ts', 'complete'),
  file('snippets/technow/checkout.ts', 'again'),
  broken('content-type', first, 'register.contentType', "'text/html'"),
  makeBlock("import { createServer } from 'node:http';\nconst server = createServer().listen(8079);\nprocess.once('SIGTERM', () => server.close());", { name: 'other-port', attributes: scrapes }),
  broken('nothing', first, 'await register.metrics()', "''"),
  makeBlock("console.log('done');", { name: 'ends', attributes: scrapes }),
  makeBlock("import { createServer } from 'node:net';\nconst server = createServer((socket) => socket.resetAndDestroy()).listen(8080);\nsetTimeout(() => server.close(), 6_000);", { name: 'resets-and-ends', attributes: scrapes }),
  broken('throws', first, "server.listen(8080);", "throw new Error('no port');"),
  broken('no-provider', first, 'server.listen(8080);', "server.listen(8080);\nconst { trace } = await import('@opentelemetry/api');\ntrace.getTracer('checkout').startSpan('POST /checkout').end();"),
  broken('other-name', first, 'server.listen(8080);', `server.listen(8080);
const { TracerProvider, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace');
const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
const { resourceFromAttributes } = await import('@opentelemetry/resources');
const provider = new TracerProvider({ resource: resourceFromAttributes({ 'service.name': 'till' }), spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter() })] });
provider.getTracer('till').startSpan('POST /checkout').end();`),
  broken('prints', complete, "if (status === 200) logger.info(", "if (status === 200) console.log('placed'), logger.info("),
  broken('stays', first, "process.once('SIGTERM', () => server.close());", "process.on('SIGTERM', () => undefined);"),
];
const python = (name: string, text: string): ReturnType<typeof makeBlock> => ({ ...makeBlock(text, { name, attributes: scrapes }), language: 'python' });
const snake = readFileSync(`${root}/snippets/technow/first_metrics.py`, 'utf8');
const sendRequests = readFileSync(`${root}/snippets/technow/traffic.py`, 'utf8').replace(/^""".*\n/, '');
const ownTraffic = snake.replace('from traffic import send_requests\n', sendRequests);
const pythonBlocks = [
  { ...file('snippets/technow/first_metrics.py', 'first-python'), language: 'python' },
  python('html-python', ownTraffic.replace('content_type=CONTENT_TYPE_LATEST', 'content_type="text/html"')),
  python('three-signals', `import signal
import sys

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, start_http_server

structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()])
provider = TracerProvider(resource=Resource({"service.name": "checkout"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
orders = Counter("orders", "Orders placed.")
tracer = provider.get_tracer("checkout")
with tracer.start_as_current_span("POST /checkout") as span:
    orders.inc()
    structlog.get_logger().info("order placed", trace_id=f"{span.get_span_context().trace_id:032x}")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
_, thread = start_http_server(8080)
try:
    thread.join()
finally:
    provider.shutdown()
`),
];
const query = (language: string, text: string, name: string, continues: string): ReturnType<typeof makeBlock> => ({ ...makeBlock(text, { name, attributes: { continues } }), language });
const queries = [
  query('promql', 'sum(http_requests_total)', 'asks-metrics', 'complete'),
  query('promql', 'no_such_thing(', 'asks-nonsense', 'complete'),
  query('logql', '{service="checkout"} | json | status >= 500', 'asks-logs', 'complete'),
  query('logql', 'sum(count_over_time({service="checkout"}[10m]))', 'asks-log-count', 'complete'),
  query('jaeger', 'service=checkout\noperation=discount GET /quote', 'asks-traces', 'complete'),
  query('promql', 'up', 'asks-broken', 'throws'),
];

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
beforeAll(async () => {
  results = await runBlocks(stack.use(await live.start(await openContext(stack), signal)), [...queries, ...blocks, ...pythonBlocks]);
}, 240_000);
afterAll(() => stack.disposeAsync(), 30_000);

const output = (name: string): ServiceOutput => results.get(name)?.output as ServiceOutput;
const values = (name: string, metric: string): [string, string][] => output(name).series.filter(({ labels }) => labels['__name__'] === metric).map(({ labels, value }) => [`${labels['route']} ${labels['status']}`, value]);

test('the first service is scraped, with exact counters', () => {
  expect(results.get('first')?.findings).toEqual([]);
  expect(output('first').contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(values('first', 'http_requests_total')).toEqual([['/orders/:id 200', '5'], ['unmatched 404', '1'], ['/checkout 200', '20'], ['/checkout 500', '0']]);
  expect(output('first').exposition).toContain('http_requests_total{method="POST",route="/checkout",status="200"} 20');
  expect(output('first').series.find(({ labels }) => labels['__name__'] === 'up')).toEqual({ labels: { __name__: 'up', instance: 'checkout:8080', job: 'checkout', service: 'checkout' }, value: '1' });
});
test('the complete service reaches all three backends', () => {
  expect(results.get('complete')?.findings).toEqual([]);
  expect(values('complete', 'http_requests_total')).toEqual([['/checkout 200', '11'], ['/checkout 503', '1']]);
  expect(output('complete').logLines).toHaveLength(12);
  expect(output('complete').traces).toHaveLength(12);
  // OpenTelemetry's start times are whole milliseconds, so that two requests may tie: traces are found by the ids of their log lines.
  const ids = output('complete').logLines.map((line) => (JSON.parse(line) as { trace_id: string }).trace_id);
  const byId = new Map(output('complete').traces.map((trace) => [trace.traceId, trace.spans.map((span) => [span.operation, span.failed])]));
  expect([...byId.keys()].sort()).toEqual([...ids].sort());
  expect(byId.get(ids.at(-1) ?? '')).toEqual([['POST /checkout', true], ['discount GET /quote', true]]);
});
test('two runs of a service agree when normalised, and only then', () => {
  expect(normaliseLive(output('again'))).toEqual(normaliseLive(output('complete')));
  expect(output('again')).not.toEqual(output('complete'));
});
test.each([
  ['content-type', 'not-scraped', 'text/html'],
  ['other-port', 'not-scraped', 'connection refused'],
  ['nothing', 'no-metrics', 'no series'],
  ['ends', 'ended-early', 'expected it to be there for 2 scrapes'],
  // Its last connections are reset while it ends: what Prometheus says of them is not the fault.
  ['resets-and-ends', 'ended-early', 'expected it to be there for 2 scrapes'],
  ['throws', 'threw', 'no port'],
  ['no-provider', 'no-spans', 'no span in Jaeger'],
  ['other-name', 'no-spans', 'under "till", expected them under "checkout"'],
  ['prints', 'log-not-json', 'placed'],
  ['stays', 'ignores-sigterm', 'SIGTERM'],
])('%s: %s', (name, rule, words) => {
  expect(results.get(name)?.findings).toMatchObject([{ rule, message: expect.stringContaining(words) }]);
});
test('queries that continue a block are asked of its backends', () => {
  expect(results.get('asks-metrics')?.output).toMatchObject({ kind: 'vector', samples: [{ value: '12' }] });
  expect(results.get('asks-logs')?.output).toMatchObject({ kind: 'logs', total: 1, entries: [{ labels: { order_id: 'o-4112' } }] });
  expect(results.get('asks-log-count')?.output).toMatchObject({ kind: 'vector', samples: [{ value: '12' }] });
  expect(results.get('asks-traces')?.output).toMatchObject({ kind: 'traces', total: 4 });
  expect(results.get('asks-nonsense')?.findings).toMatchObject([{ rule: 'rejected' }]);
});
test('a query that continues a failed block says so', () => {
  expect(results.get('asks-broken')?.findings).toMatchObject([{ rule: 'nothing-to-continue', message: expect.stringContaining('throws') }]);
});

test('a service in Python exposes what its twin in TypeScript does', () => {
  expect(results.get('first-python')?.findings).toEqual([]);
  expect(values('first-python', 'http_requests_total').sort()).toEqual(values('first', 'http_requests_total').sort());
  const names = (name: string): string[] => [...new Set(output(name).series.map(({ labels }) => labels['__name__'] ?? ''))].sort();
  expect(names('first-python')).toEqual(names('first'));
  expect(results.get('html-python')?.findings).toMatchObject([{ rule: 'not-scraped', message: expect.stringContaining('content_type=CONTENT_TYPE_LATEST') }]);
});
test('metrics, log line and span of a service in Python arrive, and agree', () => {
  expect(results.get('three-signals')?.findings).toEqual([]);
  const [line] = output('three-signals').logLines.map((text) => JSON.parse(text) as { event: string; level: string; trace_id: string });
  expect(line).toMatchObject({ event: 'order placed', level: 'info' });
  expect(output('three-signals').traces.map(({ traceId, spans }) => [traceId, spans.map(({ operation }) => operation)])).toEqual([[line?.trace_id, ['POST /checkout']]]);
});
