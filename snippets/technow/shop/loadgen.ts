import { startAdmin } from './admin.ts';
import { faultsOf } from './faults.ts';
import { sleep, urlsOf } from './settings.ts';
import { toBaggage, type User } from './user.ts';

/** Who comes, and how many. LOAD says otherwise, as JSON. */
interface Load {
  /** Requests a second, by endpoint of the gateway. */
  readonly traffic: Readonly<Record<string, number>>;
  /** Shares of the users. */
  readonly population: Readonly<Record<string, number>>;
  readonly flags: Readonly<Record<string, number>>;
  readonly tenants: Readonly<Record<string, number>>;
  /** It ends after so long, or after so many requests. */
  readonly seconds: number;
  readonly requests: number;
}
const load: Load = {
  traffic: { 'POST /checkout': 2.6, 'GET /products': 3 }, population: { standard: 0.8, premium: 0.12, vip: 0.08 }, flags: {}, tenants: {},
  seconds: 60, requests: 5_000, ...(JSON.parse(process.env['LOAD'] ?? '{}') as Partial<Load>),
};
/** Whatever LOAD says: a generator that is left alone must not become an attack. */
const [MAX_SECONDS, MAX_REQUESTS, MAX_PER_SECOND, MAX_OPEN] = [600, 50_000, 300, 1_000];
const [gateway] = urlsOf('gateway');
let sent = 0;
/** Those under way. */
const visits = new Set<Promise<void>>();
let users = 0;

// #region arrivals
/** Customers do not wait for each other: they come when they come, however slow the shop is. */
async function arrive(endpoint: string, perSecond: number, ended: AbortSignal): Promise<void> {
  let nextMs = performance.now();
  while (!ended.aborted && sent < Math.min(load.requests, MAX_REQUESTS)) {
    const factor = faultsOf('traffic').reduce((product, fault) => product * fault.factor, 1);
    nextMs += (-Math.log(1 - Math.random()) * 1_000) / Math.min(perSecond * factor, MAX_PER_SECOND);
    await sleep(Math.max(0, nextMs - performance.now()));
    if (visits.size >= MAX_OPEN || ended.aborted) continue;
    sent++;
    const visiting = visit(endpoint, newUser(users++)).finally(() => visits.delete(visiting));
    visits.add(visiting);
  }
}
// #endregion

/** One request as a browser sends it. Its answer is the shop's business; that there is none, too. */
async function visit(endpoint: string, user: User): Promise<void> {
  const [method = 'GET', route = '/'] = endpoint.split(' ');
  const order = { order_id: `A-${100_000 + users}`, card: '4111 1111 1111 1111', email: 'ada@example.com' };
  try {
    const response = await fetch(gateway + route, {
      method, signal: AbortSignal.timeout(20_000),
      headers: { 'Content-Type': 'application/json', baggage: toBaggage(user) },
      ...(method === 'POST' && { body: JSON.stringify(order) }),
    });
    await response.arrayBuffer();
  } catch {
    // Nobody is there to see who could not connect.
  }
}

/** Evenly spread rather than drawn: a short run has the shares of a long one (multiples of irrational numbers, one for each property). */
function newUser(index: number): User {
  const spread = (step: number): number => (index * step) % 1;
  return {
    role: pick(load.population, spread(0.8191725133961645)) ?? 'standard',
    cartItems: 1 + Math.floor(spread(0.6710436067037893) * 6),
    flags: Object.entries(load.flags).filter(([, share], flag) => spread(0.5497004779019703 + flag * 0.1) < share).map(([name]) => name),
    tenant: pick(load.tenants, spread(0.4142135623730951)),
  };
}

function pick(shares: Readonly<Record<string, number>>, at: number): string | undefined {
  let sum = 0;
  return Object.entries(shares).find(([, share]) => at < (sum += share))?.[0];
}

const admin = startAdmin();
const ended = AbortSignal.timeout(Math.min(load.seconds, MAX_SECONDS) * 1_000);
const stopped = new AbortController();
process.once('SIGTERM', () => stopped.abort());
await Promise.all(Object.entries(load.traffic).map(([endpoint, perSecond]) => arrive(endpoint, perSecond, AbortSignal.any([ended, stopped.signal]))));
await Promise.all(visits);
admin.close();
process.stdout.write(`${JSON.stringify({ event: 'load_ended', sent })}\n`);
