import type { Service } from './protocol.ts';

/** Times this long before the wall clock's now count as "a while ago", e.g. `date -d '1 hour ago'` and logcli's --since. */
const REACH_MS = 7 * 24 * 3_600_000;
/** A client asks the clock before it asks the service: ages are rounded down to this, so that a slow machine gives the same answer. */
const GRAIN_MS = 5_000;
/** Jaeger's own default where a search has no start. */
const JAEGER_LOOKBACK_MS = 48 * 3_600_000;

/** The two nows: that of the machine, and that of the dataset. */
export interface Clock {
  readonly wallMs: number;
  readonly nowMs: number;
}

/** Parameters that are times, and the ones that mean "now" when they are left out, by path. */
const IMPLIED: readonly { readonly service: Service; readonly path: RegExp; readonly name: 'time' | 'end' }[] = [
  { service: 'prometheus', path: /^\/api\/v1\/query$/, name: 'time' },
  { service: 'loki', path: /^\/loki\/api\/v1\/query$/, name: 'time' },
  { service: 'loki', path: /^\/loki\/api\/v1\/(?:query_range|labels?|label\/[^/]+\/values|series|index\/|patterns|detected_)/, name: 'end' },
  { service: 'jaeger', path: /^\/api\/traces$/, name: 'end' },
];

/**
 * Moves a request onto the dataset's clock: a time left out means the dataset's now, and one that was reckoned from the machine's now
 * (`date +%s`, promtool, logcli) keeps its distance from it. Times of the dataset stay as they are.
 * @param address parameters in the address; `form` those of a posted form. Both are changed in place
 * @returns true when anything was changed
 */
export function moveClock(service: Service, path: string, address: URLSearchParams, form: URLSearchParams | undefined, clock: Clock): boolean {
  let changed = false;
  for (const parameters of [address, ...(form === undefined ? [] : [form])]) {
    for (const name of ['time', 'start', 'end']) {
      const value = parameters.get(name);
      const timeMs = value === null ? undefined : readTime(service, value);
      const movedMs = timeMs === undefined ? undefined : moveTime(timeMs, clock);
      if (movedMs === undefined) continue;
      parameters.set(name, writeTime(service, movedMs));
      changed = true;
    }
  }
  const implied = IMPLIED.find((each) => each.service === service && each.path.test(path))?.name;
  if (implied === undefined || address.has(implied) || form?.has(implied) === true) return changed;
  const target = form ?? address;
  target.set(implied, writeTime(service, clock.nowMs));
  if (service === 'jaeger' && !address.has('start')) target.set('start', writeTime(service, clock.nowMs - JAEGER_LOOKBACK_MS));
  return true;
}

/** Undefined for a time that stays: one of the dataset, or one that is near to neither now. */
function moveTime(timeMs: number, { wallMs, nowMs }: Clock): number | undefined {
  const ageMs = wallMs - timeMs;
  if (ageMs > REACH_MS || ageMs < -60_000 || Math.abs(timeMs - nowMs) < Math.abs(ageMs)) return undefined;
  return nowMs - Math.max(0, Math.floor(ageMs / GRAIN_MS) * GRAIN_MS);
}

/** Numbers in the service's unit, or RFC 3339. Undefined for what is neither: the service says so itself. */
function readTime(service: Service, text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    if (service === 'jaeger') return Number(text) / 1_000;
    // Loki takes seconds as well, told apart by their length.
    return service === 'loki' && text.length > 15 ? Number(text) / 1_000_000 : Number(text) * 1_000;
  }
  const parsed = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function writeTime(service: Service, timeMs: number): string {
  if (service === 'jaeger') return `${timeMs}000`;
  return service === 'loki' ? `${timeMs}000000` : String(timeMs / 1_000);
}
