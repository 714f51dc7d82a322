import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { IncidentError, listIncidents, parseDatasetName, simulate } from '../../harness/simulate/index.ts';
import { runText, smallShop } from './small-shop.ts';

const GOOD = smallShop(1);
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function repositoryWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'incidents-'));
  folders.push(root);
  mkdirSync(join(root, 'snippets/incidents'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'snippets/incidents', name), text);
  return root;
}
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof IncidentError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('parseDatasetName', () => {
  test.each([
    ['checkout-lag', 'checkout-lag', []],
    ['checkout-lag(discount.latency=1.5s)', 'checkout-lag', [['discount.latency', '1.5s']]],
    [' checkout-lag ( discount.latency = 1.5s , seed=3 ) ', 'checkout-lag', [['discount.latency', '1.5s'], ['seed', '3']]],
    ['checkout-lag(share=8%)', 'checkout-lag', [['share', '8%']]],
  ])('%s', (text, incident, overrides) => {
    expect(parseDatasetName(text)).toEqual({ incident, overrides });
  });
  test.each([
    ['', 'does not begin with an incident'],
    ['Checkout Lag', 'does not begin with an incident'],
    ['../secrets', 'does not begin with an incident'],
    ['checkout-lag(a=1', 'does not end with ")"'],
    ['checkout-lag(a=1)b', 'does not end with ")"'],
    ['checkout-lag()', 'the override ""'],
    ['checkout-lag(latency)', 'the override "latency"'],
    ['checkout-lag(a=)', 'the override "a="'],
    ['checkout-lag(a=1,a=2)', 'sets "a" twice'],
  ])('%s is refused', (text, message) => {
    expect(parseDatasetName(text)).toEqual({ error: expect.stringContaining(message) });
  });
});

describe('mistakes in an incident file are told with their place', () => {
  /** `^` stands before the character that the message must point at. */
  test.each<[what: string, from: string, to: string, message: string]>([
    ['an unknown key', 'seed: 1', '^sead: 1', 'unknown key "sead" in the incident: did you mean "seed"?'],
    ['an unknown key deep down', '{keep_slower_than', '{^keep_slow_than', 'unknown key "keep_slow_than" in "sampling": did you mean "keep_slower_than"?'],
    ['an unknown key of a fault', 'kind: pool, conn', 'kind: pool, ^value: 1s, conn', 'unknown key "value" in "faults"[1]: expected one of "at", "until", "target", "kind", "connections"'],
    ['a missing key', 'title: Small shop', '^name: Small shop', 'unknown key "name" in the incident: expected one of "title", "start",'],
    ['another missing key', 'sigma: 0.2, ', '', 'no error'],
    ['a key without a value', 'seed: 1', '^seed:', '"seed" has no value'],
    ['a duration without unit', 'duration: 4m', 'duration: ^4', '"duration" is "4"; expected a duration such as 2.5s, 300ms or 35m'],
    ['a ragged duration', 'duration: 4m', 'duration: ^4.1m', 'the duration is not a whole number of scrapes'],
    ['a fraction of a seed', 'seed: 1', 'seed: ^1.5', '"seed" is "1.5"; expected a whole number'],
    ['shares that do not add up', '{standard: 60 %, premium: 20 %', '^{standard: 60 %, premium: 10 %', 'the shares of "population" sum to 90 %; expected 100 %'],
    ['an unknown service', '  inventory: {', '  inventroy: ^{', 'unknown service "inventroy": did you mean "inventory"?'],
    ['an instance without port', '[payment-1:8080]', '[^payment-1]', '"payment-1" is not an instance; expected host and port such as payment-1:8080'],
    ['an unknown endpoint', 'GET /products: 4', 'GET /product: ^4', 'unknown endpoint "GET /product" in "traffic": did you mean "GET /products"?'],
    ['an unknown kind of fault', 'kind: pool', 'kind: ^pol', '"kind" is "pol": did you mean "pool"?'],
    ['a pool that does not exist', 'target: checkout, kind: pool', 'target: ^payment, kind: pool', '"payment" has no database, so no pool'],
    ['an unknown target', 'target: checkout-2:8080', 'target: ^checkout-3:8080', '"target" is "checkout-3:8080": did you mean "checkout-1:8080"?'],
    ['an unknown role', 'role: vip', 'role: ^vpi', '"role" is "vpi": did you mean "vip"?'],
    ['a time outside', 'until: "10:03:00"', 'until: ^"10:04:01"', '10:04:01 lies outside the dataset'],
    ['a time that is none', 'until: "10:03:00"', 'until: ^soon', '"soon" is not a time of day; expected e.g. 14:02 or 14:02:30 (UTC)'],
    ['a fault that ends first', 'until: "10:03:00"', 'until: ^"10:01:00"', '"until" is not after "at"'],
    ['a parameter that leads nowhere', 'faults.0.value', '^faults.9.value', '"discount.latency" leads to "faults.9.value", where there is no single value; expected e.g. faults.0.value'],
    ['not a start', '2026-01-05T10:00:00Z', '^2026-01-05', '"start" is "2026-01-05"; expected a time in UTC such as 2026-03-11T13:50:00Z'],
    ['a key twice', 'duration: 4m', 'duration: 4m\n^duration: 5m', 'not YAML: Map keys must be unique'],
  ])('%s', (_what, from, to, message) => {
    expect(GOOD).toContain(from);
    const text = GOOD.replace(from, to);
    const before = text.slice(0, text.indexOf('^')).split('\n');
    const place = text.includes('^') ? `incident.yaml:${before.length}:${(before.at(-1) ?? '').length + 1}: ` : '';
    const said = messageOf(() => runText(text.replace('^', '')));
    expect(said.slice(0, place.length + message.length)).toBe(place + message);
  });
  test('a missing key is told at the mapping that lacks it', () => {
    expect(messageOf(() => runText(GOOD.replace('network: 500us\n', '')))).toBe('incident.yaml:1:1: the incident has no "network"; add it, or name a shop that has it');
    expect(messageOf(() => runText(GOOD.replace(/ {2}payment: .*\n/, '')))).toBe('incident.yaml:6:27: "POST /checkout" needs the service "payment"; add it to "services"');
  });
  test('an empty file', () => {
    expect(messageOf(() => runText(''))).toBe('incident.yaml is empty; expected an incident');
  });
});

