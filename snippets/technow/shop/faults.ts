import { instance, service, type Timing } from './settings.ts';
import type { User } from './user.ts';

/** Whom a fault meets: every request that fulfils all of what is given. */
export interface Condition {
  readonly endpoint?: string;
  readonly role?: string;
  readonly cartOver?: number;
  readonly flag?: string;
  readonly tenants?: readonly string[];
  /** Of all requests, drawn for each anew. */
  readonly share?: number;
}
interface Aimed {
  /** A service, or one instance of it; left out: everybody. */
  readonly target?: string;
  readonly when?: Condition;
}
/** What can be switched on in a running shop: the kinds of the incident files. Times are milliseconds. */
export type Fault = Aimed & (
  | { readonly kind: 'latency'; readonly value: Timing; readonly call?: { readonly peer: string; readonly endpoint: string } }
  | { readonly kind: 'pool'; readonly connections: number }
  | { readonly kind: 'instance-down'; readonly graceful: boolean }
  | { readonly kind: 'traffic'; readonly factor: number }
  | { readonly kind: 'slow-query'; readonly query: string; readonly value: Timing; readonly plan: string }
  | { readonly kind: 'errors'; readonly status: number; readonly codes: Readonly<Record<string, number>>; readonly errorType?: string }
  | { readonly kind: 'rotated-token'; readonly code: string }
  | { readonly kind: 'stock-race'; readonly value: Timing }
  | { readonly kind: 'database-down'; readonly successor: string }
  | { readonly kind: 'log-level'; readonly linesPerRequest: number }
  | { readonly kind: 'headers-stripped' }
  | { readonly kind: 'busy-loop'; readonly value: Timing }
  | { readonly kind: 'form-broken' });
export type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;
/** Every kind, for who sends them. */
export const KINDS: readonly Fault['kind'][] = [
  'latency', 'pool', 'instance-down', 'traffic', 'slow-query', 'errors', 'rotated-token', 'stock-race', 'database-down', 'log-level', 'headers-stripped', 'busy-loop', 'form-broken',
];

let active: readonly Fault[] = [];
const listeners: (() => void)[] = [];

/** Replaces what is switched on. Faults that aim at others are kept too: one list for the whole shop. */
export function setFaults(faults: readonly Fault[]): void {
  active = faults;
  for (const listener of listeners) listener();
}
export function listFaults(): readonly Fault[] {
  return active;
}
/** Calls back now, and whenever other faults hold. */
export function onFaults(listener: () => void): void {
  listeners.push(listener);
  listener();
}

/** The faults of a kind that hold here and now; those that ask for a user are left out unless one is given and meant. */
export function faultsOf<K extends Fault['kind']>(kind: K, user?: User, endpoint?: string): readonly FaultOf<K>[] {
  return active.filter((fault): fault is FaultOf<K> => fault.kind === kind)
    .filter(({ target, when }) => (target === undefined || target === service || target === instance) && meets(when ?? {}, user, endpoint));
}

function meets(when: Condition, user: User | undefined, endpoint: string | undefined): boolean {
  if (when.endpoint !== undefined && when.endpoint !== endpoint) return false;
  if (when.role !== undefined && when.role !== user?.role) return false;
  if (when.cartOver !== undefined && !(user !== undefined && user.cartItems > when.cartOver)) return false;
  if (when.flag !== undefined && !user?.flags.includes(when.flag)) return false;
  if (when.tenants !== undefined && !when.tenants.includes(user?.tenant ?? '')) return false;
  return Math.random() < (when.share ?? 1);
}
