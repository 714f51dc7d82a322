import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { promtoolAt } from '../../harness/backends/alerting/promtool.ts';
import { testRules } from '../../harness/checkers/rule-tests/promtool.ts';
import { presentTools } from '../../harness/scan-command.ts';
import { root } from '../engine/with-engine.ts';

const RULES = 'groups: [{name: g, interval: 1s, rules: [{alert: A, expr: up == 0}]}]\n';
/** Two days by seconds: longer than it takes to end it. */
const TEST = 'rule_files: [a.rules.yml]\nevaluation_interval: 1s\ntests: [{interval: 1s, input_series: [{series: up, values: 1x200000}], alert_rule_test: [{eval_time: 180000s, alertname: A}]}]\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'course-storage-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['rules in virtual time', (path: string, signal: AbortSignal) => promtoolAt(path).run([{ path: 'a.rules.yml', content: RULES }, { path: 'a.test.yml', content: TEST }], ['test', 'rules', 'a.test.yml'], signal)],
  ['unit tests of rules', (path: string, signal: AbortSignal) => testRules(path, [{ text: TEST, rules: [{ name: 'a.rules.yml', text: RULES }] }], signal)],
] as const)('%s leave nothing in the folder for temporary files when they are interrupted', async (_, start) => {
  const promtool = await presentTools(root)('promtool');
  if (promtool === undefined) throw new Error('promtool is not here: npm run images');
  const interrupt = new AbortController();
  const running = start(promtool, interrupt.signal);
  await vi.waitUntil(() => readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.includes('test_storage')), { timeout: 20_000, interval: 5 });
  interrupt.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(readdirSync(folder)).toEqual([]);
});
