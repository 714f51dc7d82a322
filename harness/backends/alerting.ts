import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { AlertRun, Notification } from '../model/transcript.ts';
import { isVariant, readAssertions } from '../rule-file/assertions.ts';
import { readExpression } from '../rule-file/expression.ts';
import { alertsOf, readRuleFile } from '../rule-file/rule-file.ts';
import type { RuleFile } from '../rule-file/rule-file.ts';
import type { Place } from './alerting/alertmanager.ts';
import { carry, planShipments } from './alerting/end-to-end.ts';
import type { Cargo } from './alerting/end-to-end.ts';
import { startHook } from './alerting/hook.ts';
import { alertingRules, firedInstances, judgeCase } from './alerting/judge.ts';
import type { AlertingRule, Case, Judgement } from './alerting/judge.ts';
import { notifyExactly } from './alerting/notify.ts';
import type { FiredAlert } from './alerting/notify.ts';
import { openPromtool } from './alerting/promtool.ts';
import type { Promtool } from './alerting/promtool.ts';
import { judgeRefusals } from './alerting/refusals.ts';
import { runVirtualTime } from './alerting/virtual-time.ts';
import type { VirtualRequest } from './alerting/virtual-time.ts';

const CONFIG = 'snippets/stack/alertmanager.yml';
const RULE_TITLE = /\.rules\.ya?ml$/;

/** Rules: evaluated in virtual time by promtool, notified by a real Alertmanager, carried once through the whole chain. */
export const alerting: Backend = {
  name: 'alerting',
  images: ['prometheus', 'alertmanager', 'sandbox'],
  rules: alertingRules,
  configFiles: [CONFIG],
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
  const cases = await evaluate(requests.filter((request) => !refused.includes(request)), promtool, signal);
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
type Fired = FiredAlert & Cargo0;
/** What the end-to-end run needs of an alert beside its place among the rule files. */
type Cargo0 = Omit<Cargo, 'ruleFile'> & { readonly dataset: Case['main'] };

/** ONE promtool call for all blocks and all their datasets. */
async function evaluate(requests: readonly RunRequest[], promtool: Promtool, signal: AbortSignal): Promise<Case[]> {
  const cases = requests.flatMap((request): Omit<Case, 'result'>[] => {
    const assertions = readAssertions(request.block);
    const main = assertions.datasets[0] === undefined ? request.dataset : request.named(assertions.datasets[0]);
    return main === undefined ? [] : [{ block: request.block, file: readRuleFile(request.block.text), assertions, main, named: request.named }];
  });
  const wanted = cases.map((one, index): VirtualRequest => ({
    text: one.block.text, file: one.file, needs: findNeeds(one.block, one.file, requests[index]?.allBlocks ?? [], one.main.series.map((series) => series.labels['__name__'])),
    datasets: datasetsOf(one),
  }));
  const results = await runVirtualTime(wanted, promtool, signal);
  return cases.map((one, index) => ({ ...one, result: results[index] ?? { runs: new Map(), failures: [] } }));
}

function datasetsOf({ assertions, main, named }: Omit<Case, 'result'>): Case['main'][] {
  const names = [...assertions.fires.flatMap((claim) => claim.dataset ?? []), ...assertions.quiet, ...assertions.never.map((claim) => claim.control)];
  const byName = new Map([main, ...names.map(named)].map((dataset) => [dataset.name, dataset]));
  return [...byName.values()];
}

/** Blocks of the same edition whose recording rules this file reads, and theirs, in the order in which they must be evaluated. */
function findNeeds(block: Block, file: RuleFile, allBlocks: readonly Block[], measured: readonly (string | undefined)[]): { text: string; file: RuleFile }[] {
  const known = new Set(measured);
  const editionOf = (page: string): string => /^\d+\.\d+(?=\/)/.exec(page)?.[0] ?? '';
  const others = allBlocks
    .filter((other) => other.id !== block.id && RULE_TITLE.test(other.title ?? '') && !other.attributes.has('rejects') && editionOf(other.page) === editionOf(block.page))
    .map((other) => ({ text: other.text, file: readRuleFile(other.text) }));
  const found: { text: string; file: RuleFile }[] = [];
  const visit = (reader: RuleFile): void => {
    for (const rule of rulesOf(reader)) if (rule.kind === 'record') known.add(rule.name.value);
    const missing = rulesOf(reader).flatMap((rule) => readExpression(rule.expression.value).selectors.flatMap(({ metric }) => metric ?? [])).filter((metric) => !known.has(metric));
    for (const metric of missing) {
      const writer = others.find((other) => rulesOf(other.file).some((rule) => rule.kind === 'record' && rule.name.value === metric));
      if (writer === undefined || found.includes(writer)) continue;
      visit(writer.file);
      found.push(writer);
    }
  };
  visit(file);
  return found;
}

function rulesOf(file: RuleFile): RuleFile['groups'][number]['rules'] {
  return file.groups.flatMap((group) => group.rules);
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

/** Exact notifications and the end-to-end pairs of all blocks, side by side: each waits far more than it works. */
async function deliver(context: BackendContext, proven: readonly Proven[], onResult: OnResult, virtualMs: number, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const config = readFileSync(join(context.root, CONFIG), 'utf8');
  await using hook = await startHook(context, context.network, signal);
  const placeOf = (alias: string): Place => ({ network: context.network, hook, config, alias });
  context.progress(`${proven.length} blocks of rules through Alertmanager`);
  const exact = Promise.all(proven.map(async ({ fired }, block) => {
    const datasets = [...new Set(fired.map((alert) => alert.dataset))];
    return (await Promise.all(datasets.map((dataset, order) =>
      notifyExactly(context, placeOf(`alertmanager-exact-${block}-${order}`), fired.filter((alert) => alert.dataset === dataset), signal)))).flat();
  }));
  const files = proven.map(({ one }) => ({ text: one.block.text, selectors: rulesOf(one.file).flatMap((rule) => readExpression(rule.expression.value).selectors) }));
  const cargo = proven.flatMap(({ fired }, ruleFile) => fired.map((alert) => ({ ...alert, ruleFile })));
  const shipments = [...new Set(cargo.map((one) => one.dataset))].flatMap((dataset) => planShipments(dataset, cargo.filter((one) => one.dataset === dataset)));
  const carried = Promise.all(shipments.map((shipment, index) => carry(context, placeOf(`alertmanager-${index}`), shipment, files, exact, signal)));
  const [notifications, problems] = await Promise.all([exact, carried]);
  const lost = new Map(problems.flatMap((one) => [...one]));
  const elapsedMs = virtualMs + (performance.now() - startedMs) / proven.length;
  proven.forEach((one, index) => onResult(toResult(one, notifications[index] ?? [], cargo.filter((alert) => alert.ruleFile === index), lost, elapsedMs)));
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
