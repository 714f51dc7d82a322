import type { Labels } from '../../harness/model/dataset.ts';
import type { VectorOutput } from '../../harness/model/transcript.ts';
import type { ReadingContext } from './context.ts';
import { fold, plural, scroller, splitAt } from './fold.ts';
import { h, type Element } from './hast.ts';
import { formatLabels, splitLabels } from './labels.ts';
import { decimalsFor, formatFixed, parseValue } from './numbers.ts';
import { unitOfQuery } from '../../harness/model/unit.ts';

const shownRows = 8;

interface Row {
  readonly labels: Labels;
  readonly text: string;
  readonly exact: string;
}

function toRows(samples: VectorOutput['samples'], alike: boolean): Row[] {
  const values = samples.map((sample) => parseValue(sample.value));
  const shared = decimalsFor(values);
  return samples.map((sample, index) => {
    const value = values[index] ?? NaN;
    const decimals = alike ? shared : decimalsFor([value]);
    return { labels: sample.labels, text: Number.isNaN(value) && sample.value !== 'NaN' ? sample.value : formatFixed(value, decimals), exact: sample.value };
  });
}

function table(rows: readonly Row[], columns: readonly string[], unit: string): Element {
  const head = [...columns.map((name) => h('th', { scope: 'col' }, name === '__name__' ? 'metric' : name)), h('th', { scope: 'col', className: ['number'] }, unit)];
  const body = rows.map((row) =>
    h('tr', [
      ...columns.map((name) => h('td', row.labels[name] ?? '–')),
      h('td', { className: ['number'] }, [h('data', { value: row.exact, title: row.exact }, row.text)]),
    ]),
  );
  return h('table', [h('thead', [h('tr', head)]), h('tbody', body)]);
}

/** True for text that was scraped, not a query that was asked. */
export function isExposition(language: string): boolean {
  return language === 'prometheus' || language === 'openmetrics';
}

/**
 * A table of an instant query's result: only labels that differ are columns, numbers aligned at the point, eight rows before the
 * rest folds. A single value without labels is shown as a figure.
 */
export function viewVector(output: VectorOutput, context: ReadingContext): Element[] {
  // Stored from a page of text, where each line measures something else.
  if (isExposition(context.language)) return viewSamples(output.samples, 'value', { alike: false });
  return viewSamples(output.samples, unitOfQuery(context.language, context.text) ?? 'value');
}

/**
 * The table of {@link viewVector} for samples that no query of the page asked for.
 * @param options.alike the samples are of one kind, so that one number of decimals suits them all (default)
 */
export function viewSamples(samples: VectorOutput['samples'], unit: string, { alike = true } = {}): Element[] {
  const rows = toRows(samples, alike);
  const split = splitLabels(samples.map((sample) => sample.labels));
  const first = rows[0];
  const parts: Element[] = [];
  if (rows.length === 1 && first) {
    parts.push(h('p', { className: ['figure'] }, [h('data', { value: first.exact, title: first.exact }, first.text), ...(unit === 'value' ? [] : [' ', h('span', { className: ['unit'] }, unit)])]));
  } else {
    const [shown, rest] = splitAt(rows, shownRows);
    parts.push(scroller('Result', [table(shown, split.differing, unit)]));
    if (rest.length > 0) parts.push(fold(`${plural(rest.length, 'more row')}`, [scroller('More rows', [table(rest, split.differing, unit)])], { className: 'rest' }));
  }
  if (Object.keys(split.shared).length > 0) {
    parts.push(h('p', { className: ['shared'] }, [rows.length === 1 ? '' : 'all of them ', h('code', formatLabels(split.shared))]));
  }
  return parts;
}
