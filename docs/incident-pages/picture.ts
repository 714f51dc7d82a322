import type { MatrixOutput } from '../../harness/model/transcript.ts';
import type { Answer } from '../plugins/course.ts';
import { drawChart, type ChartSeries } from '../readings/chart.ts';
import { formatClock } from '../readings/clock.ts';
import { h, type Element } from '../readings/hast.ts';
import { renderMark, nameBackends, toHtml } from '../readings/index.ts';
import { formatInline, parseValue } from '../readings/numbers.ts';
import { firedRuns, type IncidentView } from './incident.ts';

/** Lines of the picture that share a unit, by the label `line`. */
const CHARTS = [
  { title: 'Requests', unit: 'per second', format: undefined, full: 0, lines: ['requests'] },
  { title: 'Time that a request takes', unit: 'seconds', format: 's', full: 0, lines: ['p50', 'p99'] },
  { title: 'Failed requests', unit: 'ratio', format: 'percent', full: 0, lines: ['failed'] },
  { title: 'Fullest pool of database connections', unit: 'ratio', format: 'percent', full: 1, lines: ['pool'] },
] as const;

/** What users saw at the gateway through the whole incident: small charts on one clock, as HTML; empty without an answer. */
export function renderPicture(incident: IncidentView): string {
  const { picture } = incident;
  if (picture?.transcript.output.kind !== 'matrix') return '';
  const { output, backends } = picture.transcript;
  const moments = incident.expectations.flatMap(({ answer }) => firedRuns(answer)).map((run) => ({ atMs: run.firingMs, label: run.alert })).slice(0, 1);
  // Named once, at the top: below, the shaded window says when.
  const charts = CHARTS.flatMap((chart, index) => drawOne(chart, output, picture, index === 0 ? moments : []));
  return toHtml(h('section', { className: ['reading', 'not-content', 'picture'], ariaLabel: 'The incident as the gateway saw it' }, [
    h('p', { className: ['reading-head'] }, [h('span', { className: ['who'] }, `${nameBackends(backends.filter(({ name }) => name === 'prometheus'))} answered`), ' ', h('span', { className: ['when'] }, `${formatClock(output.startMs)} to ${formatClock(output.endMs)} UTC, at the gateway`)]),
    h('div', { className: ['small-charts'] }, charts),
    renderMark(picture.transcript, picture.context),
  ]));
}

function drawOne({ title, unit, format, full, lines }: (typeof CHARTS)[number], output: MatrixOutput, { context: { clock } }: Answer, moments: readonly { readonly atMs: number; readonly label: string }[]): Element[] {
  const series = lines.flatMap((line, index): ChartSeries[] => {
    const found = output.series.find(({ labels }) => labels['line'] === line);
    return found === undefined ? [] : [{ name: lines.length > 1 ? line : '', colour: index + 1, points: found.points.map(([atMs, value]) => [atMs, parseValue(value)] as const) }];
  });
  const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  if (values.length === 0) return [];
  const highest = formatInline(Math.max(...values), format);
  const label = `${title}, ${unit}: highest ${highest}.`;
  const frame = { startMs: output.startMs, endMs: output.endMs, stepMs: output.stepMs, unit, faultStartMs: clock?.faultStartMs, faultEndMs: clock?.faultEndMs, moments, label, full, compact: true };
  return [h('figure', { className: ['chart'] }, [
    h('figcaption', [title, h('span', { className: ['highest'] }, ` at most ${highest}${unit === 'per second' ? ' a second' : ''}`)]),
    drawChart(series, frame, 'wide'), drawChart(series, frame, 'narrow'),
  ])];
}
