import type { Dataset, Labels } from '../../model/dataset.ts';
import { HarnessError } from '../../model/verdict.ts';
import { isSelected } from '../../rule-file/expression.ts';
import { alertsOf, rulesOf, selectorsOf } from '../../rule-file/rule-file.ts';
import type { RuleFile } from '../../rule-file/rule-file.ts';
import type { NeededFile } from './needs.ts';
import type { Promtool, PromtoolFile } from './promtool.ts';
import { readPromtoolOutput } from './promtool-output.ts';
import type { Got } from './promtool-output.ts';
import { toInputSeries } from './series-notation.ts';

/** One rule file to evaluate over datasets. */
export interface VirtualRequest {
  readonly text: string;
  readonly file: RuleFile;
  /** Rule files whose recording rules this one reads, evaluated before it. */
  readonly needs: readonly NeededFile[];
  readonly datasets: readonly Dataset[];
}
/** One alert (an alerting rule can raise several, told apart by labels) over one dataset. */
export interface AlertInstance {
  readonly labels: Labels;
  /** Of the first time that it fired; of the first time that it was pending when it never fired. */
  readonly pendingMs: number;
  readonly firingMs: number | undefined;
  readonly resolvedMs: number | undefined;
  /** As they were when it fired; empty when it never did. */
  readonly annotations: Labels;
}
export interface VirtualRun {
  /** Per alert name; an alert that was never even pending has no instance. */
  readonly alerts: ReadonlyMap<string, readonly AlertInstance[]>;
  /** Recording rules that wrote at least one sample. */
  readonly recorded: ReadonlySet<string>;
}
export interface VirtualResult {
  /** By name of the dataset. */
  readonly runs: ReadonlyMap<string, VirtualRun>;
  /** Rules that Prometheus could not evaluate, with its reason. */
  readonly failures: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * Evaluates all rule files over their datasets with ONE `promtool test rules`, a dataset's step apart.
 * promtool prints no data, so each test expects nothing at each step, and what it got instead is read.
 */
export async function runVirtualTime(requests: readonly VirtualRequest[], promtool: Promtool, signal: AbortSignal): Promise<readonly VirtualResult[]> {
  const units = requests.flatMap((request, index) => [...new Set(request.datasets.map((dataset) => dataset.stepMs))]
    .map((stepMs): Unit => ({ request, index, stepMs, datasets: request.datasets.filter((dataset) => dataset.stepMs === stepMs) })));
  if (units.length === 0) return requests.map(() => ({ runs: new Map(), failures: [] }));
  const files = units.flatMap((unit, at) => toFiles(unit, at, promtool.datesTests));
  const result = await promtool.run(files, ['test', 'rules', ...units.map((_, at) => testFile(at))], signal);
  // Prometheus 2 names each file as it begins with it.
  const output = readPromtoolOutput(`${result.stdout.replace(/^Unit Testing: .*$/gm, '').trim()}${result.stderr}`);
  const strange = output.flat().find((got) => got.kind === 'other');
  if (strange !== undefined || output.length !== units.length) {
    throw new HarnessError('backend-lost', `promtool test rules answered for ${output.length} of ${units.length} test files, or in words that are not known. Its output is in the log tail.`, { logTail: `${result.stdout}${result.stderr}`.slice(0, 4000) });
  }
  return requests.map((_, index) => {
    const parts = units.flatMap((unit, at) => (unit.index === index ? [readUnit(unit, output[at] ?? [])] : []));
    return { runs: new Map(parts.flatMap((part) => [...part.runs])), failures: parts.flatMap((part) => part.failures) };
  });
}

interface Unit {
  readonly request: VirtualRequest;
  readonly index: number;
  readonly stepMs: number;
  readonly datasets: readonly Dataset[];
}

function testFile(unit: number): string {
  return `${unit}.test.yml`;
}

function toFiles(unit: Unit, at: number, isDated: boolean): PromtoolFile[] {
  const { request, stepMs } = unit;
  const ruleFiles = [...request.needs, request].map(({ text }, order) => ({ path: `${at}-${order}.rules.yml`, content: `${text}\n` }));
  const test = {
    rule_files: ruleFiles.map((file) => file.path),
    evaluation_interval: `${stepMs}ms`,
    group_eval_order: [...new Set([...request.needs, request].flatMap(({ file }) => file.groups.map((group) => group.name.value)))],
    // The first test always fails, so that promtool prints one section a file: sections carry no name.
    tests: [{ name: 'every file', interval: `${stepMs}ms`, promql_expr_test: [{ expr: 'vector(1)', eval_time: '0s', exp_samples: [] }] },
      ...unit.datasets.map((dataset) => toTest(unit, dataset, isDated))],
  };
  // JSON is YAML, and quotes everything that needs it.
  return [...ruleFiles, { path: testFile(at), content: JSON.stringify(test) }];
}

function toTest(unit: Unit, dataset: Dataset, isDated: boolean): unknown {
  const { request, stepMs } = unit;
  const selectors = [...request.needs, request].flatMap(({ file }) => selectorsOf(file));
  const alerts = alertsOf(request.file).map((rule) => rule.name.value);
  const steps = Array.from({ length: stepsOf(dataset) }, (_, step) => `${step * stepMs}ms`);
  const recorded = rulesOf(request.file).filter((rule) => rule.kind === 'record').map((rule) => rule.name.value);
  return {
    name: dataset.name,
    interval: `${stepMs}ms`,
    ...(isDated ? { start_timestamp: new Date(dataset.startMs).toISOString() } : {}),
    input_series: dataset.series.filter((series) => isSelected(series, selectors)).map((series) => toInputSeries(series, dataset)),
    alert_rule_test: steps.flatMap((time) => [...new Set(alerts)].map((alertname) => ({ eval_time: time, alertname, exp_alerts: [] }))),
    promql_expr_test: [
      ...(alerts.length === 0 ? [] : steps.map((time) => ({ expr: statesQuery(dataset), eval_time: time, exp_samples: [] }))),
      ...recorded.map((name) => ({ expr: recordedQuery(name, dataset), eval_time: steps.at(-1), exp_samples: [] })),
    ],
  };
}

function stepsOf(dataset: Dataset): number {
  return Math.floor((dataset.endMs - dataset.startMs) / dataset.stepMs) + 1;
}

// promtool does not say to which test an expression belongs: the expression itself has to.
function statesQuery(dataset: Dataset): string {
  return `ALERTS{alertstate!=${JSON.stringify(dataset.name)}}`;
}

function recordedQuery(name: string, dataset: Dataset): string {
  const wholeMs = dataset.endMs - dataset.startMs + dataset.stepMs;
  return `count(count_over_time({__name__=${JSON.stringify(name)},dataset!=${JSON.stringify(dataset.name)}}[${wholeMs}ms]))`;
}

function readUnit(unit: Unit, got: readonly Got[]): { runs: [string, VirtualRun][]; failures: VirtualResult['failures'] } {
  const failures = got.flatMap((one) => (one.kind === 'evaluation-error' ? [{ rule: one.rule, message: one.message }] : []));
  return { runs: unit.datasets.map((dataset) => [dataset.name, readRun(unit, dataset, got)]), failures };
}

function readRun(unit: Unit, dataset: Dataset, got: readonly Got[]): VirtualRun {
  const states = new Map<string, InstanceStates>();
  for (const one of got) {
    if (one.kind !== 'samples' || one.expression !== statesQuery(dataset)) continue;
    for (const { labels } of one.samples) {
      const { __name__: _, alertstate = '', ...own } = labels;
      const key = JSON.stringify(own);
      const seen = states.get(key) ?? { labels: own, steps: new Map<number, string>() };
      states.set(key, seen);
      seen.steps.set(one.timeMs / unit.stepMs, alertstate);
    }
  }
  const alerts = new Map<string, AlertInstance[]>();
  for (const [key, seen] of [...states].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const name = seen.labels['alertname'] ?? '';
    const instance = toInstance(seen, dataset, (timeMs) => findAnnotations(got, dataset, name, timeMs, key));
    alerts.set(name, [...(alerts.get(name) ?? []), instance]);
  }
  const recorded = got.flatMap((one) => (one.kind === 'samples' ? rulesOf(unit.request.file)
    .filter((rule) => rule.kind === 'record' && one.expression === recordedQuery(rule.name.value, dataset)).map((rule) => rule.name.value) : []));
  return { alerts, recorded: new Set(recorded) };
}

interface InstanceStates {
  readonly labels: Labels;
  readonly steps: Map<number, string>;
}

function toInstance({ labels, steps }: InstanceStates, dataset: Dataset, annotationsAt: (timeMs: number) => Labels): AlertInstance {
  const timeOf = (step: number): number => dataset.startMs + step * dataset.stepMs;
  const ordered = [...steps.keys()].sort((left, right) => left - right);
  const firing = ordered.find((step) => steps.get(step) === 'firing');
  let pending = firing ?? ordered[0] ?? 0;
  while (firing !== undefined && steps.get(pending - 1) === 'pending') pending -= 1;
  let end = firing;
  while (end !== undefined && steps.get(end) === 'firing') end += 1;
  return {
    labels,
    pendingMs: timeOf(pending),
    firingMs: firing === undefined ? undefined : timeOf(firing),
    resolvedMs: end === undefined || end >= stepsOf(dataset) ? undefined : timeOf(end),
    annotations: firing === undefined ? {} : annotationsAt(firing * dataset.stepMs),
  };
}

function findAnnotations(got: readonly Got[], dataset: Dataset, name: string, timeMs: number, key: string): Labels {
  for (const one of got) {
    if (one.kind !== 'alerts' || one.test !== dataset.name || one.alert !== name || one.timeMs !== timeMs) continue;
    for (const { labels, annotations } of one.alerts) if (JSON.stringify(labels) === key) return annotations;
  }
  return {};
}
