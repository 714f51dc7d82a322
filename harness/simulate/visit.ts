import type { Span } from '../model/dataset.ts';
import type { Condition } from './fault.ts';
import type { Role, UserEndpoint } from './incident.ts';
import type { Random } from './random.ts';

/** One user's request to the gateway and everything that it caused: one trace. */
export interface Visit {
  readonly endpoint: UserEndpoint;
  readonly role: Role;
  readonly cartItems: number;
  readonly traceId: string;
  readonly orderId: string;
  /** Number of the visitor: the same one comes again. */
  readonly userId: number;
  /** Flags that are on for this user. */
  readonly flags: ReadonlySet<string>;
  readonly tenant: string | undefined;
  /** Every draw of this visit, in the order of its steps. */
  readonly random: Random;
  /** Draws for what only a fault asks, so that a fault moves no other draw. */
  readonly luck: Random;
  /** Drawn at once, for the same reason. */
  readonly faultZ: number;
  readonly samplingDraw: number;
  /** In the order in which they ended; emptied when the trace is not stored. */
  spans: Span[];
  /** Whether the sampler stored the trace; decided when the root ends. */
  kept: boolean;
  ended: boolean;
}
/** How a server answered. */
export interface Answer {
  readonly status: number;
  readonly errorType: string | undefined;
  /** A code that tells failures of one type apart. */
  readonly errorCode?: string | undefined;
  /** What the answer says beside its status. */
  readonly result?: string | undefined;
}
export const OK: Answer = { status: 200, errorType: undefined };

/** Whether a fault meets this visit. */
export function meets(visit: Visit, { endpoint, role, cartOver, flag, tenants, share }: Condition): boolean {
  if (endpoint !== undefined && endpoint !== visit.endpoint) return false;
  if (role !== undefined && role !== visit.role) return false;
  if (cartOver !== undefined && visit.cartItems <= cartOver) return false;
  if (flag !== undefined && !visit.flags.has(flag)) return false;
  if (tenants !== undefined && !tenants.includes(visit.tenant ?? '')) return false;
  return share >= 1 || visit.luck.fraction() < share;
}
