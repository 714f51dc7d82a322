import type { TracesOutput } from '../../harness/model/transcript.ts';
import type { ReadingContext } from './context.ts';
import { formatClock, formatSpanDuration } from './clock.ts';
import { fold, plural, scroller, splitAt } from './fold.ts';
import { h, type Element } from './hast.ts';
import { layOutTrace, type SpanRow, type Waterfall } from './spans.ts';

const shownSpans = 25;
const shownTraces = 8;
type Trace = TracesOutput['traces'][number];

function percent(part: number, whole: number): string {
  return `${Number(((part / Math.max(1, whole)) * 100).toFixed(2))}%`;
}

function viewRow(row: SpanRow, durationUs: number): Element {
  const { span } = row;
  const selfUs = row.self.reduce((sum, [from, to]) => sum + to - from, 0);
  const position = (from: number, to: number): string => `left:${percent(from, durationUs)};width:${percent(to - from, durationUs)}`;
  const bar = h('span', { className: ['track'] }, [
    h('span', { className: ['bar'], style: position(row.startUs, row.endUs) }),
    ...row.self.filter(([from, to]) => to - from > durationUs / 500).map(([from, to]) => h('span', { className: ['self'], style: position(from, to) })),
    h('span', { className: ['duration'], style: `left:${percent(row.endUs, durationUs)}` }, formatSpanDuration(span.durationUs)),
  ]);
  const name = h('span', { className: ['span-name'], style: `--depth:${row.depth}` }, [
    h('b', span.service),
    ' ',
    span.operation,
    ...(span.failed ? [' ', h('span', { className: ['failed'] }, '✕ error')] : []),
  ]);
  const facts: [string, string][] = [
    ['starts', `${formatSpanDuration(row.startUs)} after the trace`],
    ['own time', formatSpanDuration(selfUs)],
    ...Object.entries(span.attributes).map(([key, value]): [string, string] => [key, String(value)]),
  ];
  const classes = ['span', ...(row.isCritical ? ['critical'] : []), ...(span.failed ? ['has-failed'] : [])];
  return h('li', { className: classes }, [
    h('details', [h('summary', [name, bar, ...(row.isCritical ? [h('span', { className: ['sr-only'] }, ', on the critical path')] : [])]), h('dl', facts.flatMap(([key, value]) => [h('dt', key), h('dd', value)]))]),
  ]);
}

function viewAxis(durationUs: number): Element {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => h('span', { style: `left:${share * 100}%` }, share === 0 ? '0' : formatSpanDuration(durationUs * share)));
  return h('div', { className: ['waterfall-axis'], ariaHidden: 'true' }, marks);
}

/** One trace as a waterfall: thin bars indented by parent, own time darker, the critical path marked, errors by sign and word. */
export function viewWaterfall(waterfall: Waterfall): Element {
  const [shown, rest] = splitAt(waterfall.rows, shownSpans);
  const list = (rows: readonly SpanRow[]): Element => h('ol', { className: ['waterfall'] }, rows.map((row) => viewRow(row, waterfall.durationUs)));
  return h('div', { className: ['trace'] }, [
    viewAxis(waterfall.durationUs),
    list(shown),
    ...(rest.length > 0 ? [fold(plural(rest.length, 'more span'), [list(rest)], { className: 'rest' })] : []),
    h('p', { className: ['key'] }, [h('span', { className: ['swatch', 'swatch-self'] }), ' own time ', h('span', { className: ['swatch', 'swatch-bar'] }), ' waiting for others ', h('span', { className: ['swatch', 'swatch-critical'] }), ' critical path']),
  ]);
}

function durationOf(trace: Trace): number {
  return layOutTrace(trace.spans).durationUs;
}

function traceTable(traces: readonly Trace[]): Element {
  const rows = traces.map((trace) => {
    const root = trace.spans[0];
    const failed = trace.spans.filter((span) => span.failed).length;
    return h('tr', [
      h('td', [h('code', trace.traceId.slice(0, 8))]),
      h('td', root ? formatClock(root.startUs / 1000, 'seconds') : '–'),
      h('td', root ? `${root.service} ${root.operation}` : '–'),
      h('td', { className: ['number'] }, String(trace.spans.length)),
      h('td', failed === 0 ? 'none' : `✕ ${failed}`),
      h('td', { className: ['number'] }, formatSpanDuration(durationOf(trace))),
    ]);
  });
  const head = ['trace', 'start', 'root', 'spans', 'errors', 'duration'].map((name) => h('th', { scope: 'col', className: name === 'spans' || name === 'duration' ? ['number'] : [] }, name));
  return h('table', [h('thead', [h('tr', head)]), h('tbody', rows)]);
}

/** Answer of a trace query: a table when there are several traces, then the slowest as a waterfall. */
export function viewTraces(output: TracesOutput, context: Pick<ReadingContext, 'brief'> = {}): Element[] {
  const slowest = output.traces.reduce<Trace | undefined>((best, trace) => (best === undefined || durationOf(trace) > durationOf(best) ? trace : best), undefined);
  if (!slowest) return [];
  const parts: Element[] = [];
  if (output.traces.length > 1 && !context.brief) {
    const bySlowness = [...output.traces].sort((a, b) => durationOf(b) - durationOf(a));
    const [shown, rest] = splitAt(bySlowness, shownTraces);
    parts.push(scroller('Traces found', [traceTable(shown)]));
    if (rest.length > 0) parts.push(fold(plural(rest.length, 'more trace'), [scroller('More traces', [traceTable(rest)])], { className: 'rest' }));
    if (output.total > output.traces.length) parts.push(h('p', { className: ['shared'] }, `${output.traces.length} of ${output.total} matching traces`));
  }
  const start = slowest.spans[0];
  const prefix = output.traces.length > 1 ? 'The slowest: trace ' : 'Trace ';
  parts.push(h('p', { className: ['shared'] }, [prefix, h('code', slowest.traceId), start ? `, started ${formatClock(start.startUs / 1000, 'milliseconds')}` : '']));
  parts.push(viewWaterfall(layOutTrace(slowest.spans)));
  return parts;
}
