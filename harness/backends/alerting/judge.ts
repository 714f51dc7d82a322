import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { Rule } from '../../model/diagnostic.ts';
import type { AlertRun } from '../../model/transcript.ts';
import type { RuleAssertions } from '../../rule-file/assertions.ts';
import { formatDuration } from '../../rule-file/durations.ts';
import { alertsOf, rulesOf } from '../../rule-file/rule-file.ts';
import type { PrometheusRule, RuleFile } from '../../rule-file/rule-file.ts';
import { sortNamedSeries } from '../answers.ts';
import type { NeededFile } from './needs.ts';
import type { AlertInstance, VirtualResult } from './virtual-time.ts';

export const alertingRules = {
  'never-fired': { level: 'error', summary: 'An alert did not fire on a dataset where it must.' },
  'wrong-delay': { level: 'error', summary: 'An alert fired earlier or later than the author says.' },
  'fired-when-quiet': { level: 'error', summary: 'An alert fired on a dataset where it must stay quiet.' },
  'fired-but-never': { level: 'error', summary: 'An alert that is shown as a mistake fired after all.' },
  'control-did-not-fire': { level: 'error', summary: 'An alert shown as a mistake does not fire on its control either, so its silence proves nothing.' },
  'pending-too-short': { level: 'error', summary: 'An alert fired before it had been pending for the whole of its `for`.' },
  'records-nothing': { level: 'error', summary: 'A recording rule wrote no sample over its dataset.' },
  'evaluation-failed': { level: 'error', summary: 'Prometheus could not evaluate a rule over the dataset.' },
  'not-carried': { level: 'error', summary: 'An alert did not come through Prometheus and Alertmanager as virtual time says.' },
  'not-rejected': { level: 'error', summary: 'promtool accepts what it must refuse, or says something else.' },
} as const satisfies Readonly<Record<string, Rule>>;
export type AlertingRule = keyof typeof alertingRules;

/** A block of rules with what virtual time found about it. */
export interface Case {
  readonly block: Block;
  readonly file: RuleFile;
  /** Rule files whose recordings this one reads. */
  readonly needs: readonly NeededFile[];
  readonly assertions: RuleAssertions;
  /** The block's own dataset: the first that it names, else its page's. */
  readonly main: Dataset;
  readonly named: (name: string) => Dataset;
  readonly result: VirtualResult;
}
export interface Judgement {
  readonly runs: readonly AlertRun[];
  readonly findings: readonly Finding<AlertingRule>[];
}

/** Holds what the author claims against what happened. Runs are in order of attributes: fires, quiet, never, control. */
export function judgeCase(one: Case): Judgement {
  const findings: Finding<AlertingRule>[] = [...judgeEvaluation(one)];
  // What could not be evaluated neither fired nor kept quiet.
  if (findings.length > 0) return { runs: [], findings };
  const runs: AlertRun[] = [];
  const { fires, quiet, never } = one.assertions;
  for (const { alert, dataset, afterMs } of fires) {
    const over = dataset === undefined ? one.main : one.named(dataset);
    runs.push(...toRuns(one, alert, over));
    findings.push(...judgeFiring(one, alert, over, afterMs));
  }
  for (const alert of new Set(fires.map((claim) => claim.alert))) {
    for (const over of quiet.map(one.named)) {
      runs.push(...toRuns(one, alert, over));
      findings.push(...judgeSilence(one, alert, over, 'fired-when-quiet'));
    }
  }
  for (const { alert, dataset, control, controlAfterMs } of never) {
    const over = dataset === undefined ? one.main : one.named(dataset);
    runs.push(...toRuns(one, alert, over), ...toRuns(one, alert, one.named(control)));
    findings.push(...judgeSilence(one, alert, over, 'fired-but-never'), ...judgeControl(one, alert, over, { control: one.named(control), afterMs: controlAfterMs }));
  }
  return { runs, findings };
}

/** Every alert of a name that fired over a dataset. */
export function firedInstances(one: Case, alert: string, over: Dataset): readonly AlertInstance[] {
  return instancesOf(one, alert, over).filter((instance) => instance.firingMs !== undefined);
}

function instancesOf(one: Case, alert: string, over: Dataset): readonly AlertInstance[] {
  return one.result.runs.get(over.name)?.alerts.get(alert) ?? [];
}

function toRuns(one: Case, alert: string, over: Dataset): AlertRun[] {
  const common = { alert, dataset: over.name, faultStartMs: over.faultStartMs };
  const instances = instancesOf(one, alert, over);
  if (instances.length === 0) return [{ ...common, pendingMs: undefined, firingMs: undefined, resolvedMs: undefined, labels: {}, annotations: {} }];
  return instances.map((instance) => ({ ...common, ...instance }));
}

