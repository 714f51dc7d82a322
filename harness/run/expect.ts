import type { Labels } from '../model/dataset.ts';
import type { Output } from '../model/transcript.ts';

/** What an answer looks like to `expect=`: the same few questions for every kind of result. */
interface Answered {
  /** Numbers that `all` and `any` look at; undefined where an answer has none. */
  readonly values: readonly number[] | undefined;
  /** What `value` looks at: the only sample, or the last point of the only series. */
  readonly single: number | undefined;
  readonly count: number;
  /** How many `value` could mean, where that is not what is counted. */
  readonly candidates?: number;
  /** What was counted: series, lines, traces. */
  readonly noun: string;
  readonly labels: readonly Labels[];
  readonly texts: readonly string[];
}

/** How many things an answer holds: 0 is what `empty` means. Kinds that cannot be empty count 1. */
export function countAnswer(output: Output): number {
  return output.kind === 'configuration' || output.kind === 'trial' || output.kind === 'compose' ? 1 : look(output).count;
}

/** `2 series`, `1 line`. */
export function countInWords(output: Output): string {
  const { count, noun } = look(output);
  return `${count} ${count === 1 && noun !== 'series' ? noun.replace(/s$/, '') : noun}`;
}

/** Why an answer does not meet `expect=`: one sentence a part that fails, none when it holds. */
export function explainUnmet(expectation: string, output: Output): string[] {
  const answered = look(output);
  return expectation.split(';').map((part) => part.trim()).filter((part) => part !== '').flatMap((part) => explainPart(part, answered, output) ?? []);
}

