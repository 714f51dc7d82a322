import fc from 'fast-check';
import type { Run } from '../../harness/simulate/run-incident.ts';
import { runText } from './small-shop.ts';

/** What a run of the hard shop draws: where patience ends, how often is tried again, and which faults come when. */
export interface HardShop {
  readonly seed: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly balance: 'round-robin' | 'least-connections';
  readonly faults: readonly string[];
}
const SPELLS = [['10:00:40', '10:01:30'], ['10:01:07', '10:02:00'], ['10:01:45', '10:02:20']] as const;
/** Faults that may come in any company. */
const FAULTS = [
  'kind: latency, target: inventory, value: 600ms, sigma: 0.4, when: {share: 40 %}',
  'kind: latency, target: discount, value: 900ms, sigma: 0.2, call: {peer: loyalty-api, endpoint: GET /offers}',
  'kind: slow-query, target: checkout, query: insert_order, value: 200ms, plan: SCAN orders',
  'kind: errors, target: payment, status: 500, error_type: PaymentError, codes: {a: 60 %, b: 40 %}, when: {share: 30 %}',
  'kind: pool, target: checkout, connections: 1',
  'kind: traffic, factor: 2',
  'kind: instance-down, target: "checkout-2:8080"',
  'kind: instance-down, graceful: true, target: "inventory-1:8080"',
  'kind: rotated-token, target: payment, code: KX-1',
  'kind: stock-race, target: inventory, value: 150ms',
  'kind: log-level, lines_per_request: 2',
  'kind: headers-stripped, target: payment',
  'kind: busy-loop, target: gateway, value: 40ms, when: {share: 50 %}',
  'kind: circular-call, target: discount, depth: 3, when: {role: vip}',
  'kind: database-down, target: checkout, successor: db-2',
  'kind: leak, target: discount, bytes_per_request: 400000, limit_bytes: 140000000',
  'kind: cache, target: discount, state: down',
] as const;

export const hardShops: fc.Arbitrary<HardShop> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  timeoutMs: fc.constantFrom(150, 400, 1500),
  attempts: fc.integer({ min: 1, max: 3 }),
  balance: fc.constantFrom('round-robin' as const, 'least-connections' as const),
  faults: fc.uniqueArray(fc.tuple(fc.constantFrom(...FAULTS), fc.constantFrom(...SPELLS)), { minLength: 2, maxLength: 6, selector: ([fault]) => fault })
    .map((drawn) => drawn.map(([fault, [at, until]]) => `{at: "${at}", until: "${until}", ${fault}}`)),
});
export const HARD_SHOP_START_MS = Date.parse('2026-01-05T10:00:00Z');

/** Two and a half minutes of a shop that is driven hard; everything is traced and every request has its line. */
export function hardShop({ seed, timeoutMs, attempts, balance, faults }: HardShop): string {
  const work = (median: string): string => `work: {median: ${median}, sigma: 0.4}`;
  const policy = `{timeout: ${timeoutMs}ms, attempts: ${attempts}, backoff: 20ms}`;
  return `title: Hard shop
start: 2026-01-05T10:00:00Z
duration: 150s
scrape_every: 15s
seed: ${seed}
traffic: {POST /checkout: 7, GET /products: 4}
population: {standard: 50 %, premium: 25 %, vip: 25 %}
network: 500us
stock: 500
balance: ${balance}
services:
  gateway: {version: 1.0.0, instances: ["gateway-1:8080"], ${work('3ms')}, log_every: [POST /checkout, GET /products], calls: {checkout: {timeout: 3s}}}
  checkout: {version: 1.0.0, instances: ["checkout-1:8080", "checkout-2:8080"], ${work('9ms')}, calls: {inventory: ${policy}, payment: ${policy}, discount: ${policy}}, database: {connections: 3, timeout: 300ms, query: {median: 20ms, sigma: 0.8}}, log_every: [POST /checkout, GET /cart]}
  inventory: {version: 1.0.0, instances: ["inventory-1:8080", "inventory-2:8080"], ${work('3ms')}, database: {connections: 2, timeout: 300ms, query: {median: 10ms, sigma: 0.8}}, log_every: [POST /reserve]}
  payment: {version: 1.0.0, instances: ["payment-1:8080"], ${work('14ms')}, log_every: [POST /charge]}
  discount: {version: 1.0.0, instances: ["discount-1:8080"], ${work('4ms')}, log_every: [GET /quote], cache: {hits: 70 %, max_bytes: 160000, entry_bytes: 16000}}
${faults.length === 0 ? '' : `faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`}sampling: {keep_slower_than: 10s, keep_errors: true, keep_share: 100 %}
`;
}

const runs = new Map<string, Run>();
/** Over shops: what holds whatever happens. All properties look at the same runs. */
export function everyHardRun(check: (run: Run, shop: HardShop) => void): void {
  fc.assert(fc.property(hardShops, (shop) => {
    const text = hardShop(shop);
    const run = runs.get(text) ?? runText(text);
    runs.set(text, run);
    check(run, shop);
  }), { numRuns: 12, seed: 11 });
}