describe('datasets of a repository', () => {
  test('are listed by name', () => {
    expect(listIncidents(repositoryWith({ 'b.yaml': GOOD, 'a.yaml': GOOD, 'notes.md': '' }))).toEqual(['a', 'b']);
    expect(listIncidents(join(repositoryWith({}), 'nowhere'))).toEqual([]);
  });
  test('lie at least six hours from each other', () => {
    const later = (start: string): string => GOOD.replace('2026-01-05T10:00:00Z', start);
    const said = 'this dataset lies less than 6 h from "a" (2026-01-05 10:00 to 2026-01-05 10:04), and only time keeps them apart: choose another date;';
    const near = repositoryWith({ 'a.yaml': GOOD, 'b.yaml': later('2026-01-05T16:03:00Z'), 'c.yaml': later('2026-01-06T10:00:00Z') });
    expect(messageOf(() => simulate('b', near))).toBe(`snippets/incidents/b.yaml:2:8: ${said} 2026-01-07 is free`);
    expect(messageOf(() => simulate('c', near))).toBe('no error');
    expect(messageOf(() => simulate('b', repositoryWith({ 'a.yaml': GOOD, 'b.yaml': later('2026-01-05T16:04:00Z') })))).not.toContain('6 h');
  });
  test('have the name that the author wrote, without spaces, and the clock of the file', () => {
    const dataset = simulate('a( discount.latency = 2s )', repositoryWith({ 'a.yaml': GOOD }));
    const at = (time: string): number => Date.parse(`2026-01-05T${time}Z`);
    const { name, startMs, endMs, stepMs, faultStartMs, faultEndMs } = dataset;
    expect({ name, startMs, endMs, stepMs, faultStartMs, faultEndMs }).toEqual({
      name: 'a(discount.latency=2s)', startMs: at('10:00:00'), endMs: at('10:04:00'), stepMs: 15_000, faultStartMs: at('10:01:00'), faultEndMs: at('10:03:05'),
    });
  });
  test.each([
    ['lagg', 'no incident "lagg" under snippets/incidents/: did you mean "lag"?'],
    ['lag(discount.latncy=1s)', 'snippets/incidents/lag.yaml:22:13: unknown parameter "discount.latncy" in "lag(discount.latncy=1s)": did you mean "discount.latency"?'],
    ['lag(faults.0.value=1s)', 'snippets/incidents/lag.yaml:22:13: unknown parameter "faults.0.value" in "lag(faults.0.value=1s)": expected one of "discount.latency", "sampling.share"'],
    ['lag(discount.latency=slow)', 'snippets/incidents/lag.yaml:18:81: override discount.latency=slow: "value" is "slow"; expected a duration such as 2.5s, 300ms or 35m'],
    ['lag(', 'bad dataset name: "lag(" opens "(" and does not end with ")"; write e.g. "lag(discount.latency=1.5s)"'],
  ])('%s is refused', (name, message) => {
    const root = repositoryWith({ 'lag.yaml': GOOD });
    expect(messageOf(() => simulate(name, root))).toBe(message);
  });
});
