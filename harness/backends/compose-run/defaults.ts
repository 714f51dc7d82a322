/**
 * The configuration that each image brings along, where nothing is mounted over it. Images that are built here hold only programs,
 * so these stand in: the same addresses, receivers and places, nothing that is scraped or sent beyond the container.
 */
export const defaults: Readonly<Record<string, string>> = {
  prometheus: `global: { scrape_interval: 15s }
scrape_configs:
  - job_name: prometheus
    static_configs: [{ targets: ["localhost:9090"] }]
`,
  alertmanager: `route: { group_by: [alertname], receiver: web.hook }
receivers:
  - name: web.hook
    webhook_configs: [{ url: "http://127.0.0.1:5001/" }]
`,
  loki: `auth_enabled: false
server: { http_listen_port: 3100, grpc_listen_port: 9096 }
common:
  instance_addr: 127.0.0.1
  path_prefix: /loki
  storage: { filesystem: { chunks_directory: /loki/chunks, rules_directory: /loki/rules } }
  replication_factor: 1
  ring: { kvstore: { store: inmemory } }
schema_config:
  configs: [{ from: 2020-10-24, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }]
analytics: { reporting_enabled: false }
`,
  otelcol: `receivers:
  otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } }
exporters: { debug: {} }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [debug] }
    metrics: { receivers: [otlp], exporters: [debug] }
    logs: { receivers: [otlp], exporters: [debug] }
`,
};
