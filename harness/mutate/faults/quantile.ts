import { changesInQueries, type Fault } from '../fault.ts';

/** Another percentile: the median, and the next one that people ask for. */
export const quantile: Fault = {
  name: 'quantile',
  seed: (sample) => changesInQueries(sample, /\b(?:histogram_quantile|quantile_over_time|quantile)\s*(?:by\s*\([^()]*\)\s*)?\(\s*(?<at>0?\.\d+)/, (found) => ['0.5', Number(found) >= 0.99 ? '0.95' : '0.99'].filter((other) => Number(other) !== Number(found))),
};
