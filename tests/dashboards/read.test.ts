import fc from 'fast-check';
import { parseTree } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { findMentions, formatHeld, interpolate } from '../../harness/dashboard/interpolate.ts';
import type { Panel, PanelQuery, Variable } from '../../harness/dashboard/model.ts';
import { readDashboard } from '../../harness/dashboard/read-dashboard.ts';
import { builtIn, formatSpan, readRangeMs, windowOf } from '../../harness/dashboard/time.ts';
import { alternatives, firstHeld, fixedValues, pickValues, questionOf } from '../../harness/dashboard/values.ts';

const read = (dashboard: object, sources: Parameters<typeof readDashboard>[1] = []) => {
  const root = parseTree(JSON.stringify(dashboard));
  if (root === undefined) throw new Error('no JSON');
  return readDashboard(root, sources);
};
const variableOf = (fields: object): Variable => read({ templating: { list: [{ name: 'v', type: 'query', ...fields }] } }).variables[0] as Variable;
const window = { startMs: 0, endMs: 900_000, intervalMs: 15_000, rateIntervalMs: 60_000 };

describe('interpolation', () => {
  it('finds variables in all three spellings, and no groups of regular expressions', () => {
    expect(findMentions('$a [[b:csv]] ${c:regex} ${d.e} $1 x$').map(({ name, format }) => [name, format])).toEqual([['a', undefined], ['b', 'csv'], ['c', 'regex'], ['d', undefined]]);
  });
  it('maps every place of the filled text to where it was written', () => {
    const piece = fc.constantFrom('$a', '${b}', 'rate(', '{x="', '"} ', 'c');
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const made = interpolate(text, ({ name }) => ({ a: 'long value', b: '' })[name]);
      for (let offset = 0; offset < made.text.length; offset += 1) {
        const { offset: source, length } = made.toSource({ offset, length: 1 });
        const written = text.slice(source, source + length);
        expect(written === '$a' ? 'long value' : written).toContain(made.text[offset]);
      }
    }));
  });
  it.each([
    [{ values: ['a'], isMany: false }, undefined, 'promql', 'a'],
    [{ values: ['a\\b'], isMany: false }, undefined, 'promql', 'a\\\\b'],
    [{ values: ['a.b'], isMany: true }, undefined, 'promql', 'a\\\\.b'],
    [{ values: ['a', 'b'], isMany: true }, undefined, 'promql', '(a|b)'],
    [{ values: ['a', 'b'], isMany: true }, undefined, 'logql', 'a|b'],
    [{ values: ['a', 'b'], isMany: true, verbatim: '.*' }, undefined, 'promql', '.*'],
    [{ values: ['a', 'b'], isMany: true }, 'csv', 'promql', 'a,b'],
    [{ values: ['a.b'], isMany: false }, 'regex', 'promql', 'a\\.b'],
  ] as const)('writes %j with format %s into %s as %s', (held, format, language, wanted) => {
    expect(formatHeld(held, format, language)).toBe(wanted);
  });
});

describe('time', () => {
  const panel = (fields: object): Panel => read({ panels: [{ type: 'stat', ...fields }] }).panels[0] as Panel;
  const query = (interval?: string): PanelQuery => ({ interval }) as PanelQuery;
  it('works out intervals as Grafana does', () => {
    const board = panel({ gridPos: { x: 0, y: 0, w: 12, h: 8 } });
    expect(windowOf(board, query(), 900_000, 900_000)).toEqual(window);
    expect(windowOf(board, query('1m'), 900_000, 900_000)).toEqual({ ...window, intervalMs: 60_000, rateIntervalMs: 240_000 });
    // Four days on 720 points: eight minutes, which are rounded to ten.
    expect(windowOf(board, query(), 345_600_000, 345_600_000)).toMatchObject({ intervalMs: 600_000, rateIntervalMs: 615_000 });
    expect(windowOf(panel({ maxDataPoints: 10 }), query(), 900_000, 900_000)).toMatchObject({ intervalMs: 120_000 });
    expect(windowOf(panel({ timeFrom: '1h' }), query(), 7_200_000, 900_000)).toMatchObject({ startMs: 3_600_000, endMs: 7_200_000 });
  });
  it('writes spans and reads ranges', () => {
    expect([90_000, 120_000, 500, 86_400_000].map(formatSpan)).toEqual(['90s', '2m', '500ms', '1d']);
    expect(readRangeMs({ from: 'now-1h30m', to: 'now' })).toBe(5_400_000);
    expect(readRangeMs({ from: 'now/d', to: 'now' })).toBeUndefined();
    expect(builtIn('__rate_interval', window)).toBe('1m');
    expect(builtIn('__range_s', window)).toBe('900');
    expect(builtIn('service', window)).toBeUndefined();
  });
});

