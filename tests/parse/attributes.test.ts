import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAttributes, printAttributes } from '../../harness/parse/attributes.ts';

const read = (text: string): unknown[] => parseAttributes(text).attributes.map(({ name, value }) => [name, value]);

describe('attribute grammar', () => {
  test.each([
    ['', []],
    ['empty', [['empty', true]]],
    ['name=slow at=14:32', [['name', 'slow'], ['at', '14:32']]],
    ['expect="all > 2"', [['expect', 'all > 2']]],
    ["expect='count = 1'", [['expect', 'count = 1']]],
    ['rejects="unexpected \\"}\\" at \\\\d"', [['rejects', 'unexpected "}" at \\d']]],
    ['rejects="a\\d"', [['rejects', 'a\\d']]],
    ["contains='say \"hi\"'", [['contains', 'say "hi"']]],
    ['fires=High,Low after=8m45s,9m', [['fires', 'High,Low'], ['after', '8m45s,9m']]],
    ['dataset=checkout-lag(discount.latency=1.5s,x=2)', [['dataset', 'checkout-lag(discount.latency=1.5s,x=2)']]],
    ['expect="all > 2; job=api"', [['expect', 'all > 2; job=api']]],
    ['{2-4}', [['mark', '{2-4}']]],
    ['{"A":5-6} ins={1} del="x" /y+/ "plain"', [['mark', '{"A":5-6}'], ['ins', '{1}'], ['del', 'x'], ['mark', '/y+/'], ['mark', 'plain']]],
    ['file=technow/checkout.ts#pool', [['file', 'technow/checkout.ts#pool']]],
    ['  a\t b=1  ', [['a', true], ['b', '1']]],
  ])('%s', (text, wanted) => {
    expect(read(text)).toEqual(wanted);
    expect(parseAttributes(text).problems).toEqual([]);
  });

  test('each attribute knows where it stands', () => {
    expect(parseAttributes(' a  b="c d"').attributes.map(({ start, end }) => [start, end])).toEqual([[1, 2], [4, 11]]);
  });
});

const attribute = fc.record({
  name: fc.stringMatching(/^[A-Za-z_][\w-]*$/),
  value: fc.oneof(fc.constant(true as const), fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '{1-2}', '"', "'", '\\', '\\"', 'a b', '/', 'a/b', '#x')),
});

test('print → parse is identity', () => {
  fc.assert(fc.property(fc.array(attribute), (attributes) => {
    const parsed = parseAttributes(printAttributes(attributes));
    expect(parsed.problems).toEqual([]);
    expect(parsed.attributes.map(({ name, value }) => ({ name, value }))).toEqual(attributes);
  }));
});

test('junk never throws, and every character that is no space belongs to exactly one item', () => {
  const junk = fc.oneof(fc.string({ unit: fc.constantFrom(...'ab=\'"{}/\\ ,()#-\t') }), fc.string({ unit: 'binary' }));
  fc.assert(fc.property(junk, (text) => {
    const { attributes, problems } = parseAttributes(text);
    const ranges = [...attributes, ...problems].toSorted((a, b) => a.start - b.start);
    const between = ranges.map(({ start }, index) => text.slice(ranges[index - 1]?.end ?? 0, start)).concat(text.slice(ranges.at(-1)?.end ?? 0));
    expect(between.join('').trim()).toBe('');
    expect(ranges.filter(({ start, end }, index) => end <= start || start < (ranges[index - 1]?.end ?? 0))).toEqual([]);
  }), { numRuns: 500 });
});
