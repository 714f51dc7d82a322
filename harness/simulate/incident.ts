import type { Fault } from './fault.ts';

/** Roles of users, in the order in which shares are drawn. */
export const ROLES = ['standard', 'premium', 'vip'] as const;
export type Role = (typeof ROLES)[number];
export const SERVICES = ['gateway', 'checkout', 'inventory', 'payment', 'discount'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** What users ask of the gateway. */
export const USER_ENDPOINTS = ['POST /checkout', 'GET /products', 'POST /login', 'POST /register'] as const;
export type UserEndpoint = (typeof USER_ENDPOINTS)[number];
/** What each service serves to others, and whom it calls. The gateway serves what users ask for. */
export const ENDPOINTS: Readonly<Record<ServiceName, readonly string[]>> = {
  gateway: [], checkout: ['POST /checkout'], inventory: ['POST /reserve'], payment: ['POST /charge'], discount: ['GET /quote'],
};
export const PEERS: Readonly<Record<ServiceName, readonly ServiceName[]>> = {
  gateway: ['checkout'], checkout: ['inventory', 'payment', 'discount'], inventory: [], payment: [], discount: [],
};
/** Queries that each service sends to its database. */
export const QUERIES: Readonly<Partial<Record<ServiceName, readonly string[]>>> = { checkout: ['insert_order'], inventory: ['stock_by_sku'] };

/** A log-normal time: half of the draws are below the median; sigma is the standard deviation of the logarithm. */
export interface Timing {
  readonly medianUs: number;
  readonly sigma: number;
}
/** How a service calls another: how long it waits for an answer, how often it asks, how long it pauses in between. */
export interface CallPolicy {
  readonly timeoutUs: number;
  readonly attempts: number;
  readonly backoffUs: number;
}
export interface Cache {
  readonly hitShare: number;
  readonly maxBytes: number;
  /** What one entry takes. */
  readonly entryBytes: number;
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
  /** By peer; without one a call waits for ever and is made once. */
  readonly calls: ReadonlyMap<ServiceName, CallPolicy>;
  readonly cache: Cache | undefined;
}
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
  /** How the rates change over the day. */
  readonly shape: 'flat' | 'daily';
  readonly population: readonly (readonly [role: Role, share: number])[];
  /** Feature flags that are on for a share of the users. */
  readonly flags: readonly (readonly [flag: string, share: number])[];
  /** Business customers; empty: nobody asks for whom. */
  readonly tenants: readonly (readonly [tenant: string, share: number])[];
  /** Units of the one article on sale; undefined: there is always enough. */
  readonly stock: number | undefined;
  readonly balance: 'round-robin' | 'least-connections';
  /** One way over the network, between any two services. */
  readonly networkUs: number;
  readonly services: ReadonlyMap<ServiceName, Service>;
  readonly deploys: readonly Deploy[];
  readonly faults: readonly Fault[];
  readonly sampling: Sampling;
}
