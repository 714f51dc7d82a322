import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend } from '../model/backend.ts';
import type { Dataset } from '../model/dataset.ts';
import type { AlertRun, Notification } from '../model/transcript.ts';
import { isVariant, readAssertions } from '../rule-file/assertions.ts';
import { alertsOf, readRuleFile, selectorsOf } from '../rule-file/rule-file.ts';
import type { Place } from './alerting/alertmanager.ts';
import { carry, planShipments } from './alerting/end-to-end.ts';
import type { Cargo } from './alerting/end-to-end.ts';
import { startHook } from './alerting/hook.ts';
import { alertingRules, firedInstances, judgeCase } from './alerting/judge.ts';
import type { AlertingRule, Case, Judgement } from './alerting/judge.ts';
import { Limiter } from './alerting/limiter.ts';
import { findNeeds } from './alerting/needs.ts';
import { notifyExactly } from './alerting/notify.ts';
import type { FiredAlert } from './alerting/notify.ts';
import { openPromtool } from './alerting/promtool.ts';
import type { Promtool } from './alerting/promtool.ts';
import { judgeRefusals } from './alerting/refusals.ts';
import { runVirtualTime } from './alerting/virtual-time.ts';
import type { VirtualRequest } from './alerting/virtual-time.ts';

const CONFIG = 'snippets/stack/alertmanager.yml';

