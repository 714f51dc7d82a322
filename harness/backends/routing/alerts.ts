import type { RunRequest } from '../../model/backend.ts';
import type { Finding } from '../../model/checker.ts';
import type { Dataset } from '../../model/dataset.ts';
import { findAlert, readRoutedAlerts, ruleBlocksFor, writtenLabels } from '../../rule-file/routed-alerts.ts';
import type { RoutedAlert, RuleBlock } from '../../rule-file/routed-alerts.ts';
import { findNeeds } from '../alerting/needs.ts';
import type { FiredAlert } from '../alerting/notify.ts';
import type { Promtool } from '../alerting/promtool.ts';
import { runVirtualTime } from '../alerting/virtual-time.ts';
import type { VirtualRequest, VirtualResult } from '../alerting/virtual-time.ts';
import { attributeText, wholeBlock } from '../answers.ts';

/** A block with the alerts that its Alertmanager is to be given, or with why there are none. */
export interface Given {
  readonly request: RunRequest;
  readonly alerts: readonly FiredAlert[];
  readonly findings: readonly Finding[];
}
interface Wanted {
  readonly alert: RoutedAlert;
  readonly found: ReturnType<typeof findAlert>;
}

/** The alerts of each block, in the order of `alerts=`; those of rules come from ONE promtool call. Throws what promtool throws. */
export async function giveAlerts(requests: readonly RunRequest[], promtool: Promtool, signal: AbortSignal): Promise<readonly Given[]> {
  const wanted = requests.map((request) => {
    const rules = ruleBlocksFor(request.block, request.allBlocks);
    return readRoutedAlerts(attributeText(request.block, 'alerts') ?? '').alerts.map((alert): Wanted => ({ alert, found: findAlert(alert.name, rules) }));
  });
  const evaluations = new Map<string, { readonly from: RuleBlock; readonly dataset: Dataset; readonly request: RunRequest }>();
  requests.forEach((request, index) => wanted[index]?.forEach(({ alert, found }) => {
    if (alert.stated === undefined && found !== undefined) evaluations.set(keyOf(found.from, request), { from: found.from, dataset: request.dataset as Dataset, request });
  }));
  const virtual = [...evaluations.values()].map(({ from, dataset, request }): VirtualRequest => ({
    text: from.block.text, file: from.file, datasets: [dataset],
    needs: findNeeds(from.block, from.file, request.allBlocks, dataset.series.map((series) => series.labels['__name__'])),
  }));
  const results = await runVirtualTime(virtual, promtool, signal);
  const resultOf = new Map([...evaluations.keys()].map((key, index) => [key, results[index]]));
  return requests.map((request, index) => {
    const each = (wanted[index] ?? []).map((one) => giveOne(one, request, one.found && resultOf.get(keyOf(one.found.from, request))));
    return { request, alerts: each.flatMap(({ alerts }) => alerts), findings: each.flatMap(({ problem }) => (problem === undefined ? [] : [{ ...wholeBlock(request.block, problem.rule, problem.message), attribute: 'alerts' }])) };
  });
}

function keyOf(from: RuleBlock, { dataset }: RunRequest): string {
  return `${from.block.id} over ${dataset?.name ?? ''}`;
}

interface One {
  readonly alerts: readonly FiredAlert[];
  readonly problem?: { readonly rule: string; readonly message: string };
}

function giveOne({ alert: { name, stated }, found }: Wanted, { dataset, block }: RunRequest, result: VirtualResult | undefined): One {
  // An unknown name is the checker's finding: then the block is not run.
  if (found === undefined || dataset === undefined) return { alerts: [] };
  const expressionOf = (severity: string | undefined): string => (found.rules.find((rule) => rule.labels.get('severity')?.value === severity) ?? found.rules[0])?.expression.value ?? '';
  if (stated !== undefined) {
    const labels = Object.fromEntries([...found.rules.slice(0, 1).flatMap(writtenLabels), ...stated, ['alertname', name]]);
    return { alerts: [{ labels, annotations: {}, firingMs: dataset.faultStartMs ?? dataset.startMs, resolvedMs: undefined, expression: expressionOf(labels['severity']) }] };
  }
  const failed = result?.failures[0];
  if (failed !== undefined) return { alerts: [], problem: { rule: 'rule-not-evaluated', message: `${name} cannot be routed: Prometheus could not evaluate ${failed.rule} of block ${found.from.block.id} over ${dataset.name}: ${failed.message}. Correct that rule.` } };
  const fired = (result?.runs.get(dataset.name)?.alerts.get(name) ?? []).flatMap(({ firingMs, ...instance }): FiredAlert[] =>
    (firingMs === undefined ? [] : [{ labels: instance.labels, annotations: instance.annotations, firingMs, resolvedMs: instance.resolvedMs, expression: expressionOf(instance.labels['severity']) }]));
  if (fired.length > 0) return { alerts: fired };
  return { alerts: [], problem: { rule: 'alert-did-not-fire', message: `${name} (block ${found.from.block.id}) does not fire on ${dataset.name}, so nobody can be told. Name a dataset where it fires, or state the alert with its labels: \`alerts="${name}{service=${serviceOf(block)}}"\`.` } };
}

function serviceOf(block: RunRequest['block']): string {
  return /\bservice\s*=\s*"?(\w+)/.exec(block.text)?.[1] ?? 'checkout';
}
