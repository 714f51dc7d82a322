import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseDocument } from 'yaml';
import { answerClaim, type LivedRun } from '../../harness/backends/shop/claims.ts';
import { LiveClock } from '../../harness/backends/shop/clock.ts';
import { planShop, readClock } from '../../harness/backends/shop/plan.ts';
import { readLivePlans } from '../../harness/backends/shop/run-live.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { makeCourse, repository } from '../support/course.ts';

vi.setConfig({ testTimeout: 180_000 });
const plans = readLivePlans(repository);
const FOLDER = 'snippets/incidents';
const live = readdirSync(join(repository, FOLDER)).filter((name) => name.endsWith('.yaml')).flatMap((file) =>
  parsePage({ root: repository, file: `${FOLDER}/${file}` }).blocks.flatMap(({ name, expectation }) =>
    (expectation === undefined || expectation.proven === 'dataset' ? [] : [{ incident: file.slice(0, -'.yaml'.length), name, expectation }])));

test('what an incident states of its live run has a plan, and plans have something to hold', () => {
  expect([...plans.keys()].sort()).toEqual([...new Set(live.map(({ incident }) => incident))].sort());
  expect(plans.size).toBeGreaterThan(5);
});

test.each([...plans])('%s restates only claims that it makes, and is over well before its minute of traffic is', (incident, { scale, expect: restated = {}, at = {} }) => {
  const names = live.filter((one) => one.incident === incident).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(restated), ...Object.keys(at)]));
  const { timeline: { faults, startMs } } = planShop({ root: repository, incident });
  const moments = [...faults.flatMap(({ atMs, untilMs }) => [atMs, untilMs]), ...Object.values(at).map((clock) => readClock(clock, startMs))];
  // None on a day without a fault.
  const spanMs = moments.length === 0 ? 0 : Math.max(...moments) - Math.min(...moments);
  expect(spanMs / scale / 1_000).toBeLessThanOrEqual(45);
});

test('--live says what it does not go with, and which incidents have a live run', async () => {
  using course = makeCourse({});
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await course.run(args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused('check', '--live')).toContain('--live belongs to verify: check runs nothing');
  for (const other of [['--update'], ['--watch'], ['--shard', '1/2'], ['--stack', 'prometheus=v3.13.0']]) expect(await refused('verify', '--live', ...other)).toContain('leave out --update');
  course.write(`${FOLDER}/quiet-day.yaml`, readFileSync(join(repository, FOLDER, 'leak.yaml'), 'utf8').replace(/^start: 2026-/m, 'start: 2025-'));
  expect(await refused('verify', '--live', 'incidents/quiet-day')).toMatch(/quiet-day\.yaml has no live run: only incidents with an entry in snippets\/technow\/live\.yaml have one: .*incidents\/launch-day/);
});

test('an alert of which Prometheus says nothing is not taken for quiet', async () => {
  const server = createServer((_request, response) => response.writeHead(422, { 'Content-Type': 'application/json' }).end('{"status":"error","error":"query timed out"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const shop = { prometheusUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const run = { shop, clock: new LiveClock([{ dayMs: 0, liveMs: 0 }], 1), scale: 1, beganMs: 0, endedMs: 1_000, dayStartMs: 0 } as unknown as LivedRun;
  const claim = parsePage({ root: repository, file: `${FOLDER}/healthy.yaml` }).blocks.find(({ name }) => name === 'alert-p99');
  await expect(answerClaim(run, claim as NonNullable<typeof claim>, undefined, new AbortController().signal)).rejects.toThrow('Prometheus did not say whether HighLatencyP99 fired');
  server.close();
});

test('a day without its fault refutes on the real services what is visible, and leaves what is not', async ({ skip }) => {
  using course = makeCourse({});
  const day = parseDocument(readFileSync(join(repository, FOLDER, 'checkout-lag.yaml'), 'utf8'));
  for (const key of ['faults', 'deploys', 'parameters']) day.delete(key);
  course.write(`${FOLDER}/checkout-lag.yaml`, day.toString({ lineWidth: 0 }));
  const { stdout, stderr, code } = await course.run(['verify', '--live', 'incidents/checkout-lag', '--report', 'json']);
  const { blocks } = JSON.parse(stdout) as { readonly blocks: readonly { readonly id: string; readonly verdict: string; readonly reason?: string }[] };
  const unmeasured = blocks.find(({ verdict }) => verdict === 'skipped');
  if (unmeasured !== undefined) skip(unmeasured.reason);
  const claims = live.filter(({ incident }) => incident === 'checkout-lag');
  const wanted = claims.map(({ name, expectation }) => [`incidents/checkout-lag#${name}`, expectation.visible ? 'failed' : 'passed']);
  expect(blocks.map(({ id, verdict }) => [id, verdict]), stderr).toEqual(wanted);
  expect(code).toBe(1);
});