/** Rules: evaluated in virtual time by promtool, notified by a real Alertmanager, carried once through the whole chain. */
export const alerting: Backend = {
  name: 'alerting',
  images: ['prometheus', 'alertmanager', 'sandbox'],
  rules: alertingRules,
  configFiles: () => [CONFIG],
  start: async (context) => ({
    versions: ['prometheus', 'alertmanager'].map((name) => ({ name, version: context.engine.version(name) })),
    run: (requests, onResult, signal) => runRules(context, requests, onResult, signal),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

type OnResult = (result: RunResult) => void;

async function runRules(context: BackendContext, requests: readonly RunRequest[], onResult: OnResult, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  await using promtool = await openPromtool(context, signal);
  const refused = requests.filter((request) => request.block.attributes.has('rejects'));
  for (const result of await judgeRefusals(refused.map((request) => request.block), promtool, signal)) onResult(result);
  const cases = await evaluateRules(requests.filter((request) => !refused.includes(request)), promtool, signal);
  const judged = cases.map((one) => ({ one, judgement: judgeCase(one) }));
  const elapsedMs = (performance.now() - startedMs) / Math.max(1, judged.length);
  context.progress(`${judged.length} blocks of rules in virtual time`);
  const proven: Proven[] = [];
  for (const { one, judgement } of judged) {
    const fired = firedOnIncidents(one);
    if (judgement.findings.length > 0) onResult({ block: one.block, output: undefined, findings: judgement.findings, elapsedMs });
    else if (fired.length === 0) onResult({ block: one.block, output: toOutput(judgement.runs, [], []), findings: [], elapsedMs });
    else proven.push({ one, judgement, fired });
  }
  if (proven.length > 0) await deliver(context, proven, onResult, elapsedMs, signal);
}

interface Proven {
  readonly one: Case;
  readonly judgement: Judgement;
  readonly fired: readonly Fired[];
}
type Fired = FiredAlert & Omit<Cargo, 'ruleFile'> & { readonly dataset: Dataset };

/** Evaluates blocks over all datasets that they name, with ONE promtool call. Throws what promtool and simulating throw. */
export async function evaluateRules(requests: readonly RunRequest[], promtool: Promtool, signal: AbortSignal): Promise<Case[]> {
  const cases = requests.flatMap((request): Omit<Case, 'result'>[] => {
    const assertions = readAssertions(request.block);
    const main = assertions.datasets[0] === undefined ? request.dataset : request.named(assertions.datasets[0]);
    if (main === undefined) return [];
    const file = readRuleFile(request.block.text);
    const needs = findNeeds(request.block, file, request.allBlocks, main.series.map((series) => series.labels['__name__']));
    return [{ block: request.block, file, needs, assertions, main, named: request.named }];
  });
  const wanted = cases.map((one): VirtualRequest => ({ text: one.block.text, file: one.file, needs: one.needs, datasets: datasetsOf(one) }));
  const results = await runVirtualTime(wanted, promtool, signal);
  return cases.map((one, index) => ({ ...one, result: results[index] ?? { runs: new Map(), failures: [] } }));
}

function datasetsOf({ assertions, main, named }: Omit<Case, 'result'>): Dataset[] {
  const names = [...assertions.fires.flatMap((claim) => claim.dataset ?? []), ...assertions.quiet, ...assertions.never.map((claim) => claim.control)];
  const byName = new Map([main, ...names.map(named)].map((dataset) => [dataset.name, dataset]));
  return [...byName.values()];
}

/** Alerts of `fires` on incidents as they are: variants prove thresholds, and nobody is told of them. */
function firedOnIncidents(one: Case): Fired[] {
  const claims = one.assertions.fires.map(({ alert, dataset }) => ({ alert, over: dataset === undefined ? one.main : one.named(dataset) }));
  return claims.filter(({ over }) => !isVariant(over.name)).flatMap(({ alert, over }) => firedInstances(one, alert, over).flatMap((instance): Fired[] => {
    const { firingMs, resolvedMs } = instance;
    if (firingMs === undefined) return [];
    const expression = alertsOf(one.file).find((rule) => rule.name.value === alert)?.expression.value ?? '';
    return [{ ...instance, firingMs, resolvedMs, expression, untilMs: resolvedMs ?? over.endMs, dataset: over }];
  }));
}

// Seconds are enough; a machine that builds images meanwhile needs more.
const TIMEOUT_MS = 60_000;
// Containers at a time: an exact Alertmanager takes 15 MB, a pair 70 MB. The two kinds have their own slots, since a pair waits for its exact one.
const EXACT_LIMIT = 8;
const PAIR_LIMIT = 6;

/** Exact notifications and the end-to-end pairs of all blocks, side by side: each waits far more than it works. */
async function deliver(context: BackendContext, proven: readonly Proven[], onResult: OnResult, virtualMs: number, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const config = readFileSync(join(context.root, CONFIG), 'utf8');
  context.progress(`${proven.length} blocks of rules through Alertmanager`);
  await using hook = await startHook(context, context.network, signal);
  const placeOf = (alias: string): Place => ({ network: context.network, hook, config, alias, timeoutMs: TIMEOUT_MS });
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const [exactly, pairs] = [new Limiter(EXACT_LIMIT, either), new Limiter(PAIR_LIMIT, either)];
  const exact = Promise.all(proven.map(async ({ fired }, block) => {
    const datasets = [...new Set(fired.map((alert) => alert.dataset))];
    return (await Promise.all(datasets.map((dataset, order) => exactly.run(() =>
      notifyExactly(context, placeOf(`alertmanager-exact-${block}-${order}`), fired.filter((alert) => alert.dataset === dataset), either))))).flat();
  }));
  const files = proven.map(({ one }) => ({ text: one.block.text, needs: one.needs.map(({ text }) => text), selectors: [...one.needs, one].flatMap(({ file }) => selectorsOf(file)) }));
  const cargo = proven.flatMap(({ fired }, ruleFile) => fired.map((alert) => ({ ...alert, ruleFile })));
  // A block has Alertmanagers of its own: what one alert inhibits is no business of another block's.
  const shipments = proven.flatMap((_, block) => {
    const own = cargo.filter(({ ruleFile }) => ruleFile === block);
    return [...new Set(own.map((one) => one.dataset))].flatMap((dataset) => planShipments(dataset, own.filter((one) => one.dataset === dataset)));
  });
  const carried = Promise.all(shipments.map((shipment, index) => pairs.run(() => carry(context, placeOf(`alertmanager-${index}`), shipment, files, exact, either))));
  try {
    const [notifications, problems] = await Promise.all([exact, carried]);
    const lost = new Map(problems.flatMap((one) => [...one]));
    const elapsedMs = virtualMs + (performance.now() - startedMs) / proven.length;
    proven.forEach((one, index) => onResult(toResult(one, notifications[index] ?? [], cargo.filter((alert) => alert.ruleFile === index), lost, elapsedMs)));
  } catch (error) {
    // What the others started must be gone before the network is.
    failed.abort(error);
    await Promise.all([exactly.settle(), pairs.settle()]);
    throw error;
  }
}

function toResult({ one, judgement }: Proven, notifications: readonly Notification[], cargo: readonly Cargo[], lost: ReadonlyMap<Cargo, string>, elapsedMs: number): RunResult {
  const findings = cargo.flatMap((alert) => {
    const problem = lost.get(alert);
    const name = alert.labels['alertname'] ?? '';
    const range = alertsOf(one.file).find((rule) => rule.name.value === name)?.name.range ?? { offset: 0, length: one.block.text.length };
    return problem === undefined ? [] : [{ block: one.block, rule: 'not-carried' satisfies AlertingRule, range, message: `${name} did not come end to end as virtual time says: ${problem}. Look at its labels and at ${CONFIG}.` }];
  });
  if (findings.length > 0) return { block: one.block, output: undefined, findings, elapsedMs };
  const told = new Set(notifications.flatMap((notification) => notification.alerts.map((alert) => alert.labels['alertname'] ?? '')));
  return { block: one.block, output: toOutput(judgement.runs, notifications, [...told].sort()), findings: [], elapsedMs };
}

function toOutput(runs: readonly AlertRun[], notifications: readonly Notification[], carried: readonly string[]): RunResult['output'] {
  return { kind: 'rules', runs, notifications, carried };
}
