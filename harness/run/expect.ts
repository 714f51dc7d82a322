import type { Labels } from '../model/dataset.ts';
import type { Output } from '../model/transcript.ts';

/** What an answer looks like to `expect=`: the same few questions for every kind of result. */
interface Answered {
  /** Numbers that `all` and `any` look at; undefined where an answer has none. */
  readonly values: readonly number[] | undefined;
  /** What `value` looks at: the only sample, or the last point of the only series. */
  readonly single: number | undefined;
  readonly count: number;
  /** What was counted: series, lines, traces. */
  readonly noun: string;
  readonly labels: readonly Labels[];
  readonly texts: readonly string[];
}

/** How many things an answer holds: 0 is what `empty` means. Kinds that cannot be empty count 1. */
export function countAnswer(output: Output): number {
  return output.kind === 'configuration' ? 1 : look(output).count;
}

/** `2 series`, `1 line`. */
export function countInWords(output: Output): string {
  const { count, noun } = look(output);
  return `${count} ${count === 1 && noun !== 'series' ? noun.replace(/s$/, '') : noun}`;
}

/** Why an answer does not meet `expect=`: one sentence a part that fails, none when it holds. */
export function explainUnmet(expectation: string, output: Output): string[] {
  const answered = look(output);
  return expectation.split(';').map((part) => part.trim()).filter((part) => part !== '').flatMap((part) => explainPart(part, answered) ?? []);
}

function explainPart(part: string, answered: Answered): string | undefined {
  const comparison = /^(all|any|value|count)\s*(==|!=|>=|<=|>|<)\s*(.+)$/.exec(part);
  if (comparison) return explainComparison(part, comparison[1] as string, comparison[2] as string, readNumber(comparison[3] as string), answered);
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
    if (single === undefined) return `\`${part}\`: \`value\` needs an answer of one series, and there are ${answered.count}; use all or any`;
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
    case 'process':
      return { values: [output.exitCode], single: output.exitCode, count: 1, noun: 'outputs', labels: [], texts: [output.stdout, output.stderr] };
    case 'rejection':
      return { values: undefined, single: undefined, count: 1, noun: 'messages', labels: [], texts: [output.message] };
  }
}

/** `on-call=1`: how many messages say firing to this receiver. `count` counts all messages, resolved ones too. */
function lookAtRouting({ receivers, alerts, notifications }: Extract<Output, { kind: 'routing' }>): Answered {
  const told = Object.fromEntries(receivers.map((receiver) => [receiver.name, String(receiver.told)]));
  return {
    values: undefined, single: undefined, count: notifications.length, noun: 'messages', labels: [told, ...alerts.map(({ labels }) => labels)],
    texts: notifications.flatMap((notification) => notification.alerts.flatMap((alert) => Object.values(alert.annotations))),
  };
}

function lookAtTraces(traces: Extract<Output, { kind: 'traces' }>['traces'], total: number): Answered {
  const spans = traces.flatMap((trace) => trace.spans);
  const labels = spans.map((span): Labels => ({
    ...Object.fromEntries(Object.entries(span.attributes).map(([key, value]) => [key, String(value)])),
    service: span.service, operation: span.operation,
  }));
  return { values: undefined, single: undefined, count: total, noun: 'traces', labels, texts: spans.map((span) => `${span.service} ${span.operation}`) };
}
