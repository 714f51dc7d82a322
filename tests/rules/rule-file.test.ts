import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, Scalar } from 'yaml';
import { readAssertions, splitList } from '../../harness/rule-file/assertions.ts';
import { formatDuration, parseDurationMs } from '../../harness/rule-file/durations.ts';
import { readExpression, unquote } from '../../harness/rule-file/expression.ts';
import { readRuleFile } from '../../harness/rule-file/rule-file.ts';
import { makeBlock } from './support.ts';

describe('durations', () => {
  it.each([['5m', 300_000], ['8m45s', 525_000], ['0', 0], ['0s', 0], ['1d', 86_400_000], ['15ms', 15]])('%s is %i ms', (text, durationMs) => {
    expect(parseDurationMs(text)).toBe(durationMs);
  });
  it.each(['', '5', '5 m', '1s1m', '1m1m', '-1m', '1.5m'])('%j is none', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
  it('come back from their text', () => {
    fc.assert(fc.property(fc.nat(10_000_000_000), (durationMs) => { expect(parseDurationMs(formatDuration(durationMs))).toBe(durationMs); }));
  });
});

describe('assertions', () => {
  it('split at commas outside parentheses', () => {
    expect(splitList('a, b(x=1, y=2),c')).toEqual(['a', 'b(x=1,y=2)', 'c']);
  });
  it('pair by position; one dataset serves all', () => {
    const { fires, quiet, never, problems } = readAssertions(makeBlock('x', { fires: 'A,B', after: '1m,90s', dataset: 'one', quiet: 'calm', never: 'C', control: 'crash' }));
    expect(fires).toEqual([{ alert: 'A', dataset: 'one', afterMs: 60_000 }, { alert: 'B', dataset: 'one', afterMs: 90_000 }]);
    expect([quiet, never, problems]).toEqual([['calm'], [{ alert: 'C', dataset: 'one', control: 'crash', controlAfterMs: undefined }], []]);
  });
  it('say when the controls of mistakes fire, behind what fires', () => {
    const { fires, never, problems } = readAssertions(makeBlock('x', { fires: 'A', after: '1m,90s', never: 'C', control: 'crash' }));
    expect([fires[0]?.afterMs, never, problems]).toEqual([60_000, [{ alert: 'C', dataset: undefined, control: 'crash', controlAfterMs: 90_000 }], []]);
    expect(readAssertions(makeBlock('x', { never: 'C', control: 'crash', after: '90s' }))).toMatchObject({ never: [{ controlAfterMs: 90_000 }], problems: [] });
    expect(readAssertions(makeBlock('x', { never: 'C,D', control: 'crash,crash', after: '90s' })).problems).toEqual([{ attribute: 'after', message: 'after has 1 item, fires has 0 items and never has 2 items; they pair by position, fires first. Give after one item for each of fires, or for each of fires and of never.' }]);
  });
  it('complain about empty items and never without control', () => {
    expect(readAssertions(makeBlock('x', { never: 'A,', control: '' })).problems.map(({ attribute }) => attribute)).toEqual(['never', 'control', 'control']);
  });
});

describe('expressions', () => {
  it('give what they select', () => {
    const { selectors } = readExpression('rate(a{x="1",y!="2",z=~"3"}[5m]) / on () {"b.c",w=\'\\u00e9\'} > {__name__="d"}');
    expect(selectors.map(({ metric, equals }) => [metric, equals])).toEqual([['a', [['x', '1']]], ['b.c', [['w', 'é']]], ['d', []]]);
  });
  it('unquote as Go does', () => {
    expect(['"a\\"\\n\\x41\\u00e9\\U0001F600\\101"', '`\\n`', "'\\''"].map(unquote)).toEqual(['a"\nAé😀A', '\\n', "'"]);
  });
});

describe('positions in a scalar', () => {
  const styles = [Scalar.PLAIN, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE, Scalar.BLOCK_LITERAL, Scalar.BLOCK_FOLDED] as const;
  const text = fc.string({ unit: fc.constantFrom(...'ab1(){}[]=~"\'\\ \n>|#:é,-'.split('')), minLength: 1, maxLength: 60 });
  it('lead to the same character, whatever the style', () => {
    fc.assert(fc.property(text, fc.constantFrom(...styles), fc.nat(60), (value, style, at) => {
      const scalar = new Scalar(value);
      scalar.type = style;
      const source = new Document({ groups: [{ name: 'g', rules: [{ record: 'r', expr: scalar }] }] }).toString();
      const expression = readRuleFile(source).groups[0]?.rules[0]?.expression;
      if (expression === undefined || expression.value !== value) return;
      const char = value[at];
      if (char === undefined || /\s/.test(char)) return;
      const { offset } = expression.locate({ offset: at, length: 1 });
      // An escaped character begins at its backslash.
      expect([char, '\\']).toContain(source[offset]);
      if (source[offset] !== char) expect(source[offset + 1]).toBe(char);
      // Not just the same character: the same one. What is before it in the value is before it in the source.
      const before = (all: string): number => all.split(char).length;
      if (!/[-"'\\|>#]/.test(char)) expect(before(source.slice(expression.range.offset, offset))).toBe(before(value.slice(0, at)));
    }), { numRuns: 2000 });
  });
});
