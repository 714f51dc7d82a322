import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pollUntil } from '../../harness/backends/live/poll.ts';
import { planShop } from '../../harness/backends/shop/plan.ts';
import { startShop, type Shop } from '../../harness/backends/shop/shop.ts';
import { ROLES } from '../../harness/simulate/incident.ts';
import { simulate } from '../../harness/simulate/index.ts';
import { openContext, root } from '../sandbox/engine.ts';
import { factsOfDataset, type Facts } from './facts.ts';
import { ask, factsOfShop, instancesWithSpan, readLines, signal } from './observe.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });
const PYTHON = 'checkout-2:8080';
const CHECKOUTS = new Set(['checkout-1:8080', PYTHON]);

/** Where the two may differ, and why. One that nothing needs any more fails. */
const EXEMPTIONS: readonly { readonly only: 'services' | 'simulator'; readonly fact: RegExp; readonly reason: string }[] = [
  { only: 'simulator', fact: /^native /, reason: 'client libraries for Node and Python expose classic histograms only' },
  { only: 'simulator', fact: /^type up gauge$/, reason: 'Prometheus makes it itself: nobody states its type' },
  { only: 'services', fact: /^\S+ scrape_\w+\{/, reason: 'Prometheus adds these to every target; no lesson asks them of a dataset' },
  { only: 'services', fact: /^(?:\S+|type) (?:process_|nodejs_)/, reason: 'of what prom-client says about a process, the simulator states what lessons ask' },
  { only: 'services', fact: /^(?:checkout-2:8080|type) python_/, reason: 'Python says other things about its process than Node' },
  { only: 'simulator', fact: /^checkout-2:8080 nodejs_/, reason: 'Python has no event loop of Node' },
  { only: 'services', fact: /^gateway-1:8080 \S+\{.*route=\/(?:login|register)/, reason: 'on the healthy morning nobody logs in or registers; the gateway could' },
  { only: 'services', fact: /^(?:\S+|type) user_registrations_total/, reason: 'the same' },
  { only: 'services', fact: /route=unmatched/, reason: 'simulated users ask for nothing that is not there' },
  { only: 'services', fact: /: service_started "service started" with event:string,instance:string,level:string,msg:string,service:string,ts:string,version:string$/, reason: 'the healthy morning begins with services that run' },
];

let stack: AsyncDisposableStack;
let shop: Shop;
let startMs: number;
let services: Facts;
/** What the instances said of themselves before anybody came. */
let warmed: readonly string[];
const simulator = factsOfDataset(simulate('healthy', root));
/** What both say of a call that took long. On real services one may, on any morning: the machine's time is nobody's. */
const ofSlowCalls = [...factsOfDataset(simulate('checkout-lag', root))].filter((fact) => fact.includes(': outbound_call_slow '));

const until = (what: string, condition: () => Promise<boolean>): Promise<true> => pollUntil(what, 30_000, signal, async () => (await condition()) || undefined);

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const context = await openContext(stack);
  startMs = Date.now();
  shop = stack.use(await startShop(context, planShop({ root, incident: 'healthy', trafficFactor: 4, programs: { [PYTHON]: 'checkout.py' } }), signal));
  await shop.request('gateway-1:8080', '/wp-login.php');
  await shop.warmUp();
  warmed = await Promise.all(['checkout-1:8080', PYTHON, 'payment-1:8080', 'inventory-1:8080'].map((instance) => shop.request(instance, '/metrics')));
  await shop.load(60);
  await until('forty orders at either checkout', async () => (await ask(shop, 'orders_total{result="completed"} >= 40')).length === 2);
  // One user in twelve is a VIP: forty orders may be none of theirs (0.92 to the power of 40: one run in 28).
  for (const role of ROLES) await until(`an order of role ${role} at either checkout`, async () => CHECKOUTS.isSubsetOf(await instancesWithSpan(shop, 'checkout', { 'user.role': role }, startMs)));
  // What is still under way has sent children of spans that nobody has seen.
  await shop.unload();
  await shop.settle();
  services = await factsOfShop(shop, startMs);
});
afterAll(() => stack.disposeAsync());

const unexcused = (only: 'services' | 'simulator', own: Facts, other: Facts): readonly string[] =>
  [...own].filter((fact) => !other.has(fact) && !EXEMPTIONS.some((exemption) => exemption.only === only && exemption.fact.test(fact))).sort();

