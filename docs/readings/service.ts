import type { ServiceOutput } from '../../harness/model/transcript.ts';
import { plural } from './fold.ts';
import { h, type Element } from './hast.ts';
import { viewLines } from './logs.ts';
import { layOutTrace } from './spans.ts';
import { caption, viewText } from './text.ts';
import { viewWaterfall } from './traces.ts';
import { viewSamples } from './vector.ts';

/** Buckets stand in the exposition already; what Prometheus makes of the rest is news. */
function viewSeries(output: ServiceOutput): Element[] {
  const told = output.series.filter((series) => !(series.labels['__name__'] ?? '').endsWith('_bucket'));
  const left = output.series.length - told.length;
  return [...viewSamples(told, 'value', { alike: false }), ...(left > 0 ? [h('p', { className: ['shared'] }, `and ${left} bucket series`)] : [])];
}

/** What three backends got from a running service: the exposition, the series, its log lines, one of its traces. */
export function viewService(output: ServiceOutput): Element[] {
  const [trace] = output.traces;
  return [
    ...(output.exposition === '' ? [] : [caption(`What Prometheus scraped, ${plural(output.scrapes, 'time')}`), ...viewText('Exposition', output.exposition, 8)]),
    ...(output.series.length === 0 ? [] : [caption('What Prometheus answers for it'), ...viewSeries(output)]),
    ...(output.logLines.length === 0 ? [] : [caption('What Loki received'), ...viewLines(output.logLines.map((line) => ({ atMs: undefined, labels: {}, line })))]),
    ...(trace === undefined ? [] : [caption(`What Jaeger received${output.traces.length > 1 ? `, the first of ${output.traces.length} traces` : ''}`), viewWaterfall(layOutTrace(trace.spans))]),
    ...(output.logLines.length === 0 && output.stdout.trim() !== '' ? [caption('What it printed'), ...viewText('Output', output.stdout)] : []),
  ];
}
