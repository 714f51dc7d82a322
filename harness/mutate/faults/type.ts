import { changesAt, changesInQueries, withoutSelectors, type Change, type Fault, type Sample } from '../fault.ts';

const INSTRUMENT: Readonly<Record<string, string>> = { Counter: 'Gauge', Gauge: 'Counter', Histogram: 'Gauge', Summary: 'Histogram' };
const EXPOSED: Readonly<Record<string, string>> = { counter: 'gauge', gauge: 'counter', histogram: 'summary', summary: 'histogram' };
const TYPED: Readonly<Record<string, string>> = { string: 'number', number: 'string', boolean: 'string', str: 'int', int: 'str', float: 'str' };
const SERIES: Readonly<Record<string, string>> = { _bucket: '_count', _sum: '_count', _count: '_sum', _total: '' };

/** A counter for a gauge, a string for a number, another series of a histogram, another kind of channel. */
export const type: Fault = {
  name: 'type',
  seed: (sample) => {
    const { dialect, text } = sample;
    if (sample.queries.length > 0) return [...changesInQueries(sample, /\b[a-z]\w*(?<at>_bucket|_sum|_count|_total)\b(?!\s*\()/, (found) => SERIES[found], withoutSelectors), ...inRules(sample)];
    if (dialect === 'typescript') return [...changesAt(text, /\bnew (?<at>Counter|Gauge|Histogram|Summary)\b/, (found) => INSTRUMENT[found]), ...changesAt(text, /:\s*(?<at>string|number|boolean)\b/, (found) => TYPED[found])];
    if (dialect === 'python') return [...changesAt(text, /=\s*(?<at>Counter|Gauge|Histogram|Summary)\(/, (found) => INSTRUMENT[found]), ...changesAt(text, /(?::|->)\s*(?<at>str|int|float)\b/, (found) => TYPED[found])];
    if (dialect === 'exposition') return changesAt(text, /^# TYPE \S+ (?<at>\w+)/m, (found) => EXPOSED[found]);
    if (dialect === 'json') return changesAt(text, /:\s*(?<at>\d+(?:\.\d+)?)(?=\s*[,}\]])/, (found) => `"${found}"`);
    if (dialect === 'alertmanager-config') return changesAt(text, /\b(?<at>webhook|slack|email|pagerduty)(?=_configs:)/, (found) => (found === 'webhook' ? 'slack' : 'webhook'));
    if (dialect === 'mermaid') return changesAt(text, /(?<at>-->>|-->|->>)/, (found) => (found === '-->' ? '->' : '=>'));
    return [];
  },
};

function inRules({ dialect, text }: Sample): Change[] {
  return dialect === 'rules' ? changesAt(text, /^\s*- (?<at>alert|record)(?=:)/m, (found) => (found === 'alert' ? 'record' : 'alert')) : [];
}
