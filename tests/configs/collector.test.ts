import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { collectorConfig } from '../../harness/backends/collector-config.ts';
import { readFailure } from '../../harness/backends/collector-config/find.ts';
import { planTrial } from '../../harness/backends/collector-config/plan.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import { makeBlock } from '../rules/support.ts';
import { openContext, runConfigs, saidOf, trialOf } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const whole = `receivers:
  otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } }
  filelog: { include: [/var/log/technow/*.log] }
processors:
  memory_limiter: { check_interval: 1s, limit_mib: 200 }
  tail_sampling:
    decision_wait: 30s
    policies: [{ name: failed, type: status_code, status_code: { status_codes: [ERROR] } }]
  attributes/no-mail: { actions: [{ key: customer.email, action: delete }] }
exporters:
  otlp_grpc/jaeger: { endpoint: 'jaeger:4317', tls: { insecure: true } }
  otlp_http/loki: { endpoint: 'http://loki:3100/otlp' }
  prometheusremotewrite: { endpoint: 'http://prometheus:9090/api/v1/write' }
connectors:
  spanmetrics: { histogram: { explicit: { buckets: [200ms, 1s] } } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter, tail_sampling, attributes/no-mail], exporters: [otlp_grpc/jaeger] }
    traces/all: { receivers: [otlp], exporters: [spanmetrics] }
    metrics: { receivers: [spanmetrics], exporters: [prometheusremotewrite] }
    logs: { receivers: [otlp, filelog], processors: [attributes/no-mail], exporters: [otlp_http/loki] }
`;
const grpcOnly = `receivers:
  otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' } } }
  prometheus: { config: { scrape_configs: [{ job_name: checkout, static_configs: [{ targets: ['checkout:8080'] }] }] } }
exporters:
  otlp_grpc/gateway: { endpoint: 'gateway:4317', tls: { insecure: true } }
  debug:
  otlp_http/prometheus: { endpoint: 'http://prometheus:9090/api/v1/otlp' }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_grpc/gateway, debug] }
    metrics: { receivers: [prometheus], exporters: [otlp_http/prometheus] }
`;
const makeConfig = (name: string, text: string) => makeBlock(text, { name }, { title: 'otel-collector.yaml', page: `day-2/${name}` });

