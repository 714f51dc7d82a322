import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, BackendContext, RunRequest, RunResult, StartedBackend } from '../model/backend.ts';
import type { AlertRun, Notification } from '../model/transcript.ts';
import { isVariant } from '../rule-file/assertions.ts';
import { alertsOf } from '../rule-file/rule-file.ts';
import type { Place } from './alerting/alertmanager.ts';
import { planShipments, type Cargo } from './alerting/end-to-end.ts';
import { startHook } from './alerting/hook.ts';
import { alertingRules, firedInstances, judgeCase, type Case, type Judgement } from './alerting/judge.ts';
import { Limiter } from './alerting/limiter.ts';
import { notifyExactly, type FiredAlert } from './alerting/notify.ts';
import { openPromtool } from './alerting/promtool.ts';
import { loadLines, loki as lokiBackend, startLokiServer, tenantOf } from './loki.ts';
import { datasetsOf, evaluateOnLoki, type Evaluated } from './loki-rules/evaluate.ts';
import { carryByRuler, type Carried } from './loki-rules/ruler.ts';

const ROUTING = 'snippets/stack/alertmanager.yml';
// Seconds are enough; a machine that builds images meanwhile needs more.
const TIMEOUT_MS = 60_000;
/** Pairs of Loki and Alertmanager at a time: one takes 60 MB. */
const LIMIT = 2;
const { 'not-rejected': _, 'evaluation-failed': __, 'records-nothing': ___, ...shared } = alertingRules;