function judgeFiring(one: Case, alert: string, over: Dataset, afterMs: number | undefined): Finding<AlertingRule>[] {
  const first = firedInstances(one, alert, over).toSorted((left, right) => (left.firingMs ?? 0) - (right.firingMs ?? 0))[0];
  if (first?.firingMs === undefined) return [say(one, alert, 'expr', 'never-fired', `${alert} did not fire on ${over.name}; expected it to, ${describeWanted(afterMs)}. ${describePending(one, alert, over)}`)];
  const heldMs = first.firingMs - first.pendingMs;
  const wantedMs = Math.ceil((ruleOfInstance(one, first)?.forMs ?? 0) / over.stepMs) * over.stepMs;
  if (heldMs !== wantedMs) {
    return [say(one, alert, 'name', 'pending-too-short', `${alert} fired on ${over.name} after ${formatDuration(heldMs)} of pending; its \`for\` rounded up to the step is ${formatDuration(wantedMs)}. The series has gaps around ${clock(first.firingMs)}; look at the dataset.`)];
  }
  if (over.faultStartMs === undefined) return [say(one, alert, 'name', 'wrong-delay', `${over.name} has no fault, so \`after\` counts from nothing; ${alert} fired there at ${clock(first.firingMs)}. Name a dataset with a fault.`)];
  const realMs = first.firingMs - over.faultStartMs;
  if (afterMs === undefined || realMs === afterMs) return [];
  const word = realMs > afterMs ? 'later' : 'earlier';
  return [say(one, alert, 'name', 'wrong-delay', `${alert} fired on ${over.name} ${formatDuration(realMs)} after the fault (at ${clock(first.firingMs)}), ${word} than after=${formatDuration(afterMs)}. If that is right, write after=${formatDuration(realMs)}; else correct the rule.`)];
}

function judgeSilence(one: Case, alert: string, over: Dataset, rule: 'fired-when-quiet' | 'fired-but-never'): Finding<AlertingRule>[] {
  const fired = firedInstances(one, alert, over);
  if (fired.length === 0) return [];
  const times = fired.map((instance) => clock(instance.firingMs ?? 0)).join(', ');
  const next = rule === 'fired-when-quiet' ? 'Raise the threshold or lengthen `for`, or name another dataset in quiet.' : 'If it works, name it in fires; else name a dataset that it misses.';
  return [say(one, alert, 'expr', rule, `${alert} fired on ${over.name} at ${times}; expected silence. ${next}`)];
}

function judgeControl(one: Case, alert: string, over: Dataset, { control, afterMs }: { readonly control: Dataset; readonly afterMs: number | undefined }): Finding<AlertingRule>[] {
  if (firedInstances(one, alert, control).length > 0) return afterMs === undefined ? [] : judgeFiring(one, alert, control, afterMs);
  return [say(one, alert, 'expr', 'control-did-not-fire', `${alert} did not fire on its control ${control.name} either, so its silence on ${over.name} proves nothing. ${describePending(one, alert, control)}`)];
}

function judgeEvaluation(one: Case): Finding<AlertingRule>[] {
  const failed = new Map(one.result.failures.map(({ rule, message }) => [rule, message]));
  const findings = [...failed].map(([rule, message]) => say(one, rule, 'expr', 'evaluation-failed', `Prometheus could not evaluate ${rule}: ${sortNamedSeries(message)}. Aggregate both sides to the same labels, or name them with on (…).`));
  for (const rule of rulesOf(one.file)) {
    const recorded = [...one.result.runs.values()].some((run) => run.recorded.has(rule.name.value));
    if (rule.kind === 'alert' || recorded || failed.size > 0) continue;
    findings.push(say(one, rule.name.value, 'expr', 'records-nothing', `${rule.name.value} recorded no sample over ${[...one.result.runs.keys()].join(', ')}; expected at least one. Ask its expression as a query, part by part: a matcher, a label or a comparison leaves nothing.`));
  }
  return findings;
}

function ruleOf(one: Case, name: string): PrometheusRule | undefined {
  return alertsOf(one.file).find((rule) => rule.name.value === name) ?? rulesOf(one.file).find((rule) => rule.name.value === name);
}

/** Two rules may share a name (a page and a ticket of one symptom): the labels that they set tell them apart. */
function ruleOfInstance(one: Case, { labels }: AlertInstance): PrometheusRule | undefined {
  return alertsOf(one.file).find((rule) => rule.name.value === labels['alertname']
    && [...rule.labels].every(([label, { value }]) => value.includes('{{') || labels[label] === value));
}

function say(one: Case, name: string, at: 'name' | 'expr', rule: AlertingRule, message: string): Finding<AlertingRule> {
  const found = ruleOf(one, name);
  const range = (at === 'name' ? found?.name.range : found?.expression.range) ?? { offset: 0, length: Math.max(1, one.block.text.length) };
  return { block: one.block, rule, range, message };
}

function describeWanted(afterMs: number | undefined): string {
  return afterMs === undefined ? 'after the fault' : `${formatDuration(afterMs)} after the fault`;
}

function describePending(one: Case, alert: string, over: Dataset): string {
  const pending = instancesOf(one, alert, over)[0];
  if (pending === undefined) return 'Its expression was never true there: ask it as a query, part by part.';
  return `It was pending from ${clock(pending.pendingMs)} and gave up before \`for\` was over.`;
}

/** Time of day on the dataset's clock (UTC). */
function clock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}
