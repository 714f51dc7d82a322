import type { Span } from '../model/dataset.ts';
import type { Role, UserEndpoint } from './incident.ts';
import type { Random } from './random.ts';

/** One user's request to the gateway and everything that it caused: one trace. */
export interface Visit {
  readonly endpoint: UserEndpoint;
  readonly role: Role;
  readonly cartItems: number;
  readonly traceId: string;
  readonly orderId: string;
  /** Every draw of this visit, in the order of its steps. */
  readonly random: Random;
  /** Drawn at once, so that a fault moves no other draw. */
  readonly faultZ: number;
  readonly samplingDraw: number;
  /** In the order in which they ended; emptied when the trace is not stored. */
  spans: Span[];
  /** Whether the sampler stored the trace; decided when the root ends. */
  kept: boolean;
}
/** How a server answered. */
export interface Answer {
  readonly status: number;
  readonly errorType: string | undefined;
}
export const OK: Answer = { status: 200, errorType: undefined };