describe('the real services and the simulator say the same of a healthy morning', () => {
  test('nothing that the simulator states is missing in the services', () => expect(unexcused('simulator', simulator, services)).toEqual([]));
  test('the services state nothing that the simulator does not', () => expect(unexcused('services', services, new Set([...simulator, ...ofSlowCalls]))).toEqual([]));
  test.each(EXEMPTIONS)('$only: still differs because $reason', ({ only, fact }) => {
    const [own, other] = only === 'services' ? [services, simulator] : [simulator, services];
    expect([...own].some((one) => !other.has(one) && fact.test(one))).toBe(true);
  });
});

test('a warm shop has served everywhere, and nothing is under way', () => {
  const orders = warmed.map((text) => Number(/^http_requests_total\{[^}]*status="200"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0));
  expect(orders).toEqual([30, 30, 60, 60]);
});

describe('habits that corrections ask for', () => {
  beforeAll(() => shop.load(100));
  test('an unknown path becomes no label', async () => {
    expect(await ask(shop, 'http_requests_total{route="unmatched"}')).toMatchObject([{ metric: { service: 'gateway', method: 'GET', status: '404' }, value: 1 }]);
    expect(await ask(shop, 'http_requests_total{route=~".*wp-login.*"}')).toEqual([]);
  });
  test.each(['checkout-1:8080', PYTHON])('%s answers with the content type that it is asked for', async (instance) => {
    const answer = await shop.request(instance, '/metrics', ['-H', 'Accept: application/openmetrics-text;version=1.0.0']);
    expect(answer).toMatch(/^content-type: application\/openmetrics-text; version=1\.0\.0; charset=utf-8/im);
    expect(answer.trimEnd().endsWith('# EOF')).toBe(true);
  });
  test('no line tells what one could pay with, however much is logged', async () => {
    const sinceMs = Date.now();
    for (const admin of ['checkout-1:9080', 'checkout-2:9080', 'payment-1:9080']) await shop.request(admin, '/faults', ['-X', 'PUT', '-d', '[{"kind":"log-level","linesPerRequest":2}]']);
    await until('debug lines of both checkouts and payment', async () => (await ask(shop, 'log_lines_total{level="debug"} > 9')).length === 3);
    await shop.faultctl('stop');
    await shop.settle();
    const lines = await readLines(shop, '{level="debug"} |~ "order_received|charge_requested"', sinceMs);
    for (const instance of ['checkout-1:8080', PYTHON, 'payment-1:8080']) {
      expect(lines.filter(({ labels }) => labels['instance'] === instance).map(({ line }) => line).join()).toMatch(/"(?:card|email)":\s?"\[Redacted\]"/);
    }
    expect(lines.map(({ line }) => line).join('\n')).not.toMatch(/4111 ?1111|ada@example|token-of/);
  });
  test('faultctl says what it does not know', async () => {
    await expect(shop.faultctl('start', 'lunch-day')).rejects.toThrow('Found no incident "lunch-day", expected the name of a file in snippets/incidents/');
    await expect(shop.faultctl('stop', 'traffik')).rejects.toThrow('Found the kind "traffik", expected some of: latency, pool');
    await expect(shop.faultctl('begin')).rejects.toThrow('Found the command "begin", expected start INCIDENT [KIND…]');
  });
  test.each(['checkout-1:8080', PYTHON])('%s is stopped in the midst of traffic, and no order is lost', async (instance) => {
    const [failed] = await ask(shop, 'sum(http_requests_total{service="gateway",status="503"})');
    await shop.request(instance.replace('8080', '9080'), '/faults', ['-X', 'PUT', '-d', `[{"kind":"instance-down","target":"${instance}","graceful":true}]`]);
    await until(`${instance} to be down`, async () => (await ask(shop, `up{instance="${instance}"} == 0`)).length === 1);
    await shop.revive(instance);
    await until(`${instance} to serve orders again`, async () => (await ask(shop, `orders_total{instance="${instance}",result="completed"} > 5 and on(instance) up == 1`)).length === 1);
    expect(await ask(shop, 'sum(http_requests_total{service="gateway",status="503"})')).toMatchObject([{ value: failed?.value }]);
  });
  test('SIGTERM ends every service, with a last line that says so', async () => {
    await shop.stop();
    await shop.settle();
    const lines = await readLines(shop, '{service=~".+"} |= "shutdown"', startMs);
    expect([...new Set(lines.map(({ labels }) => labels['instance']))].sort()).toEqual(['checkout-1:8080', 'checkout-2:8080', 'discount-1:8080', 'gateway-1:8080', 'inventory-1:8080', 'payment-1:8080']);
  });
});