describe('variables', () => {
  it('reads values that are written down', () => {
    expect(fixedValues(variableOf({ type: 'custom', query: 'a, b : 2,c\\,d' }))).toEqual(['a', '2', 'c,d']);
    expect(fixedValues(variableOf({ type: 'constant', query: 'x' }))).toEqual(['x']);
    expect(fixedValues(variableOf({ query: 'label_values(up, job)' }))).toBeUndefined();
  });
  it.each([
    ['promql', 'label_values(up{a="b"}, job)', 'group by (job) (last_over_time(up{a="b"}[15m]))'],
    ['promql', 'label_values(job)', 'group by (job) (last_over_time({job!=""}[15m]))'],
    ['promql', 'metrics(http_.*)', 'group by (__name__) (last_over_time({__name__=~".*(?:http_.*).*"}[15m]))'],
    ['promql', 'query_result(topk(1, up))', 'topk(1, up)'],
    ['logql', 'label_values({a="b"}, level)', 'sum by (level) (count_over_time({a="b"} [15m]))'],
    ['logql', 'label_values(level)', 'sum by (level) (count_over_time({level=~".+"} [15m]))'],
    ['promql', 'labels(up)', undefined],
  ] as const)('asks %s for %s', (language, query, wanted) => {
    expect(questionOf(language, query, 900_000)?.text).toBe(wanted);
  });
  it('picks values as regex and function say', () => {
    const samples = [{ labels: { __name__: 'up', job: 'web-1' }, value: '1' }, { labels: { __name__: 'up', job: 'db' }, value: '0' }];
    const question = { language: 'promql', text: '', label: 'job' } as const;
    expect(pickValues(variableOf({}), question, samples)).toEqual(['db', 'web-1']);
    expect(pickValues(variableOf({ regex: '/web-(.*)/' }), question, samples)).toEqual(['1']);
    expect(pickValues(variableOf({ regex: '/job="([^"]+)".* 1$/' }), { ...question, label: undefined }, samples)).toEqual(['web-1']);
  });
  it('opens with what the file says, or all, or the first, and offers everything else', () => {
    const many = variableOf({ multi: true, includeAll: true, allValue: '.*' });
    expect(firstHeld(many, ['a', 'b'])).toEqual({ values: ['a', 'b'], isMany: true, verbatim: '.*' });
    expect(alternatives(many, ['a', 'b'])).toEqual([{ values: ['a'], isMany: true }, { values: ['b'], isMany: true }]);
    const one = variableOf({ current: { value: 'b' } });
    expect(firstHeld(one, ['a', 'b'])).toEqual({ values: ['b'], isMany: false });
    expect(alternatives(one, ['a', 'b'])).toEqual([{ values: ['a'], isMany: false }]);
    expect(firstHeld(variableOf({ current: { value: 'gone' } }), ['a', 'b'])).toEqual({ values: ['a'], isMany: false });
  });
});

it('takes the scrape interval that the data source states', () => {
  const sources = [{ name: 'P', uid: 'p', type: 'prometheus', isDefault: true, timeInterval: '1m' }];
  const [board] = read({ panels: [{ type: 'stat', datasource: { uid: 'p' }, targets: [{ expr: 'up' }] }] }, sources).panels;
  expect(windowOf(board as Panel, board?.queries[0] as PanelQuery, 900_000, 900_000)).toMatchObject({ intervalMs: 60_000, rateIntervalMs: 240_000 });
});

describe('searches for traces', () => {
  const search = (target: object) => read({ panels: [{ type: 'table', datasource: { type: 'jaeger', uid: 'j' }, targets: [target] }] }).panels[0]?.queries[0]?.expr;
  it('are written as a block of the course would, and know which value each line comes from', () => {
    const target = { queryType: 'search', service: '$service', operation: 'All', tags: 'error=true http.route="/a b"', minDuration: '', limit: 20 };
    const expr = search(target);
    expect(expr?.text).toBe('service=$service\ntags={"error":"true","http.route":"/a b"}');
    expect(expr?.parts?.map(({ from, to }) => expr.text.slice(from, to))).toEqual(['service=$service', '\ntags={"error":"true","http.route":"/a b"}']);
    expect(search({ query: 'abc' })?.text).toBe('traceID=abc');
    expect(search({ queryType: 'search' })).toBeUndefined();
  });
});

describe('languages', () => {
  const languageOf = (ref: unknown, more: object = {}) => read({ ...more, panels: [{ type: 'stat', datasource: ref, targets: [{ expr: 'up' }] }] }, [{ name: 'Logs', uid: 'l', type: 'loki', isDefault: false }]).panels[0]?.queries[0]?.language;
  it('are known by type, by what the uid is provisioned as, or by the variable that chooses', () => {
    expect(languageOf({ type: 'prometheus', uid: 'p' })).toBe('promql');
    expect(languageOf({ uid: 'l' })).toBe('logql');
    expect(languageOf({ uid: 'other' })).toBeUndefined();
    expect(languageOf({ uid: '${ds}' }, { templating: { list: [{ name: 'ds', type: 'datasource', query: 'prometheus' }] } })).toBe('promql');
    for (const type of ['tempo', 'constructor', '__proto__']) expect(languageOf({ type, uid: 't' })).toBeUndefined();
  });
});
