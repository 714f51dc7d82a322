import type { Role, Sampling, ServiceName, Timing, UserEndpoint } from './incident.ts';

interface Spell {
  /** Microseconds since the dataset's start. */
  readonly atUs: number;
  readonly untilUs: number;
}
/** Whom a fault meets: every request that fulfils all of what is given. */
export interface Condition {
  /** What the user asked of the gateway. */
  readonly endpoint: UserEndpoint | undefined;
  readonly role: Role | undefined;
  /** More items in the cart than this. */
  readonly cartOver: number | undefined;
  /** A feature flag that is on for the user. */
  readonly flag: string | undefined;
  readonly tenants: readonly string[] | undefined;
  /** Of all requests, drawn for each fault and request anew. */
  readonly share: number;
}
/** A service, or one instance of it. */
export interface Target {
  readonly service: ServiceName;
  readonly instance: string | undefined;
}
/** Slower: in a call to an outside peer, shown as a client span, or in the service's own work. */
export interface Latency extends Spell, Target {
  readonly kind: 'latency';
  readonly value: Timing;
  readonly call: { readonly peer: string; readonly endpoint: string } | undefined;
  readonly when: Condition;
}
/** Another number of database connections. */
export interface PoolCut extends Spell, Target {
  readonly kind: 'pool';
  readonly connections: number;
}
/** An instance dies, or is stopped: then it says so and loses no request. */
export interface InstanceDown extends Spell, Target {
  readonly kind: 'instance-down';
  readonly graceful: boolean;
}
/** As many requests again. */
export interface Traffic extends Spell {
  readonly kind: 'traffic';
  readonly factor: number;
}
/** One query takes longer and holds its connection meanwhile, as without its index. */
export interface SlowQuery extends Spell, Target {
  readonly kind: 'slow-query';
  readonly query: string;
  readonly value: Timing;
  readonly plan: string;
}
/** Requests fail with a code of their own. */
export interface Errors extends Spell, Target {
  readonly kind: 'errors';
  readonly status: number;
  /** Error codes and their shares of the failures. */
  readonly codes: readonly (readonly [code: string, share: number])[];
  readonly errorType: string | undefined;
  readonly when: Condition;
}
/** The provider answers 200 to every charge, and a code that nobody documented. */
export interface RotatedToken extends Spell, Target {
  readonly kind: 'rotated-token';
  readonly code: string;
}
/** Stock is read, then written after a while: two may read the same number. */
export interface StockRace extends Spell, Target {
  readonly kind: 'stock-race';
  readonly gap: Timing;
}
/** Connections to the database are refused; then another host answers. */
export interface DatabaseDown extends Spell, Target {
  readonly kind: 'database-down';
  readonly successor: string;
}
/** Lines of level debug too: so many for each request. */
export interface LogLevelRaised extends Spell {
  readonly kind: 'log-level';
  readonly linesPerRequest: number;
}
/** A loop that writes the same line again and again. */
export interface LogFlood extends Spell, Target {
  readonly kind: 'log-flood';
  readonly everyUs: number;
  readonly event: string;
}
/** A label of requests with as many values as there are users. */
export interface ManyLabels extends Spell, Target {
  readonly kind: 'label';
  readonly label: string;
  readonly values: number;
}
/** Another policy of the sampler. */
export interface SamplingChanged extends Spell {
  readonly kind: 'sampling';
  readonly policy: Sampling;
}
/** Calls to the target lose `traceparent`: it begins traces of its own. */
export interface HeadersStripped extends Spell, Target {
  readonly kind: 'headers-stripped';
}
/** Memory that is never given back, with each request; the process ends at the limit and is started again. */
export interface Leak extends Spell, Target {
  readonly kind: 'leak';
  readonly bytesPerRequest: number;
  readonly limitBytes: number;
}
/** Work that does not let the event loop go: all other requests of the instance wait for it. */
export interface BusyLoop extends Spell, Target {
  readonly kind: 'busy-loop';
  readonly value: Timing;
  readonly when: Condition;
}
/** The service calls its caller back, and is called again, so many times. */
export interface CircularCall extends Spell, Target {
  readonly kind: 'circular-call';
  readonly depth: number;
  readonly when: Condition;
}
/** The cache takes no entry any more (`full`), or does not answer (`down`). */
export interface CacheTrouble extends Spell, Target {
  readonly kind: 'cache';
  readonly state: 'full' | 'down';
}
/** The registration form of the shop sends nothing. */
export interface FormBroken extends Spell {
  readonly kind: 'form-broken';
}
/** Prometheus gets an error for a page (`failing`), or is not told of the target any more (`removed`). The target itself serves on. */
export interface ScrapeTrouble extends Spell, Target {
  readonly kind: 'scrape';
  readonly state: 'failing' | 'removed';
}
/** What can go wrong. Where each is felt: `serve`, `query`, `call` and the handlers of `shop.ts`, or the timeline. */
export type Fault =
  | Latency | PoolCut | InstanceDown | Traffic | SlowQuery | Errors | RotatedToken | StockRace | DatabaseDown | LogLevelRaised | LogFlood | ManyLabels
  | SamplingChanged | HeadersStripped | Leak | BusyLoop | CircularCall | CacheTrouble | FormBroken | ScrapeTrouble;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
