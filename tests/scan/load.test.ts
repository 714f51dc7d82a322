import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openForeign, type ForeignServers } from '../../harness/backends/foreign.ts';
import type { Engine } from '../../harness/model/backend.ts';
import { openEngine } from '../../harness/backends/container.ts';

/** Real servers, which other people's files are shown to. */
const root = resolve(import.meta.dirname, '../..');
const never = new AbortController().signal;
let engine: Engine;
let servers: ForeignServers;
// The first start may have to bring the images.
beforeAll(async () => {
  engine = await openEngine({ root, log: () => {}, signal: never });
  servers = await openForeign(engine, never);
}, 3_600_000);
afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

test('Prometheus takes one configuration after the other, and says what it has against one', { timeout: 600_000 }, async () => {
  const said = await servers.load('prometheus-config', ['scrape_configs: [{ job_name: a }]', 'scrape_configs: [{ job_name: a }, { job_name: a }]', 'global: { nonsense: 1 }', 'rule_files: [nowhere.yml]'], never);
  expect(said).toEqual([undefined, expect.stringContaining('multiple scrape configs with job name "a"'), expect.stringContaining('field nonsense not found'), undefined]);
});

test('rules are loaded as Prometheus loads them', { timeout: 600_000 }, async () => {
  const said = await servers.load('rules', ['groups: [{ name: a, rules: [{ alert: A, expr: up == 0 }] }]', 'groups: [{ name: a, rules: [{ alert: A, expr: "sum(" }] }]'], never);
  expect(said).toEqual([undefined, expect.stringContaining('parse error')]);
});

test('Alertmanager routes only to receivers that there are', { timeout: 600_000 }, async () => {
  const said = await servers.load('alertmanager-config', ['route: { receiver: a }\nreceivers: [{ name: a }]', 'route: { receiver: b }\nreceivers: [{ name: a }]'], never);
  expect(said).toEqual([undefined, expect.stringContaining('undefined receiver "b"')]);
});

test('each Loki and each Collector is started with its file, and says what it has against it', { timeout: 600_000 }, async () => {
  const loki = (more: string): string => `auth_enabled: false\n${more}\ncommon: { path_prefix: /srv/loki, replication_factor: 1, ring: { kvstore: { store: inmemory } }, storage: { filesystem: { chunks_directory: /srv/loki/chunks, rules_directory: /srv/loki/rules } } }\nschema_config: { configs: [{ from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }] }`;
  const collector = (exporter: string, more = ''): string => `receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } }\nexporters: { ${exporter} }\nservice: { pipelines: { traces: { receivers: [otlp], exporters: [debug] } }${more} }`;
  const [lokis, collectors] = await Promise.all([
    servers.load('loki-config', [loki(''), loki('server: { http_listen_port: 3100, grpc_listen_port: 3100 }'), loki('')], never),
    servers.load('collector-config', [collector('debug: {}'), collector('debug: { verbosity: loud }'), collector('debug: {}, kafka: {}')], never),
  ]);
  expect(lokis).toEqual([undefined, expect.stringContaining('address already in use'), undefined]);
  expect(collectors).toEqual([undefined, expect.stringContaining('verbosity'), expect.stringContaining('unknown type: "kafka"')]);
});

test('what a file names outside is not reached', { timeout: 600_000 }, async () => {
  const said = await servers.load('prometheus-config', ['remote_write: [{ url: "http://192.0.2.1/api/v1/write" }]\nscrape_configs: [{ job_name: a, static_configs: [{ targets: ["example.com:80"] }] }]'], never);
  expect(said).toEqual([undefined]);
});
