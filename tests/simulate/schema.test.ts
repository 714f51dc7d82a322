import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { IncidentError, listIncidents } from '../../harness/simulate/index.ts';
import { FAULT_KINDS } from '../../harness/simulate/read-fault.ts';
import { readIncident } from '../../harness/simulate/read-incident.ts';
import { smallShop } from './small-shop.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'snippets/incidents');
const schema = JSON.parse(readFileSync(join(FOLDER, 'incident.schema.json'), 'utf8')) as { readonly $defs: { readonly fault: { readonly properties: { readonly kind: { readonly enum: readonly string[] } } } } };
const validate = new Ajv({ strict: false }).compile(schema);

/** One of everything. */
const EVERYTHING = smallShop(1)
  .replace('traffic:', 'flags: {new_cart: 50 %}\ntenants: {alder: 60 %, birch: 40 %}\nstock: 200\nbalance: least-connections\nshape: daily\ntraffic:')
  .replace('  discount: {version: 1.0.0,', '  discount: {version: 1.0.0, cache: {hits: 80 %, max_bytes: 4000, entry_bytes: 40},')
  .replace('  gateway: {version: 1.0.0,', '  gateway: {version: 1.0.0, calls: {checkout: {timeout: 3s, attempts: 2, backoff: 10ms}},')
  .replace('sampling: {', `${[
    'latency, target: "checkout-1:8080", value: 1s, when: {endpoint: POST /checkout, role: vip, cart_over: 3, flag: new_cart, tenants: [alder], share: 8 %}',
    'traffic, factor: 3',
    'slow-query, target: inventory, query: stock_by_sku, value: 300ms, sigma: 0.2, plan: SCAN',
    'errors, target: payment, status: 500, codes: {A: 60 %, B: 40 %}, error_type: PaymentError',
    'rotated-token, target: payment, code: PX-1',
    'stock-race, target: inventory, value: 1s',
    'database-down, target: checkout, successor: orders-db-2',
    'log-level, lines_per_request: 3',
    'log-flood, target: payment, every: 1s, event: again',
    'label, target: gateway, label: user_id, values: 5',
    'sampling, policy: {keep_slower_than: 1s, keep_errors: false, keep_share: 1 %}',
    'headers-stripped, target: payment',
    'leak, target: discount, bytes_per_request: 1000, limit_bytes: 100000000',
    'busy-loop, target: checkout, value: 100ms',
    'circular-call, target: discount, depth: 3',
    'cache, target: discount, state: full',
    'form-broken',
    'scrape, target: "discount-1:8080", state: removed',
    'instance-down, target: "payment-1:8080", graceful: true',
  ].map((rest) => `  - {at: "10:01:00", until: "10:02:00", kind: ${rest}}\n`).join('')}sampling: {`);

function isRead(text: string): boolean {
  try {
    readIncident('incident.yaml', text, { incident: 'incident', overrides: [] });
    return true;
  } catch (error) {
    if (error instanceof IncidentError) return false;
    throw error;
  }
}

describe('the schema for editors', () => {
  test('knows every kind of fault, and no other', () => {
    expect([...schema.$defs.fault.properties.kind.enum].sort()).toEqual([...FAULT_KINDS].sort());
  });
  test.each(listIncidents(ROOT))('accepts %s, which names it', (name) => {
    const text = readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
    expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=incident\.schema\.json$/m);
  });
  test('accepts one of everything, as the reader does', () => {
    expect([validate(parse(EVERYTHING)), validate.errors]).toEqual([true, null]);
    expect(isRead(EVERYTHING)).toBe(true);
    for (const kind of FAULT_KINDS) expect(EVERYTHING).toContain(`kind: ${kind}`);
  });
  test.each([
    ['an unknown key', 'seed: 1', 'sead: 1'], ['a missing key', 'seed: 1\n', ''], ['an unknown kind', 'kind: traffic', 'kind: trafic'], ['an unknown service', 'target: payment, status', 'target: 7, status'],
    ['a share above 1', 'share: 8 %', 'share: eight'], ['a negative time', 'value: 100ms', 'value: -100ms'], ['a duration without unit', 'duration: 4m', 'duration: 4'],
    ['a key of another kind', 'state: full', 'state: full, depth: 3'], ['a field that is missing', ', factor: 3', ''], ['an unknown endpoint', 'endpoint: POST /checkout, role', 'endpoint: GET /checkout, role'],
  ])('refuses %s, as the reader does', (_what, from, to) => {
    expect(EVERYTHING).toContain(from);
    const text = EVERYTHING.replace(from, to);
    expect(isRead(text)).toBe(false);
    expect(validate(parse(text))).toBe(false);
  });
});
