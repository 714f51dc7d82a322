import { expect, test } from 'vitest';
import { faults } from '../../harness/mutate/faults/index.ts';
import { readSample } from '../../harness/mutate/sample.ts';
import { makeBlock } from './support.ts';

/** Fault → kind of block, its text, and each part that is replaced with what comes in its place. */
const CASES: readonly (readonly [fault: string, kind: string, text: string, changes: readonly string[]])[] = [
  ['threshold', 'promql', 'up == 1 and rate(x_total{le="2.0"}[5m]) > 0', ['1 → 0.5', '1 → 2', '0 → 1']],
  ['threshold', 'jaeger', 'service=checkout\nminDuration=450ms', ['450 → 225', '450 → 900']],
  ['threshold', 'typescript', 'if (status >= 500) fail();', ['500 → 250', '500 → 1000']],
  ['comparison', 'promql', 'x{a!="b"} >= 1', ['>= → <']],
  ['comparison', 'logql', '{a="b"} |= "x" != "y" | json | size > 3', ['> → <']],
  ['comparison', 'shell', '[ "$n" -gt 3 ]', ['-gt → -lt']],
  ['matcher', 'promql', 'x{a="b", c=~"d", e!="f"} == 1', ['= → !=', '=~ → !~', '!= → =']],
  ['matcher', 'logql', '{a="b"} |= "x" | json | c="d"', ['= → !=', '|= → !=', '= → !=']],
  ['matcher', 'alertmanager-config', 'routes:\n  - matchers: [severity = page]', ['= → !=']],
  ['label', 'promql', 'sum by (service, le) (x{status=~"5.."})', ['status → code', '5.. → 4..', 'service, le → le', 'service, le → service']],
  ['label', 'typescript', "labelNames: ['method', 'route'],", ["'method', 'route' → 'method'"]],
  ['label', 'python', 'requests = Counter("http_requests", "Requests answered.", ["method", "status"])', ['"method", "status" → "method"']],
  ['label', 'exposition', 'a{route="/x",status="500"} 1', ['route → path', 'status → code']],
  ['window', 'promql', 'rate(x[5m]) / rate(x[30s] offset 1h)', ['5m → 25m', '5m → 1m', '30s → 150s', '30s → 6s', '1h → 5h', '1h → 12m']],
  ['window', 'alertmanager-config', 'route:\n  group_wait: 30s', ['30s → 150s', '30s → 6s']],
  ['for', 'rules', 'groups:\n  - name: a\n    rules:\n      - alert: B\n        expr: up == 0\n        for: 5m', ['5m → 0s', '5m → 10m']],
  ['aggregation', 'promql', 'sum by (a) (rate(x[5m]))', ['sum → avg', 'rate → increase', 'by → without']],
  // The same quantile comes of twice as much in every bucket.
  ['aggregation', 'promql', 'histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) + sum(y)', ['sum → max', 'sum → avg', 'by → without']],
  ['quantile', 'promql', 'histogram_quantile(0.99, x) + histogram_quantile(0.50, x)', ['0.99 → 0.5', '0.99 → 0.95', '0.50 → 0.99']],
  ['unit', 'promql', '1000 * rate(http_request_duration_seconds_sum[5m]) * 1000', ['_seconds → _milliseconds', '* 1000 → / 1000']],
  ['unit', 'logql', '{a="b"} | json | duration_ms > 1000', ['1000 → 1']],
  ['unit', 'jaeger', 'service=a\nminDuration=1s', ['s → ms']],
  ['config key', 'prometheus-config', 'scrape_configs:\n  - job_name: a\n    static_configs: []', ['scrape_configs → scrape_config', 'job_name → job_names', 'static_configs → static_config']],
  ['config key', 'collector-config', 'processors:\n  tail_sampling:\n    decision_wait: 30s', ['tail_sampling → tail_samplings', 'decision_wait → decision_waits']],
  ['threshold', 'loki-rules', 'groups:\n  - name: a\n    rules:\n      - alert: B\n        expr: sum(rate({a="b"}[5m])) > 20', ['20 → 10', '20 → 40']],
  ['config key', 'shell', 'curl -sG x --data-urlencode "a=b"', ['--data-urlencode → --data-urlencodes']],
  ['config key', 'grafana-provisioning', 'datasources:\n  - name: a\n    url: b\n    jsonData: { derivedFields: [] }', ['datasources → datasource', 'url → urls', 'jsonData → jsonDatas', 'derivedFields → derivedField']],
  ['config key', 'dashboard', '{ "title": "targets", "panels": [{ "expr": "up" }] }', ['panels → panel', 'expr → exprs']],
  ['unit', 'dashboard', '{ "unit": "s", "expr": "rate(a_seconds_sum[5m]) * 1000" }', ['s → ms', '_seconds → _milliseconds', '* 1000 → / 1000']],
  ['window', 'dashboard', '{ "expr": "rate(a{b=\\"c\\"}[5m])", "description": "[5m]" }', ['5m → 25m', '5m → 1m']],
  ['matcher', 'dashboard', '{ "expr": "a{b=\\"c\\", d=~\\"e\\"}" }', ['= → !=', '=~ → !~']],
  ['label', 'dashboard', '{ "expr": "sum by (le, a) (x{status=\\"500\\"})" }', ['status → code', '500 → 400', 'le, a → a', 'le, a → le']],
  ['port', 'grafana-provisioning', 'url: http://loki:3100', ['3100 → 3101']],
  ['port', 'shell', 'curl -s localhost:9090/api http://localhost:3100/x', ['9090 → 9091', '3100 → 3101']],
  ['port', 'typescript', 'server.listen(8080);', ['8080 → 8081']],
  ['receiver', 'alertmanager-config', 'route:\n  receiver: a\nreceivers:\n  - name: a\n  - name: b', ['a → b', 'a → as', 'a → as', 'b → bs']],
  ['type', 'promql', 'rate(http_requests_total[5m]) / rate(x_bucket[5m])', ['_total → ', '_bucket → _count']],
  ['type', 'typescript', 'const a = new Counter({}); function f(b: string): void {}', ['Counter → Gauge', 'string → number']],
  ['type', 'mermaid', 'flowchart LR\n  a --> b', ['--> → ->']],
  ['type', 'mermaid', 'sequenceDiagram\n  a->>b: one\n  b-->>a: two', ['->> → =>', '-->> → =>']],
  ['type', 'exposition', '# TYPE a counter\na 1', ['counter → gauge']],
  ['type', 'rules', 'groups:\n  - name: a\n    rules:\n      - alert: B\n        expr: up == 0', ['alert → record']],
  ['import', 'typescript', "import pino, { type Logger, stdTimeFunctions } from 'pino';", ['pino → pinos', 'type Logger, stdTimeFunctions → stdTimeFunctions']],
  ['import', 'compose', 'services:\n  a:\n    image: prom/prometheus:v3.14.0', ['v3.14.0 → latest']],
  ['missing await', 'typescript', 'const a = await b(); await using c = d();', ['await  → ']],
  ['log field', 'logql', '{a="b"} | json | event="order_paid"', ['event → event_name', 'order_paid → order_paids']],
  ['log field', 'typescript', "log.info({ event: 'a', duration_ms: 3 }, 'b');", ['event → event_name', 'duration_ms → duration']],
  ['log field', 'python', 'log.info("a", event_name="b", status=status)', ['event_name → event', 'status → status_code']],
  ['log field', 'json', '{"event": "a", "trace_id": "b"}', ['event → event_name', 'trace_id → traceId']],
  ['span attribute', 'jaeger', 'service=checkout\ntags={"user.role":"vip"}', ['user.role → user.roles', 'vip → vips', 'checkout → checkouts']],
  ['span attribute', 'typescript', "span.setAttribute('coupon', coupon);", ['coupon → coupons']],
];

test.each(CASES)('%s in %s: %s', (name, kind, text, changes) => {
  const fault = faults.find((one) => one.name === name);
  const found = fault?.seed(readSample(makeBlock(text), kind)).map(({ offset, length, to }) => `${text.slice(offset, offset + length)} → ${to}`);
  expect(found).toEqual(changes);
});

test('every fault is shown at work', () => {
  expect(faults.map(({ name }) => name).filter((name) => !CASES.some(([shown]) => shown === name))).toEqual([]);
});

test('no fault adds or removes a line, and none returns what is there', () => {
  for (const [name, kind, text] of CASES) {
    for (const { offset, length, to } of faults.find((one) => one.name === name)?.seed(readSample(makeBlock(text), kind)) ?? []) {
      const from = text.slice(offset, offset + length);
      expect([from.split('\n').length, from === to], `${name} in ${text}`).toEqual([to.split('\n').length, false]);
    }
  }
});
