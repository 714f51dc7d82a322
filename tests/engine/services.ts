import type { ContainerRequest } from '../../harness/model/backend.ts';

/** A backend image with the smallest configuration with which it serves. */
export interface Service {
  readonly request: ContainerRequest & { readonly ready: { readonly path: string; readonly port: number } };
  /** A path that it never answers with 200. */
  readonly missing: string;
  /** What it says of an option that it does not know. */
  readonly complaint: RegExp;
}

const prometheus: Service = {
  request: {
    image: 'prometheus', aliases: ['prometheus'], ports: [9090], ready: { path: '/-/ready', port: 9090 }, command: [],
    files: [{ path: '/etc/prometheus/prometheus.yml', content: 'global: {scrape_interval: 1s}\n' }],
  },
  missing: '/never',
  complaint: /unknown long flag '--nonsense'/,
};
const alertmanager: Service = {
  request: {
    image: 'alertmanager', aliases: ['alertmanager'], ports: [9093], ready: { path: '/-/ready', port: 9093 },
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='],
    files: [{ path: '/etc/alertmanager/alertmanager.yml', content: 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n' }],
  },
  missing: '/never',
  complaint: /unknown long flag '--nonsense'/,
};
const lokiConfig = `
auth_enabled: false
server: {http_listen_port: 3100, grpc_listen_port: 9096, log_level: warn}
common:
  instance_addr: 127.0.0.1
  path_prefix: /loki
  storage: {filesystem: {chunks_directory: /loki/chunks, rules_directory: /loki/rules}}
  replication_factor: 1
  ring: {kvstore: {store: inmemory}}
schema_config:
  configs: [{from: 2020-10-24, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]
ingester: {lifecycler: {min_ready_duration: 0s, final_sleep: 0s}}
frontend_worker: {frontend_address: "127.0.0.1:9096", dns_lookup_duration: 200ms}
query_scheduler: {use_scheduler_ring: false}
analytics: {reporting_enabled: false}
`;
const loki: Service = {
  request: {
    image: 'loki', aliases: ['loki'], ports: [3100], ready: { path: '/ready', port: 3100 },
    command: ['-config.file=/etc/loki/local-config.yaml'],
    files: [{ path: '/etc/loki/local-config.yaml', content: lokiConfig }],
  },
  missing: '/never',
  complaint: /flag provided but not defined: -nonsense/,
};
const jaeger: Service = {
  request: { image: 'jaeger', aliases: ['jaeger'], ports: [16686], ready: { path: '/api/services', port: 16686 }, command: [] },
  missing: '/api/traces/none',
  complaint: /unknown flag: --nonsense/,
};

const otelcol: Service = {
  request: {
    image: 'otelcol', aliases: ['otelcol'], ports: [13133], ready: { path: '/health', port: 13133 }, command: ['--config', '/etc/otelcol-contrib/config.yaml'],
    files: [{ path: '/etc/otelcol-contrib/config.yaml', content: `
receivers: { otlp: { protocols: { http: } } }
exporters: { debug: }
extensions: { health_check: { endpoint: '0.0.0.0:13133', path: /health } }
service: { extensions: [health_check], pipelines: { logs: { receivers: [otlp], exporters: [debug] } } }
` }],
  },
  missing: '/never',
  complaint: /unknown flag: --nonsense/,
};

export const services: readonly Service[] = [prometheus, alertmanager, loki, jaeger, otelcol];
export { prometheus };
