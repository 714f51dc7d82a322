import type { HealthCheck } from './health.ts';

/** What is known of the images that can be started: how each says that it is ready, and what its health check may run. */
export interface KnownImage {
  /** Undefined: it says so in its log. */
  readonly ready?: { readonly port: number; readonly path: string };
  /** The option that names its configuration, and where that lies without it. */
  /** Programs of the upstream image that a health check may run, beside the service's own. Loki has none since 3.6, the Collector never had. */
  readonly tools: readonly string[];
  readonly config: { readonly option: string; readonly path: string };
}

export const knownImages: Readonly<Record<string, KnownImage>> = {
  prometheus: { ready: { port: 9090, path: '/-/ready' }, tools: ['sh', 'wget'], config: { option: 'config.file', path: '/etc/prometheus/prometheus.yml' } },
  alertmanager: { ready: { port: 9093, path: '/-/ready' }, tools: ['sh', 'wget'], config: { option: 'config.file', path: '/etc/alertmanager/alertmanager.yml' } },
  loki: { ready: { port: 3100, path: '/ready' }, tools: [], config: { option: 'config.file', path: '/etc/loki/local-config.yaml' } },
  jaeger: { ready: { port: 13133, path: '/status' }, tools: ['sh', 'wget'], config: { option: 'config', path: '' } },
  otelcol: { tools: [], config: { option: 'config', path: '/etc/otelcol-contrib/config.yaml' } },
};

/** The program that a health check needs and its image lacks; undefined where it has all. @param image folder under `harness/images/` */
export function findLacking(image: string, health: HealthCheck): string | undefined {
  const needed = [...(health.inShell ? ['sh'] : []), ...(health.kind === 'http' ? [health.program] : [])];
  return needed.find((program) => knownImages[image]?.tools.includes(program) !== true);
}

/** Where the configuration of a service lies in its container. @param command undefined: the image's own */
export function configPath({ config }: KnownImage, command: readonly string[] | undefined): string {
  const words = command ?? [];
  const index = words.findIndex((word) => new RegExp(`^--?${config.option}(?:=|$)`).test(word));
  if (index === -1) return config.path;
  return words[index]?.split('=')[1] ?? words[index + 1] ?? config.path;
}

/** What an option of a command says; undefined where it is not given. */
export function readOption(command: readonly string[] | undefined, option: string): string | undefined {
  const word = command?.find((one) => new RegExp(`^--?${option}=`).test(one));
  return word?.slice(word.indexOf('=') + 1);
}
