import { describe, expect, test } from 'vitest';
import { planServices, type PlannedService } from '../../harness/compose-file/plan.ts';

const images = new Map([['prometheus', 'prom/prometheus:v3.14.0'], ['loki', 'grafana/loki:3.7.6'], ['jaeger', 'jaegertracing/jaeger:2.13.0'], ['sandbox', 'observability-course/sandbox:12-0'], ['otelcol', 'otel/opentelemetry-collector-contrib:0.159.0']]);
const planned = (text: string): readonly PlannedService[] => {
  const plan = planServices(text, images);
  if (plan.kind !== 'services') throw new Error(plan.reason);
  return plan.services;
};
const reasonOf = (text: string): string | undefined => { const plan = planServices(text, images); return plan.kind === 'untried' ? plan.reason : undefined; };
const prometheus = (more = ''): string => `services:\n  prometheus:\n    image: prom/prometheus:v3.14.0\n${more.replaceAll(/^(?=.)/gm, '    ')}`;

describe('what a Compose file starts', () => {
  test('its services, with what decides how they start', () => {
    const [one, two] = planned(`
x-common: &common
  restart: unless-stopped
  networks: { inside: { aliases: [metrics] } }
services:
  prometheus:
    <<: *common
    image: quay.io/prometheus/prometheus:v3.14.0
    container_name: prom
    command: --config.file=/etc/prometheus/prometheus.yml "--web.page-title=Tech Now"
    environment: { TZ: UTC, EMPTY: "" }
    ports: ["127.0.0.1:9090:9090", { target: 9091, published: "9091", protocol: udp }, "9092"]
    volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "metrics:/prometheus", /anonymous]
    configs: [{ source: rules, target: /etc/prometheus/rules/a.yml }]
    depends_on: { loki: { condition: service_healthy } }
    mem_limit: 256m
    healthcheck: { test: wget -qO- http://localhost:9090/-/ready || exit 1, interval: 5s }
  loki:
    image: grafana/loki:\${LOKI:-3.7.6}
    extra_hosts: ["checkout:host-gateway"]
    healthcheck: { test: [CMD, /usr/bin/loki, -version] }
  debug:
    image: busybox:1.37
    profiles: [debug]
networks: { inside: }
volumes: { metrics: }
configs: { rules: { file: ./rules/checkout.rules.yml } }
`);
    expect(one).toEqual({
      name: 'prometheus', image: 'prometheus', reference: 'quay.io/prometheus/prometheus:v3.14.0', entrypoint: undefined, user: undefined, workingDir: undefined, memoryBytes: 268_435_456,
      command: ['--config.file=/etc/prometheus/prometheus.yml', '--web.page-title=Tech Now'], env: { TZ: 'UTC', EMPTY: '' },
      ports: [{ published: '127.0.0.1:9090', target: 9090, protocol: 'tcp' }, { published: '9091', target: 9091, protocol: 'udp' }, { published: undefined, target: 9092, protocol: 'tcp' }],
      mounts: [{ source: './prometheus.yml', target: '/etc/prometheus/prometheus.yml' }, { source: './rules/checkout.rules.yml', target: '/etc/prometheus/rules/a.yml' }],
      contents: [], volumes: ['/prometheus', '/anonymous'],
      networks: ['inside'], aliases: ['prometheus', 'prom', 'metrics'], outside: [],
      after: [{ service: 'loki', condition: 'service_healthy' }],
      health: { kind: 'http', program: 'wget', url: 'http://localhost:9090/-/ready', failsOnStatus: true, words: 'wget -qO- http://localhost:9090/-/ready', inShell: true },
    });
    expect(two).toMatchObject({ name: 'loki', image: 'loki', networks: ['default'], outside: ['checkout'], health: { kind: 'exec', command: ['/usr/bin/loki', '-version'] } });
  });

  test.each([
    ['build', prometheus('build: .\n'), 'it builds the image of `prometheus`'],
    ['another image', 'services:\n  grafana:\n    image: grafana/grafana:12.1.0\n', 'the image `grafana/grafana:12.1.0` of `grafana` is none of the course'],
    ['another tag', 'services:\n  loki:\n    image: grafana/loki:3.6.0\n', 'the image `grafana/loki:3.6.0` of `loki` is none of the course'],
    ['no image', 'services:\n  loki:\n    command: [x]\n', '`loki` has no image'],
    ['a variable', prometheus('environment: { TOKEN: "${TOKEN}" }\n'), 'it reads the variable `TOKEN`'],
    ['a variable of the machine', prometheus('environment: [TOKEN]\n'), 'it reads the variable `TOKEN`'],
    ['a file of variables', prometheus('env_file: .env\n'), '`env_file` of `prometheus`'],
    ['the host', prometheus('network_mode: host\n'), '`network_mode` of `prometheus`'],
    ['a socket', prometheus('volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n'), '`/var/run/docker.sock`, which lies on the machine'],
    ['a folder far above', prometheus('volumes: ["../../:/all"]\n'), '`../../`, which lies on the machine'],
    ['more rights', prometheus('privileged: true\n'), '`privileged` of `prometheus`'],
    ['other files', 'include: [other.yaml]\nservices: {}\n', '`include`'],
    ['a range of ports', prometheus('ports: ["9000-9005:9000-9005"]\n'), 'a range of ports'],
    ['a shared volume', 'services:\n  a: { image: "grafana/loki:3.7.6", volumes: ["d:/d"] }\n  b: { image: "grafana/loki:3.7.6", volumes: ["d:/d"] }\nvolumes: { d: }\n', 'the volume `d` belongs to several services'],
    ['an outcome', 'services:\n  a: { image: "grafana/loki:3.7.6" }\n  b: { image: "grafana/loki:3.7.6", depends_on: { a: { condition: service_completed_successfully } } }\n', '`b` waits until `a` has ended'],
    ['a check that nobody can do here', prometheus('healthcheck: { test: nc -z localhost 9090 }\n'), 'the health check of `prometheus` runs `nc`'],
    ['a check with a pipe', prometheus('healthcheck: { test: "wget -qO- localhost:9090 | grep ok" }\n'), 'the health check of `prometheus` is a script'],
    ['an open quote', prometheus('command: --web.page-title="Tech Now\n'), 'a quote is never closed'],
    ['an open quote in a check', prometheus('healthcheck: { test: "wget \'localhost:9090" }\n'), 'a quote is never closed'],
    ['nothing', 'services: {}\n', 'it has no service'],
    ['an overlay', 'services:\n  prometheus:\n    depends_on: [loki]\n', '`prometheus` has no image'],
  ])('%s: it is not tried, and the reason is said', (_, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  test('a service of a profile is not started by default, and one without a health check has none', () => {
    expect(planned(`${prometheus('healthcheck: { disable: true }\nexpose: ["9090"]\nlabels: { a: b }\n')}\n  debug: { image: busybox, profiles: [debug] }\n`).map(({ name, health }) => [name, health])).toEqual([['prometheus', undefined]]);
  });

  test('$$ is a dollar, and a default stands for what the machine has', () => {
    const [service] = planned(prometheus('environment: ["PRICE=5$$", "A=${A-1}", "B=${B:-2 $$}"]\n'));
    expect(service?.env).toEqual({ PRICE: '5$', A: '1', B: '2 $' });
  });
});
