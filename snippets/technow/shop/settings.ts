import { basename } from 'node:path';

const PORTS: Readonly<Record<string, number>> = { gateway: 8080, checkout: 8081, inventory: 8082, payment: 8083, discount: 8084, loadgen: 8089 };

// #region identity
/** A service is named after its file. */
export const service = basename(process.argv[1] ?? '', '.ts');
export const version = process.env['SERVICE_VERSION'] ?? '0.0.0';
export const port = Number(process.env['PORT'] ?? PORTS[service]);
/** `checkout-1:8080`, as Prometheus names its target. */
export const instance = process.env['INSTANCE'] ?? `${service}-1:${port}`;
// #endregion

/** A log-normal time: half of the draws are below the median. */
export interface Timing {
  readonly ms: number;
  readonly sigma: number;
}
/** How long a service waits for another, and how often it asks. */
export interface CallPolicy {
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
}
export interface Settings {
  /** The service's own work on one request. */
  readonly work: Timing;
  readonly database?: { readonly connections: number; readonly timeoutMs: number; readonly query: Timing };
  /** Endpoints of which every request gets a log line; failed requests always get one. */
  readonly logEvery?: readonly string[];
  readonly calls?: Readonly<Record<string, CallPolicy>>;
  /** Units of the one article on sale; left out: there is always enough. */
  readonly stock?: number;
  /** Counters that begin there: a run that takes over a day which is half gone. */
  readonly history?: { readonly unitsSold: number; readonly ordersCompleted: number };
}

/** What a service is built with, and over it what SETTINGS says, as JSON. */
export function readSettings<S extends Settings>(defaults: S): S & Settings {
  return { ...defaults, ...(JSON.parse(process.env['SETTINGS'] ?? '{}') as Partial<S>) };
}

/** Addresses of a service's instances: `CHECKOUT_URLS=http://checkout-1:8080,http://checkout-2:8080`. */
export function urlsOf(peer: string): readonly string[] {
  return (process.env[`${peer.toUpperCase()}_URLS`] ?? `http://localhost:${PORTS[peer]}`).split(',');
}

export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** One draw, in milliseconds (Box and Muller's method). */
export function draw({ ms, sigma }: Timing): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return ms * Math.exp(sigma * normal);
}
