import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeRun } from '../../harness/backends/compose-run.ts';
import type { BackendContext, RunResult } from '../../harness/model/backend.ts';
import type { ComposeOutput } from '../../harness/model/transcript.ts';
import { makeBlock } from '../rules/support.ts';
import { openContext, root, runConfigs, saidOf } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const makeCompose = (name: string, text: string, page = `day-2/${name}`) => makeBlock(text, { name }, { title: 'compose.yaml', page });
const composeOf = (result: RunResult | undefined): ComposeOutput => {
  if (result?.output?.kind !== 'compose') throw new Error(`nothing was started: ${saidOf(result).join('; ')}`);
  return result.output;
};

const waiting = `services:
  prometheus:
    image: prom/prometheus:v3.14.0
    ports: ["127.0.0.1:9090:9090"]
    networks: [front, back]
    volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "./rules:/etc/prometheus/rules:ro", "metrics:/prometheus"]
    extra_hosts: ["checkout:host-gateway"]
    depends_on: { alertmanager: { condition: service_healthy } }
    healthcheck: { test: ["CMD", "promtool", "check", "healthy"], interval: 30s }
  alertmanager:
    image: prom/alertmanager:v0.31.1
    networks: [back]
    command: ["--config.file=/etc/am.yml", "--storage.path=/alertmanager", "--web.route-prefix=/am", "--cluster.listen-address="]
    configs: [{ source: routing, target: /etc/am.yml }]
    healthcheck: { test: wget -qO- http://localhost:9093/am/-/healthy || exit 1, interval: 30s }
networks: { front: , back: }
volumes: { metrics: }
configs: { routing: { content: "route: { receiver: none }\\nreceivers: [{ name: none }]\\n" } }
`;
const scraping = `global: { scrape_interval: 1m, scrape_timeout: 30s }
scrape_configs:
  - job_name: back
    metrics_path: /am/metrics
    scrape_interval: 2m
    static_configs: [{ targets: ["alertmanager:9093"] }]
  - job_name: shop
    static_configs: [{ targets: ["checkout:8080"] }]
`;

describe('a Compose file', () => {
  it('is started as it is written, and each service is asked in its own way, with the same bytes each time', async () => {
    const course = readFileSync(join(root, 'snippets/stack/compose.yaml'), 'utf8');
    const results = await runConfigs(composeRun, context, [makeCompose('course', course), makeCompose('waiting', waiting), makeCompose('again', waiting)], [
      makeBlock(scraping, { name: 'a' }, { title: 'prometheus.yml', page: 'day-2/waiting' }), makeBlock(scraping, { name: 'b' }, { title: 'prometheus.yml', page: 'day-2/again' }),
    ]);
    expect(composeOf(results.get('course'))).toEqual({
      kind: 'compose',
      services: [
        { name: 'prometheus', image: 'prom/prometheus:v3.14.0', state: 'ready', said: 'GET :9090/-/ready: 200', ports: [{ published: '127.0.0.1:9090', target: 9090, answered: true }] },
        { name: 'alertmanager', image: 'prom/alertmanager:v0.31.1', state: 'ready', said: 'GET :9093/-/ready: 200', ports: [{ published: '127.0.0.1:9093', target: 9093, answered: true }] },
        { name: 'loki', image: 'grafana/loki:3.7.6', state: 'ready', said: 'GET :3100/ready: 200', ports: [{ published: '127.0.0.1:3100', target: 3100, answered: true }] },
        { name: 'jaeger', image: 'jaegertracing/jaeger:2.13.0', state: 'ready', said: 'GET :13133/status: 200', ports: [{ published: '127.0.0.1:16686', target: 16686, answered: true }, { published: '127.0.0.1:4318', target: 4318, answered: true }] },
      ],
      targets: [{ service: 'prometheus', job: 'checkout', url: 'http://checkout:8080/metrics', health: 'outside' }],
    });
    expect(results.get('course')?.versions).toContainEqual({ name: 'loki', version: '3.7.6' });
    expect(composeOf(results.get('waiting'))).toMatchObject({
      services: [{ name: 'prometheus', state: 'healthy', said: '`promtool check healthy`: exit 0' }, { name: 'alertmanager', state: 'healthy', said: '`wget -qO- http://localhost:9093/am/-/healthy`: exit 0', ports: [] }],
      targets: [{ job: 'back', url: 'http://alertmanager:9093/am/metrics', health: 'up' }, { job: 'shop', health: 'outside' }],
    });
    expect(JSON.stringify(results.get('again')?.output)).toBe(JSON.stringify(results.get('waiting')?.output));
  }, 300_000);

  it('is told which service ends, which port nobody hears, and what cannot be fetched; who waits in vain is not told of', async () => {
    const one = (more: string): string => `services:\n  loki:\n    image: grafana/loki:3.7.6\n    ${more}\n`;
    const results = await runConfigs(composeRun, context, [
      makeCompose('option', `${one('command: ["-config.file=/etc/loki/local-config.yaml", "-nonsense"]')}  prometheus:\n    image: prom/prometheus:v3.14.0\n    depends_on: [loki]\n`),
      makeCompose('program', one('entrypoint: [/usr/bin/lokki]')),
      makeCompose('port', one('ports: ["3200:3200"]')),
      makeCompose('network', `services:\n  prometheus:\n    image: prom/prometheus:v3.14.0\n    networks: [front]\n    configs: [{ source: c, target: /etc/prometheus/prometheus.yml }]\n  loki:\n    image: grafana/loki:3.7.6\n    networks: [back]\nnetworks: { front: , back: }\nconfigs: { c: { content: "scrape_configs: [{ job_name: loki, static_configs: [{ targets: ['loki:3100'] }] }]" } }\n`),
      makeCompose('tight', one('mem_limit: 16m')),
    ], []);
    const said = Object.fromEntries([...results].map(([name, result]) => [name, saidOf(result)]));
    expect(said['option']).toEqual([expect.stringMatching(/^does-not-start: Found `loki` ended with \d+, expected it to run. It said: .*nonsense.*Correct the service, or the file that it reads\.$/s)]);
    expect(said['program']).toEqual([expect.stringMatching(/^does-not-start: Found `loki` ended, .*\/usr\/bin\/lokki/s)]);
    expect(said['port']).toEqual(['port-silent: Found nobody behind port 3200 of `loki`, expected the service to listen there: whoever calls the published port is refused. Correct the number, or let the service listen on 0.0.0.0.']);
    expect(said['network']).toEqual(['target-down: Found the target http://loki:3100/metrics of the job `loki` down, expected `prometheus` to fetch it: nobody answers to that name on its networks. Correct the target in the configuration of `prometheus`, or the service that it names.']);
    expect(said['tight']).toEqual([expect.stringMatching(/^does-not-start: Found `loki` ended with 137: it was killed, most likely because it takes more than 16 MiB, expected it to run\./)]);
    const [finding] = results.get('port')?.findings ?? [];
    expect(finding?.block.text.slice(finding.range.offset, finding.range.offset + finding.range.length)).toBe('"3200:3200"');
  }, 300_000);
});