/** Rules of Loki's ruler: Loki answers their expressions at every step of a dataset, promtool runs them over the answers, and the ruler carries them once. */
export const lokiRules: Backend = {
  name: 'loki-rules',
  images: ['loki', 'prometheus', 'alertmanager', 'sandbox'],
  rules: {
    ...shared,
    'records-nothing': { level: 'error', summary: 'A recording rule wrote no sample over its dataset.' },
    'evaluation-failed': { level: 'error', summary: 'Loki could not evaluate a rule over the dataset.' },
  },
  configFiles: (root) => [ROUTING, ...lokiBackend.configFiles(root), 'harness/backends/loki-rules/evaluate.ts'],
  start: async (context) => ({
    versions: ['loki', 'prometheus', 'alertmanager'].map((name) => ({ name, version: context.engine.version(name) })),
    run: (requests, onResult, signal) => runRules(context, requests, onResult, signal),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

interface Proven {
  readonly one: Case;
  readonly judgement: Judgement;
  readonly fired: readonly Fired[];
}
type Fired = FiredAlert & Omit<Cargo, 'ruleFile'> & { readonly dataset: Case['main'] };
type OnResult = (result: RunResult) => void;

async function runRules(context: BackendContext, requests: readonly RunRequest[], onResult: OnResult, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const cases = await evaluate(context, requests, signal);
  const elapsedMs = (performance.now() - startedMs) / Math.max(1, cases.length);
  const proven: Proven[] = [];
  for (const one of cases) {
    if ('refused' in one) {
      onResult({ block: one.block, output: undefined, elapsedMs, findings: [{ block: one.block, rule: 'evaluation-failed', range: one.refused.rule.expression.range, message: `Loki could not evaluate ${one.refused.rule.name.value}: ${one.refused.said.trim().replace(/\.?$/, '.')} Correct the expression.` }] });
      continue;
    }
    const judgement = judgeCase(one);
    const fired = firedOnIncidents(one);
    if (judgement.findings.length > 0) onResult({ block: one.block, output: undefined, findings: judgement.findings, elapsedMs });
    else if (fired.length === 0) onResult({ block: one.block, output: toOutput(judgement.runs, [], []), findings: [], elapsedMs });
    else proven.push({ one, judgement, fired });
  }
  if (proven.length > 0) await deliver(context, proven, onResult, elapsedMs, signal);
}

/** One Loki for all datasets that are named, gone before the alerts are carried. */
async function evaluate(context: BackendContext, requests: readonly RunRequest[], signal: AbortSignal): Promise<Evaluated[]> {
  await using promtool = await openPromtool(context, signal);
  await using server = await startLokiServer(context, { aliases: [], networks: [context.network] }, signal);
  const url = server.url(3100);
  const tenants = new Map([...new Set(requests.flatMap(datasetsOf))].map((dataset) => [dataset, tenantOf(dataset)]));
  await loadLines(url, tenants, signal);
  context.progress(`${requests.length} blocks of rules over the lines of ${tenants.size} datasets`);
  return await evaluateOnLoki(requests, { url, tenants }, promtool, signal);
}

/** Alerts of `fires` on incidents as they are: variants prove thresholds, and nobody is told of them. */
function firedOnIncidents(one: Case): Fired[] {
  const claims = one.assertions.fires.map(({ alert, dataset }) => ({ alert, over: dataset === undefined ? one.main : one.named(dataset) }));
  return claims.filter(({ over }) => !isVariant(over.name)).flatMap(({ alert, over }) => firedInstances(one, alert, over).flatMap((instance): Fired[] => {
    const { firingMs, resolvedMs } = instance;
    const expression = alertsOf(one.file).find((rule) => rule.name.value === alert)?.expression.value ?? '';
    return firingMs === undefined ? [] : [{ ...instance, firingMs, resolvedMs, expression, untilMs: resolvedMs ?? over.endMs, dataset: over }];
  }));
}

/** Exact notifications and the chain through the ruler, side by side. */
async function deliver(context: BackendContext, proven: readonly Proven[], onResult: OnResult, evaluatedMs: number, signal: AbortSignal): Promise<void> {
  const config = readFileSync(join(context.root, ROUTING), 'utf8');
  // Receivers of other backends have the same host name: this one has a network of its own.
  await using network = await context.engine.network();
  await using hook = await startHook(context, network, signal);
  const placeOf = (alias: string): Place => ({ network, hook, config, alias, timeoutMs: TIMEOUT_MS });
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const limiter = new Limiter(LIMIT, either);
  try {
    await Promise.all(proven.map((one, index) => limiter.run(async () => onResult(await deliverOne(context, one, (part) => placeOf(`loki-${part}-${index}`), evaluatedMs, either)))));
  } catch (error) {
    // What the others started must be gone before the network is.
    failed.abort(error);
    await limiter.settle();
    throw error;
  }
}

async function deliverOne(context: BackendContext, { one, judgement, fired }: Proven, placeOf: (part: string) => Place, evaluatedMs: number, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const datasets = [...new Set(fired.map(({ dataset }) => dataset))];
  const exact = Promise.all(datasets.map((dataset, index) => notifyExactly(context, placeOf(`exact-${index}`), fired.filter((alert) => alert.dataset === dataset), signal))).then((all) => all.flat());
  // Once is enough: the chain is the same for every dataset.
  const [shipment] = datasets.flatMap((dataset) => planShipments(dataset, fired.filter((alert) => alert.dataset === dataset).map((alert) => ({ ...alert, ruleFile: 0 }))));
  const nothing: Carried = { lost: new Map(), links: new Map() };
  const [notifications, { lost, links }] = await Promise.all([exact, shipment === undefined ? nothing : carryByRuler(context, placeOf('carried'), shipment, one.block.text, exact, signal)]);
  const elapsedMs = evaluatedMs + performance.now() - startedMs;
  const findings = [...lost].map(([name, problem]) => {
    const range = alertsOf(one.file).find((rule) => rule.name.value === name)?.name.range ?? { offset: 0, length: one.block.text.length };
    return { block: one.block, rule: 'not-carried', range, message: `${name} did not come end to end as virtual time says: ${problem}. Look at its labels and at ${ROUTING}.` };
  });
  if (findings.length > 0) return { block: one.block, output: undefined, findings, elapsedMs };
  return { block: one.block, output: toOutput(judgement.runs, notifications.map((one) => linkBack(one, links)), [...new Set(shipment?.cargo.map(({ labels }) => labels['alertname'] ?? ''))].sort()), findings: [], elapsedMs };
}

/** What was posted for exactness knew only of Prometheus' links. */
function linkBack(notification: Notification, links: Carried['links']): Notification {
  return { ...notification, alerts: notification.alerts.map((alert) => ({ ...alert, generatorURL: links.get(alert.labels['alertname'] ?? '') ?? alert.generatorURL })) };
}

function toOutput(runs: readonly AlertRun[], notifications: readonly Notification[], carried: readonly string[]): RunResult['output'] {
  return { kind: 'rules', runs, notifications, carried };
}
