import type { Labels } from '../../harness/model/dataset.ts';
import type { DashboardOutput } from '../../harness/model/transcript.ts';
import { fold, plural, scroller } from './fold.ts';
import { h, type Element, type ElementContent } from './hast.ts';
import { formatLabels, splitLabels } from './labels.ts';
import { decimalsFor, formatFixed, parseValue } from './numbers.ts';

type Panel = DashboardOutput['panels'][number];
type Answer = Panel['answers'][number];
/** Series shown of one query; the stored answer has more. */
const SHOWN_SERIES = 6;

/** Units per second by their id in Grafana, as it abbreviates them. */
const RATES: Readonly<Record<string, string>> = { reqps: 'req/s', ops: 'ops/s', cps: 'c/s', rps: 'rd/s', wps: 'wr/s', iops: 'io/s', eps: 'evt/s', mps: 'msg/s', recps: 'rec/s', rowsps: 'rows/s', pps: 'p/s', hertz: 'Hz' };

/** A number as a panel with this unit shows it: seconds below one in milliseconds, shares as percentages, bytes by powers of 1024. */
export function formatWithUnit(text: string, unit: string | undefined): string {
  const value = parseValue(text);
  if (!Number.isFinite(value)) return text;
  const say = (scaled: number, word: string): string => `${formatFixed(scaled, decimalsFor([scaled]))}${word === '' ? '' : `\u00a0${word}`}`;
  switch (unit) {
    case undefined:
    case 'none':
    case 'short':
    case 'locale': return say(value, '');
    case 's': return Math.abs(value) < 1 && value !== 0 ? say(value * 1000, 'ms') : say(value, 's');
    case 'ms': return Math.abs(value) >= 1000 ? say(value / 1000, 's') : say(value, 'ms');
    case 'percentunit': return say(value * 100, '%');
    case 'percent': return say(value, '%');
    case 'bytes': return scaleBytes(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'], say);
    case 'decbytes': return scaleBytes(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB'], say);
    case 'binBps': return scaleBytes(value, 1024, ['B/s', 'KiB/s', 'MiB/s', 'GiB/s'], say);
    case 'Bps': return scaleBytes(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s'], say);
    default: return say(value, RATES[unit] ?? unit.replace(/^suffix:\s*/, ''));
  }
}

function scaleBytes(value: number, base: number, words: readonly string[], say: (scaled: number, word: string) => string): string {
  const step = value === 0 ? 0 : Math.min(words.length - 1, Math.max(0, Math.floor(Math.log(Math.abs(value)) / Math.log(base))));
  return say(value / base ** step, words[step] ?? '');
}

/** What differs between the series, or all of their labels where there is one. */
function nameSeries(series: Answer['series'], title: string): string[] {
  const { differing } = splitLabels(series.map(({ labels }) => labels));
  return series.map(({ legend, labels }) => {
    const told: Labels = series.length === 1 ? {} : Object.fromEntries(differing.map((name) => [name, labels[name] ?? '']));
    return legend ?? (Object.keys(told).length === 0 ? title : formatLabels(told));
  });
}

function cellsOf({ unit, title }: Panel, answer: Answer): readonly (readonly [series: string, value: ElementContent | string])[] {
  if (answer.of === 'lines') return [[answer.last === undefined ? '–' : `last: ${answer.last.length > 60 ? `${answer.last.slice(0, 60)}…` : answer.last}`, plural(answer.total, 'line')]];
  if (answer.of === 'traces') return [['–', plural(answer.total, 'trace')]];
  if (answer.total === 0) return [['no data, as it may be', '–']];
  const names = nameSeries(answer.series, title);
  const shown = answer.series.slice(0, SHOWN_SERIES).map(({ value }, index) => [names[index] ?? '', h('data', { value, title: value }, formatWithUnit(value, unit))] as const);
  return answer.total > shown.length ? [...shown, [`${plural(answer.total - shown.length, 'more series', 'more series')}`, '']] : shown;
}

/** @param lead the first cell of each answer's first row */
function rowsOf(panel: Panel, answer: Answer, lead: string): Element[] {
  return cellsOf(panel, answer).map(([name, value], index) => h('tr', [h('th', { scope: 'row' }, index === 0 ? lead : ''), h('td', name), h('td', { className: ['number'] }, [typeof value === 'string' ? { type: 'text', value } : value])]));
}

function table(label: string, lead: string, rows: readonly Element[]): Element {
  return scroller(label, [h('table', [h('thead', [h('tr', [h('th', { scope: 'col' }, lead), h('th', { scope: 'col' }, 'series'), h('th', { scope: 'col', className: ['number'] }, 'last value')])]), h('tbody', [...rows])])]);
}

/** Each panel with what it shows as the dashboard opens; below, folded, what it shows with other values of its variables. */
export function viewDashboard({ panels, variables }: DashboardOutput): Element[] {
  const opened = panels.flatMap((panel) => {
    if (panel.answers.length === 0) return panel.unasked === undefined ? [] : [h('tr', [h('th', { scope: 'row' }, panel.title), h('td', `not asked: ${panel.unasked}`), h('td', { className: ['number'] }, '–')])];
    return firsts(panel).flatMap((answer, index) => rowsOf(panel, answer, index === 0 ? panel.title : ''));
  });
  const others = panels.flatMap((panel) => panel.answers.filter((answer) => !firsts(panel).includes(answer)).flatMap((answer) => rowsOf(panel, answer, `${panel.title}, ${formatChoice(answer.variables)}`)));
  return [
    table('Panels', 'panel', opened),
    ...variables.filter(({ values }) => values.length > 1).map(({ name, values }) => h('p', { className: ['proof'] }, ['Choices of ', h('b', name), `: ${values.join(', ')}.`])),
    ...(others.length === 0 ? [] : [fold('With other choices', [table('Panels with other choices', 'panel', others)], { className: 'rest' })]),
  ];
}

/** The answer of each query as the dashboard opens. */
function firsts({ answers }: Panel): readonly Answer[] {
  return answers.filter((answer, index) => answers.findIndex(({ refId }) => refId === answer.refId) === index);
}

function formatChoice(variables: Labels): string {
  return Object.entries(variables).map(([name, value]) => `${name}=${value.includes(', ') ? 'all' : value}`).join(', ');
}
