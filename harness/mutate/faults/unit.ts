import { changesAt, changesInQueries, type Change, type Fault, type Sample } from '../fault.ts';

const FACTOR = String.raw`(?<at>[*/]\s*(?:1000|1e3|1e6|1e9|1024|60|100))(?!\w|\.)`;

/** Seconds for milliseconds: in a name, in a factor, in a duration. */
export const unit: Fault = {
  name: 'unit',
  seed: (sample) => {
    const factors = ['promql', 'logql', 'rules', 'dashboard'].includes(sample.dialect) ? changesInQueries(sample, new RegExp(FACTOR), turn) : ['typescript', 'python', 'shell'].includes(sample.dialect) ? changesAt(sample.text, new RegExp(FACTOR), turn) : [];
    return [...factors, ...inNames(sample), ...inDurations(sample), ...inPanels(sample)].sort((left, right) => left.offset - right.offset);
  },
};

function inNames(sample: Sample): Change[] {
  const pattern = /\b[a-z]\w*(?<at>_seconds|_bytes)(?=\b|_(?:bucket|sum|count|total)\b)/;
  const rename = (found: string): string => (found === '_seconds' ? '_milliseconds' : '_kilobytes');
  if (sample.queries.length > 0) return changesInQueries(sample, pattern, rename);
  return ['typescript', 'python', 'exposition'].includes(sample.dialect) ? changesAt(sample.text, pattern, rename) : [];
}

function inDurations(sample: Sample): Change[] {
  if (sample.dialect === 'logql') return [
    ...changesInQueries(sample, /[<>]=?\s*\d+(?<at>ms|s)\b/, (found) => (found === 'ms' ? 's' : 'ms')),
    ...changesInQueries(sample, /_ms\s*[<>]=?\s*(?<at>\d+)(?![\w.])/, (found) => String(Number(found) / 1000)),
  ];
  if (sample.dialect === 'jaeger') return changesAt(sample.text, /Duration=\d+(?<at>ms|us|s)\b/, (found) => (found === 's' ? 'ms' : found === 'ms' ? 'us' : 's'));
  if (sample.dialect === 'prometheus-config' || sample.dialect === 'alertmanager-config') return changesAt(sample.text, /:\s*\d+(?<at>s|m)$/m, (found) => (found === 's' ? 'm' : 's'));
  return [];
}

/** Of a panel: what it draws is off by a thousand, or by a hundred. */
function inPanels({ dialect, text }: Sample): Change[] {
  return dialect === 'dashboard' ? changesAt(text, /"unit":\s*"(?<at>s|ms|percent|percentunit|bytes|Bps|reqps)"/, (found) => SCALED[found]) : [];
}
const SCALED: Readonly<Record<string, string>> = { s: 'ms', ms: 's', percent: 'percentunit', percentunit: 'percent', bytes: 'bits', Bps: 'bps', reqps: 'reqpm' };

/** `* 1000` → `/ 1000`. */
function turn(found: string): string {
  return `${found.startsWith('*') ? '/' : '*'}${found.slice(1)}`;
}
