/** Roles of users, in the order in which shares are drawn. */
export const ROLES = ['standard', 'premium', 'vip'] as const;
export type Role = (typeof ROLES)[number];
export const SERVICES = ['gateway', 'checkout', 'inventory', 'payment', 'discount'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** What users ask of the gateway. */
export const USER_ENDPOINTS = ['POST /checkout', 'GET /products'] as const;
export type UserEndpoint = (typeof USER_ENDPOINTS)[number];

/** A log-normal time: half of the draws are below the median; sigma is the standard deviation of the logarithm. */
export interface Timing {
  readonly medianUs: number;
  readonly sigma: number;
}
export interface Service {
  readonly name: ServiceName;
  readonly version: string;
  /** `checkout-1:8080`, as Prometheus names its target. */
  readonly instances: readonly string[];
  /** The service's own work on one request. */
  readonly work: Timing;
  /** Of a service with a database. */
  readonly database: { readonly connections: number; readonly timeoutUs: number; readonly query: Timing } | undefined;
  /** Endpoints of which every request gets a log line; failed requests always get one. */
  readonly loggedEndpoints: readonly string[];
}
interface Spell {
  /** Microseconds since the dataset's start. */
  readonly atUs: number;
  readonly untilUs: number;
}
export type Fault =
  | (Spell & {
      readonly kind: 'latency';
      readonly target: ServiceName;
      readonly value: Timing;
      /** The outside call that the time is spent in, shown as a client span; without it the service's own work is slower. */
      readonly call: { readonly peer: string; readonly endpoint: string } | undefined;
      /** Only for users of this role. */
      readonly role: Role | undefined;
    })
  | (Spell & { readonly kind: 'pool'; readonly target: ServiceName; readonly connections: number })
  | (Spell & { readonly kind: 'instance-down'; readonly target: string });
/** A new version of a service: its counters begin again at zero, no request is lost (the old process ends its own). */
export interface Deploy {
  readonly atUs: number;
  readonly target: ServiceName;
  readonly version: string;
}
/** Which finished traces are stored, as a tail sampler decides it. */
export interface Sampling {
  readonly slowerThanUs: number;
  readonly errors: boolean;
  /** Of all others. */
  readonly share: number;
}
/** One incident file, after overrides. */
export interface Incident {
  readonly title: string;
  readonly startMs: number;
  readonly durationUs: number;
  readonly scrapeUs: number;
  readonly seed: number;
  /** Requests a second by endpoint of the gateway. */
  readonly traffic: readonly (readonly [endpoint: UserEndpoint, perSecond: number])[];
  readonly population: readonly (readonly [role: Role, share: number])[];
  /** One way over the network, between any two services. */
  readonly networkUs: number;
  readonly services: ReadonlyMap<ServiceName, Service>;
  readonly deploys: readonly Deploy[];
  readonly faults: readonly Fault[];
  readonly sampling: Sampling;
}