function explainPart(part: string, answered: Answered, output: Output): string | undefined {
  const comparison = /^(all|any|value|count)(?:\{([^{};]+)\})?\s*(==|!=|>=|<=|>|<)\s*(.+)$/.exec(part);
  if (comparison) {
    const [, quantifier = '', selector, operator = '', bound = ''] = comparison;
    const narrowed = selector === undefined ? output : narrow(output, readSelector(selector));
    if (narrowed === undefined) return `\`${part}\`: this answer has ${answered.noun}, of which none can be chosen; leave out {${selector ?? ''}}`;
    return explainComparison(part, quantifier, operator, readNumber(bound), selector === undefined ? answered : look(narrowed));
  }
  const contains = /^contains=(['"])(.*)\1$/.exec(part);
  if (contains) {
    const wanted = contains[2] as string;
    return answered.texts.some((text) => text.includes(wanted)) ? undefined : `\`${part}\`: none of ${answered.texts.length} ${answered.noun} contains it`;
  }
  const at = part.indexOf('=');
  const [label, wanted] = [part.slice(0, at), part.slice(at + 1)];
  if (answered.labels.some((labels) => labels[label] === wanted)) return undefined;
  const found = [...new Set(answered.labels.flatMap((labels) => labels[label] ?? []))].slice(0, 8);
  return `\`${part}\`: ${found.length === 0 ? `nothing in the answer has ${label}` : `the answer has ${label}=${found.join(', ')}`}`;
}

/** `of=p95, service=checkout`. */
function readSelector(text: string): Labels {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=').map((word) => word.trim())).map(([label = '', value = '']) => [label, value]));
}

/** What of an answer carries these labels; undefined for one that has no series. */
function narrow(output: Output, wanted: Labels): Output | undefined {
  const has = ({ labels }: { readonly labels: Labels }): boolean => Object.entries(wanted).every(([label, value]) => labels[label] === value);
  switch (output.kind) {
    case 'vector': return { ...output, samples: output.samples.filter(has) };
    case 'matrix': return { ...output, series: output.series.filter(has) };
    case 'service': return { ...output, series: output.series.filter(has) };
    // Of a longer answer not every line is kept.
    case 'logs': return output.total > output.entries.length ? undefined : { ...output, entries: output.entries.filter(has), total: output.entries.filter(has).length };
    // A trace has a span that carries them all.
    case 'traces': {
      const traces = output.traces.filter(({ spans }) => spans.some((span) => has({ labels: labelsOf(span) })));
      return output.total > output.traces.length ? undefined : { ...output, traces, total: traces.length };
    }
    case 'dashboard': {
      const { panel, ...labels } = wanted;
      const fits = (series: { readonly labels: Labels }): boolean => Object.entries(labels).every(([label, value]) => series.labels[label] === value);
      return { ...output, panels: output.panels.filter(({ title }) => panel === undefined || title === panel).map((one) => ({ ...one, answers: one.answers.map((answer) => ({ ...answer, series: answer.series.filter(fits) })) })) };
    }
    default: return undefined;
  }
}

const COMPARE: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => Object.is(left, right) || left === right,
  '!=': (left, right) => left !== right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

function explainComparison(part: string, quantifier: string, operator: string, bound: number, answered: Answered): string | undefined {
  const holds = (value: number): boolean => (COMPARE[operator] as (left: number, right: number) => boolean)(value, bound);
  if (quantifier === 'count') return holds(answered.count) ? undefined : `\`${part}\`: there are ${answered.count} ${answered.noun}`;
  const { values, single } = answered;
  if (values === undefined) return `\`${part}\`: this answer has ${answered.noun}, no numbers; use count or contains`;
  if (quantifier === 'value') {
    if (single === undefined) return `\`${part}\`: \`value\` needs an answer of one series, and there are ${answered.candidates ?? answered.count}; use all or any, or say which: value{label=…}`;
    return holds(single) ? undefined : `\`${part}\`: the answer is ${single}`;
  }
  if (values.length === 0) return `\`${part}\`: the answer has no values`;
  const failing = values.filter((value) => !holds(value));
  if (quantifier === 'all') return failing.length === 0 ? undefined : `\`${part}\`: ${failing.length} of ${values.length} values are not, e.g. ${failing[0]}`;
  return failing.length < values.length ? undefined : `\`${part}\`: none of ${values.length} values is; the nearest is ${nearest(values, bound)}`;
}

/** As Prometheus prints numbers: `+Inf` and `-Inf` are values too, which `Number` does not know. */
function readNumber(text: string): number {
  return Number(text.trim().replace(/^([-+]?)Inf$/, '$1Infinity'));
}

function nearest(values: readonly number[], bound: number): number {
  return values.reduce((best, value) => (Math.abs(value - bound) < Math.abs(best - bound) ? value : best));
}

function look(output: Output): Answered {
  switch (output.kind) {
    case 'vector': {
      const values = output.samples.map((sample) => readNumber(sample.value));
      return { values, single: values.length === 1 ? values[0] : undefined, count: values.length, noun: 'series', labels: output.samples.map((sample) => sample.labels), texts: [] };
    }
    case 'matrix': {
      const last = output.series.length === 1 ? output.series[0]?.points.at(-1)?.[1] : undefined;
      return {
        values: output.series.flatMap((series) => series.points.map(([, value]) => readNumber(value))),
        single: last === undefined ? undefined : readNumber(last),
        count: output.series.length, noun: 'series', labels: output.series.map((series) => series.labels), texts: [],
      };
    }
    case 'logs':
      return { values: undefined, single: undefined, count: output.total, noun: 'lines', labels: output.entries.map((entry) => entry.labels), texts: output.entries.map((entry) => entry.line) };
    case 'traces':
      return lookAtTraces(output.traces, output.total);
    case 'service':
      return {
        values: output.series.map((series) => readNumber(series.value)), single: undefined, count: output.series.length, noun: 'scraped series',
        labels: output.series.map((series) => series.labels),
        texts: [output.stdout, output.exposition, ...output.logLines, ...output.traces.flatMap((trace) => trace.spans.map((span) => span.operation))],
      };
    case 'rules':
      return { values: undefined, single: undefined, count: output.runs.length, noun: 'alert runs', labels: output.runs.map((run) => ({ ...run.labels, ...run.annotations })), texts: output.runs.flatMap((run) => Object.values(run.annotations)) };
    case 'routing':
      return lookAtRouting(output);
    case 'configuration':
      return {
        values: undefined, single: undefined, count: output.jobs.reduce((sum, { targets }) => sum + targets.length, 0), noun: 'targets',
        labels: [...output.jobs.flatMap(({ targets }) => targets.map(({ labels }) => labels)), ...output.ruleGroups.flatMap(({ rules }) => rules.map(({ kind, name }) => ({ [kind]: name })))],
        texts: [...output.jobs.flatMap(({ targets }) => targets.map(({ url }) => url)), ...output.alertmanagers],
      };
    case 'dashboard':
      return lookAtDashboard(output);
    case 'trial': {
      const found = output.deliveries.flatMap((delivery) => delivery.found);
      return {
        values: undefined, single: undefined, count: found.length, noun: 'arrivals',
        labels: [...output.settings.map(({ name, value }) => ({ [name]: value })), ...output.deliveries.map((delivery) => ({ [delivery.at]: String(delivery.found.length) }))], texts: found,
      };
    }
    case 'compose':
      return {
        values: undefined, single: undefined, count: output.services.length, noun: 'services',
        labels: [...output.services.flatMap(({ name, state, ports }) => [{ [name]: state }, ...ports.map(({ target }) => ({ port: String(target) }))]), ...output.targets.map(({ job, health }) => ({ job, health }))],
        texts: [...output.services.flatMap(({ said }) => said ?? []), ...output.targets.map(({ url }) => url)],
      };
    case 'process':
      return { values: [output.exitCode], single: output.exitCode, count: 1, noun: 'outputs', labels: [], texts: [output.stdout, output.stderr] };
    case 'rejection':
      return { values: undefined, single: undefined, count: 1, noun: 'messages', labels: [], texts: [output.message] };
  }
}

/** `on-call=1`: how many messages say firing to this receiver; `grouped-by=alertname,service` and `alerts=3`: one of them. `count` counts all messages, resolved ones too. */
function lookAtRouting({ receivers, alerts, notifications }: Extract<Output, { kind: 'routing' }>): Answered {
  const told = Object.fromEntries(receivers.map((receiver) => [receiver.name, String(receiver.told)]));
  return {
    values: undefined, single: undefined, count: notifications.length, noun: 'messages', labels: [told, ...notifications.filter(({ status }) => status === 'firing').map(groupOf), ...alerts.map(({ labels }) => labels)],
    texts: notifications.flatMap((notification) => notification.alerts.flatMap((alert) => Object.values(alert.annotations))),
  };
}

/** Panels are counted, those that show something. `all` and `any` look at last values as the dashboard opens, whatever their unit. */
function lookAtDashboard({ panels }: Extract<Output, { kind: 'dashboard' }>): Answered {
  const opened = panels.flatMap(({ title, answers }) => [...new Map(answers.toReversed().map((answer) => [answer.refId, answer])).values()].flatMap(({ series }) => series.map((one) => ({ ...one, title }))));
  const values = opened.map(({ value }) => readNumber(value));
  return {
    values, candidates: values.length, single: values.length === 1 ? values[0] : undefined, count: panels.filter(({ answers }) => answers.some(({ total }) => total > 0)).length, noun: 'panels',
    labels: opened.map(({ labels, title }) => ({ ...labels, panel: title })), texts: [...opened.flatMap(({ legend }) => legend ?? []), ...panels.flatMap(({ answers }) => answers.flatMap(({ last }) => last ?? []))],
  };
}

function groupOf({ groupLabels, alerts }: Extract<Output, { kind: 'routing' }>['notifications'][number]): Labels {
  return { 'grouped-by': Object.keys(groupLabels).sort().join(','), alerts: String(alerts.length) };
}

type Span = Extract<Output, { kind: 'traces' }>['traces'][number]['spans'][number];
/** Its attributes, and what every span says of itself. */
function labelsOf({ attributes, service, operation, failed }: Span): Labels {
  return { ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])), service, operation, failed: String(failed) };
}

function lookAtTraces(traces: Extract<Output, { kind: 'traces' }>['traces'], total: number): Answered {
  const spans = traces.flatMap((trace) => trace.spans);
  const labels = spans.map(labelsOf);
  return { values: undefined, single: undefined, count: total, noun: 'traces', labels, texts: spans.map((span) => `${span.service} ${span.operation}`) };
}
