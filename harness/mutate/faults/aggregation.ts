import { changesInQueries, withoutSelectors, type Fault } from '../fault.ts';

const OTHER: Readonly<Record<string, string>> = {
  sum: 'avg', avg: 'max', max: 'min', min: 'max', count: 'sum', topk: 'bottomk', bottomk: 'topk',
  rate: 'increase', increase: 'rate', irate: 'increase', delta: 'increase', deriv: 'rate',
  count_over_time: 'rate', sum_over_time: 'avg_over_time', avg_over_time: 'max_over_time', max_over_time: 'min_over_time', min_over_time: 'max_over_time',
};

/** Another aggregation or function over time; `by` taken for `without`. */
export const aggregation: Fault = {
  name: 'aggregation',
  seed: (sample) => [
    ...changesInQueries(sample, new RegExp(String.raw`\b(?<at>${Object.keys(OTHER).join('|')})\s*(?:\(|by\b|without\b)`), replace, withoutSelectors),
    ...changesInQueries(sample, /\b(?<at>by|without)\s*\(/, (found) => (found === 'by' ? 'without' : 'by'), withoutSelectors),
  ],
};

/** A quantile is the same of twice as much in every bucket: in one, neither `increase` nor `avg` would be a mistake. */
function replace(found: string, { index, input }: RegExpExecArray): string | undefined {
  if (!isInQuantile(input.slice(0, index))) return OTHER[found];
  return found === 'sum' ? 'max' : found === 'rate' || found === 'increase' ? undefined : OTHER[found];
}

function isInQuantile(before: string): boolean {
  const start = before.lastIndexOf('histogram_quantile');
  if (start === -1) return false;
  const inside = before.slice(start);
  return inside.split('(').length > inside.split(')').length;
}
