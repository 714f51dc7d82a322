import { expect, test } from 'vitest';
import type { Span } from '../../harness/model/dataset.ts';
import { readIncident } from '../../harness/simulate/read-incident.ts';
import { runIncident } from '../../harness/simulate/run-incident.ts';
import { runText, smallShop } from './small-shop.ts';

test('a sink gets the lines and traces that the dataset would have, and series and exemplars stay', () => {
  const whole = runText(smallShop(5)).dataset;
  const lines: string[] = [];
  const traces: (readonly Span[])[] = [];
  const { dataset } = runIncident('incident', readIncident('incident.yaml', smallShop(5), { incident: 'incident', overrides: [] }), {
    sink: { line: (line) => lines.push(line), trace: (spans) => traces.push(spans) },
  });
  expect(dataset.series).toEqual(whole.series);
  expect([dataset.traces, dataset.logs.flatMap(({ entries }) => entries)]).toEqual([[], []]);
  expect(lines.toSorted()).toEqual(whole.logs.flatMap(({ entries }) => entries.map(({ line }) => line)).toSorted());
  const keys = (all: readonly (readonly Span[])[]): string[] => all.map((spans) => spans.map(({ spanId }) => spanId).toSorted().join(' ')).toSorted();
  expect(keys(traces)).toEqual(keys(whole.traces));
});
