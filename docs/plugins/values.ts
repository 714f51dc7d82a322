import type { Labels } from '../../harness/model/dataset.ts';
import type { Output } from '../../harness/model/transcript.ts';
import { formatClock } from '../readings/clock.ts';
import { formatInline, parseValue, type ValueFormat } from '../readings/numbers.ts';

export const valueFormats: readonly ValueFormat[] = ['ms', 's', 'percent', 'int', 'clock'];

/** `peer="discount"` as written in `pick`: `peer=discount`, several joined by `,`; `firing`, `pending`, `resolved` and `count` choose a figure. */
interface Pick {
  readonly labels: Labels;
  readonly words: ReadonlySet<string>;
}

function parsePick(pick: string | undefined): Pick {
  const parts = (pick ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
  const pairs = parts.filter((part) => part.includes('=')).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1).replace(/^"(.*)"$/, '$1')] as const);
  return { labels: Object.fromEntries(pairs), words: new Set(parts.filter((part) => !part.includes('='))) };
}

function matches(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function only<T>(items: readonly T[], what: string, pick: string | undefined): T {
  const [first] = items;
  if (items.length === 1 && first !== undefined) return first;
  throw new Error(`${items.length === 0 ? `no ${what} matches` : `${items.length} ${what} match`} ${pick === undefined ? 'without pick=' : `pick="${pick}"`}; name one with pick="label=value".`);
}

function valueOf(output: Output, pick: Pick, written: string | undefined): number {
  switch (output.kind) {
    case 'vector':
      if (pick.words.has('count')) return output.samples.filter((sample) => matches(sample.labels, pick.labels)).length;
      return parseValue(only(output.samples.filter((sample) => matches(sample.labels, pick.labels)), 'series', written).value);
    case 'matrix': {
      const series = only(output.series.filter((one) => matches(one.labels, pick.labels)), 'series', written);
      const numbers = series.points.map(([timestampMs, value]) => [timestampMs, parseValue(value)] as const).filter(([, value]) => Number.isFinite(value));
      const best = numbers.reduce((so, point) => (pick.words.has('lowest') ? point[1] < so[1] : point[1] > so[1]) ? point : so, numbers[0] ?? [NaN, NaN]);
      if (pick.words.has('first')) return numbers[0]?.[1] ?? NaN;
      if (pick.words.has('highest') || pick.words.has('lowest')) return best[1];
      if (pick.words.has('peak-time')) return best[0];
      return numbers.at(-1)?.[1] ?? NaN;
    }
    case 'logs':
      return output.total;
    case 'traces': {
      if (pick.words.has('slowest')) return Math.max(...output.traces.flatMap((trace) => trace.spans.map((span) => span.durationUs))) / 1_000_000;
      return output.total;
    }
    case 'rules': {
      const { dataset, alert, ...rest } = pick.labels;
      const runs = output.runs.filter((run) => (dataset === undefined || run.dataset === dataset) && (alert === undefined || run.alert === alert) && matches(run.labels, rest) && (dataset !== undefined || run.firingMs !== undefined));
      const run = only(runs, 'alert runs', written);
      const at = pick.words.has('pending') ? run.pendingMs : pick.words.has('resolved') ? run.resolvedMs : pick.words.has('fault') ? run.faultStartMs : run.firingMs;
      if (at === undefined) throw new Error(`the alert ${run.alert} has no such moment on ${run.dataset}.`);
      return pick.words.has('after') ? (at - (run.faultStartMs ?? at)) / 1000 : at;
    }
    case 'service':
      return parseValue(only(output.series.filter((one) => matches(one.labels, pick.labels)), 'series', written).value);
    case 'routing': {
      const { receiver } = pick.labels;
      const wanted = only(output.receivers.filter(({ name }) => receiver === undefined || name === receiver), 'receivers', written);
      return pick.words.has('resolved') ? output.notifications.filter((one) => one.receiver === wanted.name && one.status === 'resolved').length : wanted.told;
    }
    case 'configuration':
      return output.jobs.filter(({ job }) => pick.labels['job'] === undefined || job === pick.labels['job']).reduce((sum, { targets }) => sum + targets.length, 0);
    case 'dashboard':
      return parseValue(only(output.panels.filter(({ title }) => pick.labels['panel'] === undefined || title === pick.labels['panel']).flatMap(({ answers }) => answers[0]?.series ?? []).filter((one) => matches(one.labels, withoutPanel(pick.labels))), 'series', written).value);
    case 'trial':
      return output.deliveries.filter(({ at }) => pick.labels['at'] === undefined || at === pick.labels['at']).reduce((sum, { found }) => sum + found.length, 0);
    case 'compose':
      return output.services.filter(({ state }) => pick.labels['state'] === undefined || state === pick.labels['state']).length;
    case 'process':
      return output.exitCode;
    case 'rejection':
      throw new Error('a refused block has no value to insert.');
  }
}

function withoutPanel({ panel: _, ...labels }: Pick['labels']): Pick['labels'] {
  return labels;
}

/**
 * The number that a sentence quotes, from the stored answer.
 * `pick` chooses the series by labels (`peer=discount`) and the figure by a word: for ranges `first`, `last` (default), `highest`,
 * `lowest`, `peak-time`; for traces `count` (default), `slowest` (seconds); for alerts `firing` (default), `pending`, `resolved`,
 * `fault`, all clock times, and `after` (seconds since the fault); for routing `receiver=on-call`: its messages that say firing, or
 * `resolved`; for a Prometheus configuration the number of targets, of a `job=` or all; for a dashboard
 * the last value of its `panel=`, as it opens; for a Compose file the number of services, of a `state=` or all; for a Loki or Collector configuration how much came out, `at=Jaeger` or everywhere.
 * @throws Error when no or several series match, or the format does not suit
 */
export function quoteValue(output: Output, pick: string | undefined, format: string | undefined): string {
  if (format !== undefined && !(valueFormats as readonly string[]).includes(format)) throw new Error(`format="${format}" is not known; known are ${valueFormats.join(', ')}.`);
  const parsed = parsePick(pick);
  const value = valueOf(output, parsed, pick);
  const isMoment = (output.kind === 'rules' && !parsed.words.has('after')) || parsed.words.has('peak-time');
  if (isMoment !== (format === 'clock')) throw new Error(isMoment ? 'this is a moment: it needs format="clock".' : 'format="clock" needs a moment (pick="firing", "peak-time", …).');
  if (format === 'clock') return formatClock(value);
  return formatInline(value, format as Exclude<ValueFormat, 'clock'> | undefined);
}
