import type { MatrixOutput } from '../../harness/model/transcript.ts';
import type { ReadingContext } from './context.ts';
import { drawChart, type ChartSeries } from './chart.ts';
import { formatClock } from './clock.ts';
import { fold, plural, scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { shortName, splitLabels } from './labels.ts';
import { decimalsFor, formatFixed, parseValue } from './numbers.ts';
import { unitOfQuery } from '../../harness/model/unit.ts';

const colouredSeries = 5;
const tableRows = 61;

function toChartSeries(output: MatrixOutput): ChartSeries[] {
  const split = splitLabels(output.series.map((series) => series.labels));
  const all = output.series.map((series) => {
    const points = series.points.map(([timestampMs, value]) => [timestampMs, parseValue(value)] as const);
    const finite = points.map(([, value]) => value).filter(Number.isFinite);
    return { name: shortName(series.labels, split), points, highest: finite.length > 0 ? Math.max(...finite) : 0 };
  });
  const strongest = new Set([...all].sort((a, b) => b.highest - a.highest).slice(0, colouredSeries));
  let colour = 0;
  return all.map((series) => ({ ...series, colour: strongest.has(series) ? (colour += 1) : 0 }));
}

function describe(series: ChartSeries, unit: string, decimals: number): string {
  const finite = series.points.filter(([, value]) => Number.isFinite(value));
  const first = finite[0];
  const last = finite.at(-1);
  if (!first || !last) return `${series.name || 'The series'} has no numbers.`;
  const peak = finite.reduce((best, point) => (point[1] > best[1] ? point : best), first);
  const unitText = unit === '' ? '' : ` ${unit}`;
  return (
    `${series.name === '' ? 'From' : `${series.name}: from`} ${formatFixed(first[1], decimals)} at ${formatClock(first[0])} ` +
    `to ${formatFixed(last[1], decimals)} at ${formatClock(last[0])}, highest ${formatFixed(peak[1], decimals)}${unitText} at ${formatClock(peak[0])}.`
  );
}

function numbersTable(series: readonly ChartSeries[], unit: string, decimals: number): Element {
  const timestamps = [...new Set(series.flatMap((one) => one.points.map(([timestampMs]) => timestampMs)))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(timestamps.length / tableRows));
  const kept = timestamps.filter((_, index) => index % every === 0 || index === timestamps.length - 1);
  const lookups = series.map((one) => new Map(one.points));
  const head = [h('th', { scope: 'col' }, 'time'), ...series.map((one) => h('th', { scope: 'col', className: ['number'] }, one.name || unit || 'value'))];
  const body = kept.map((timestampMs) =>
    h('tr', [
      h('th', { scope: 'row' }, formatClock(timestampMs)),
      ...lookups.map((points) => {
        const value = points.get(timestampMs);
        return h('td', { className: ['number'] }, value === undefined ? '–' : formatFixed(value, decimals));
      }),
    ]),
  );
  const caption = every > 1 ? [h('caption', `Every ${every === 2 ? 'second' : `${every}th`} of ${timestamps.length} points`)] : [];
  return h('table', [...caption, h('thead', [h('tr', head)]), h('tbody', body)]);
}

/**
 * A line chart of a range query: clock time across, from zero up, the fault window shaded, at most five coloured series labelled at
 * the line's end, the rest grey; beneath it a sentence for each line and, folded, the numbers.
 */
export function viewMatrix(output: MatrixOutput, context: ReadingContext): Element[] {
  const unit = unitOfQuery(context.language, context.text) ?? '';
  const series = toChartSeries(output);
  const coloured = series.filter((one) => one.colour > 0);
  const decimals = decimalsFor(series.flatMap((one) => one.points.map(([, value]) => value)));
  const summary = coloured.map((one) => describe(one, unit, decimals));
  // At 14:10 nobody knew when it had begun: the fault is drawn only in what looks back on it.
  const isHindsight = context.clock?.faultEndMs !== undefined && output.endMs >= context.clock.faultEndMs;
  const frame = {
    startMs: output.startMs,
    endMs: output.endMs,
    stepMs: output.stepMs,
    unit,
    faultStartMs: isHindsight ? context.clock?.faultStartMs : undefined,
    faultEndMs: isHindsight ? context.clock?.faultEndMs : undefined,
    moments: context.moments,
    label: `Line chart. ${context.headline ?? ''} ${summary.join(' ')}`.replace(/\s+/g, ' ').trim(),
  };
  const grey = series.length - coloured.length;
  return [
    ...(context.headline === undefined ? [] : [h('p', { className: ['headline'] }, context.headline)]),
    h('div', { className: ['chart'] }, [drawChart(series, frame, 'wide'), drawChart(series, frame, 'narrow')]),
    ...(grey > 0 ? [h('p', { className: ['shared'] }, `${plural(grey, 'more series', 'more series')} in grey`)] : []),
    fold('The numbers', [h('ul', { className: ['summary'] }, summary.map((sentence) => h('li', sentence))), scroller('Numbers of the chart', [numbersTable(series, unit, decimals)])], { className: 'numbers' }),
  ];
}
