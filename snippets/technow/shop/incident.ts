import { KINDS, type Condition, type Fault } from './faults.ts';
import type { Timing } from './settings.ts';

const UNITS_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
type Fields = Readonly<Record<string, unknown>>;

/** The faults of an incident file, whose times and shares are text, as running services take them. @throws Error that names what cannot be switched on live */
export function readFaults(incident: unknown): readonly Fault[] {
  return ((incident as { readonly faults?: readonly Fields[] }).faults ?? []).map(readFault);
}

function readFault(fields: Fields): Fault {
  const kind = KINDS.find((known) => known === fields['kind']);
  if (kind === undefined) throw new Error(`A fault of the kind "${String(fields['kind'])}" exists in datasets only; a running shop knows ${KINDS.join(', ')}.`);
  const { at, until, sigma, error_type: errorType, lines_per_request: linesPerRequest, ...rest } = fields;
  return {
    ...rest, kind,
    ...(typeof rest['value'] === 'string' && { value: { ms: readMs(rest['value']), sigma: Number(sigma ?? 0) } satisfies Timing }),
    ...(rest['when'] !== undefined && { when: readCondition(rest['when'] as Fields) }),
    ...(rest['codes'] !== undefined && { codes: readShares(rest['codes'] as Fields) }),
    ...(errorType !== undefined && { errorType }),
    ...(linesPerRequest !== undefined && { linesPerRequest }),
  } as Fault;
}

function readCondition({ cart_over: cartOver, share, ...rest }: Fields): Condition {
  return { ...rest, ...(cartOver !== undefined && { cartOver: Number(cartOver) }), ...(share !== undefined && { share: readShare(share) }) };
}

/** `{standard: 80 %}` → `{standard: 0.8}`. */
export function readShares(shares: Fields): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, readShare(share)]));
}

/** `2.5s` → 2500. */
export function readMs(text: unknown): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(String(text)) ?? [];
  if (amount === undefined) throw new Error(`Found "${String(text)}", expected a duration such as 2.5s or 300ms.`);
  return Number(amount) * (UNITS_MS[unit] ?? 1);
}

function readShare(text: unknown): number {
  const [, amount] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(text)) ?? [];
  if (amount === undefined) throw new Error(`Found "${String(text)}", expected a share such as 8 %.`);
  return Number(amount) / 100;
}
