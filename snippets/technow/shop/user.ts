import { context, propagation } from '@opentelemetry/api';

/** Who asks. It travels beside the trace, as W3C baggage, so that every service of the way can say it. */
export interface User {
  readonly role: string;
  readonly cartItems: number;
  readonly flags: readonly string[];
  readonly tenant: string | undefined;
}

/** The user of the request that is being worked on. */
export function currentUser(): User {
  const baggage = propagation.getBaggage(context.active());
  const read = (name: string): string | undefined => baggage?.getEntry(name)?.value;
  return {
    role: read('user.role') ?? 'standard',
    cartItems: Number(read('cart.items') ?? 1),
    flags: (read('flags') ?? '').split(' ').filter((flag) => flag !== ''),
    tenant: read('tenant'),
  };
}

/** What a browser sends along. */
export function toBaggage({ role, cartItems, flags, tenant }: User): string {
  const fields = { 'user.role': role, 'cart.items': String(cartItems), ...(flags.length === 0 ? {} : { flags: flags.join(' ') }), ...(tenant === undefined ? {} : { tenant }) };
  return Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(',');
}

/** As span attributes: `flag.new_cart`. */
export function flagsOf({ flags }: User): Readonly<Record<string, true>> {
  return Object.fromEntries(flags.map((flag) => [`flag.${flag}`, true]));
}