describe('a configuration of the Collector', () => {
  it('is started between what sends to it and what it sends to, and what came out where is the answer, with the same bytes each time', async () => {
    const results = await runConfigs(collectorConfig, context, [makeConfig('whole', whole), makeConfig('again', whole), makeConfig('grpc', grpcOnly)], []);
    const { settings, deliveries } = trialOf(results.get('whole'));
    expect(settings).toEqual([]);
    expect(deliveries.map(({ signal, given, at, to }) => `${signal}: ${given} by ${at} to ${to}`)).toEqual([
      'traces: 4 spans of 2 traces (one failed), given to otlp by otlp_grpc/jaeger to Jaeger',
      'logs: 2 log records, given to otlp; a file of 2 lines, given to filelog by otlp_http/loki to Loki',
      'metrics: what spanmetrics makes of the traces by prometheusremotewrite to Prometheus',
    ]);
    const [traces, logs, metrics] = deliveries.map(({ found }) => found);
    // Only the failed trace is kept, and without the address.
    expect(traces).toEqual([
      'checkout: POST /checkout, failed {http.request.method="POST", http.response.status_code="500", http.route="/checkout"}',
      'checkout: charge, failed {peer.service="payment"}',
    ]);
    expect(logs?.map((line) => line.replace(/^\{.*\} (?=[\w{"])/, ''))).toEqual(expect.arrayContaining(['order completed', 'payment failed']));
    expect(logs).toHaveLength(4);
    expect(logs?.join()).not.toContain('@technow.example');
    expect(metrics).toContainEqual(expect.stringMatching(/^traces_span_metrics_calls_total\{.*service_name="checkout".*span_name="POST \/checkout".*status_code="STATUS_CODE_ERROR".*\} 1$/));
    expect(JSON.stringify(results.get('again')?.output)).toBe(JSON.stringify(results.get('whole')?.output));

    const passed = trialOf(results.get('grpc'));
    expect(passed.deliveries.map(({ at, to, found }) => [at, to, found.length])).toEqual([['otlp_grpc/gateway', 'another Collector', 1], ['debug', 'its own log', 1], ['otlp_http/prometheus', 'Prometheus', expect.any(Number)]]);
    expect(passed.deliveries[0]?.found).toEqual(['4 spans']);
    expect(passed.deliveries[1]?.found).toEqual(['4 spans']);
    expect(passed.deliveries[2]?.found).toContainEqual(expect.stringMatching(/^orders_total\{.*route="\/checkout".*\} 2$/));
  }, 300_000);

  it('is told what it refuses, what reaches nobody, and what it does not hear', async () => {
    const results = await runConfigs(collectorConfig, context, [
      makeConfig('deaf', grpcOnly.replace("{ endpoint: '0.0.0.0:4317' }", '{}')),
      makeConfig('tls', whole.replace(", tls: { insecure: true }", '')),
      makeConfig('port', `${whole.replace("'0.0.0.0:4318'", "'192.0.2.1:4318'")}`),
    ], []);
    expect(saidOf(results.get('deaf'))).toEqual([expect.stringMatching(/^takes-nothing: Found the receiver `otlp`, expected it to take what is sent to it: nothing listens on port 4317 for other containers\. .*write `endpoint: 0\.0\.0\.0:4317` below `grpc:`\. Correct it here\.$/)]);
    expect(saidOf(results.get('tls'))).toEqual([expect.stringMatching(/^nothing-arrives: Found nothing of the traces behind the exporter `otlp_grpc\/jaeger` \(Jaeger\), expected some of 4 spans .*tls/)]);
    expect(saidOf(results.get('port'))).toEqual([expect.stringMatching(/^does-not-start: The Collector does not start with this file: .*192\.0\.2\.1:4318.* Correct it here\.$/)]);
    const marked = [...results.values()].flatMap(({ findings }) => findings.map(({ block, range }) => block.text.slice(range.offset, range.offset + range.length)));
    expect(marked.sort()).toEqual(['192.0.2.1:4318', 'otlp', 'otlp_grpc/jaeger']);
  }, 300_000);
});

describe('planTrial', () => {
  const { config, ways, doors } = planTrial(whole);
  it('finds what stands behind each exporter, and how each receiver is reached', () => {
    expect(ways.map(({ exporter, signal, kind, host, port, protocol }) => `${exporter} ${signal} ${kind} ${host}:${port} ${protocol}`)).toEqual([
      'otlp_grpc/jaeger traces Jaeger jaeger:4317 grpc', 'otlp_http/loki logs Loki loki:3100 http', 'prometheusremotewrite metrics Prometheus prometheus:9090 http',
    ]);
    expect(doors.map(({ receiver, kind, signals, port, names }) => [receiver, kind, signals, port, names])).toEqual([['otlp', 'http', ['traces', 'logs'], 4318, []], ['filelog', 'file', ['logs'], 0, ['/var/log/technow/*.log']]]);
  });
  it('shortens nothing but waiting', () => {
    const [was, is] = [parseDocument(whole), parseDocument(config)].map((document) => document.toJS() as { processors: Record<string, Record<string, unknown>>; connectors: Record<string, unknown>; receivers: Record<string, unknown> });
    expect(is?.processors['tail_sampling']).toEqual({ ...was?.processors['tail_sampling'], decision_wait: '1s' });
    expect(is?.connectors['spanmetrics']).toEqual({ histogram: { explicit: { buckets: ['200ms', '1s'] } }, metrics_flush_interval: '1s' });
    expect(is?.receivers['filelog']).toEqual({ include: ['/var/log/technow/*.log'], start_at: 'beginning' });
    expect({ ...is, processors: 0, connectors: 0, receivers: 0 }).toEqual({ ...was, processors: 0, connectors: 0, receivers: 0 });
  });
});

describe('readFailure', () => {
  const line = (id: string, error: string): string => `2026-11-21T20:00:00.000Z\tinfo\tinternal/retry_sender.go:133\tExporting failed. Will retry the request after interval.\t{"otelcol.component.id": ${JSON.stringify(id)}, "error": ${JSON.stringify(error)}}`;
  it('says what an exporter said last, without addresses', () => {
    const log = [line('debug', 'other'), line('otlp/jaeger', 'dial tcp 172.18.0.3:4317: connect: connection refused')].join('\n');
    expect(readFailure(log, 'otlp/jaeger')).toBe('dial tcp <address>:4317: connect: connection refused');
    expect(readFailure(log, 'otlp/loki')).toBeUndefined();
  });
});
