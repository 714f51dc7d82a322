import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeFinding } from '../../harness/check/place.ts';
import type { Block, Page } from '../../harness/model/block.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { parsePage, placeRange, wholeRange } from '../../harness/parse/index.ts';
import { check, fixtures, showRange } from './check.ts';
import { generatedPage, tabbedPage } from './generated-page.ts';

const first = (source: string): Block => {
  const [block] = check(source).page.blocks;
  if (block === undefined) throw new Error('the page has no block');
  return block;
};
/** Place of the first occurrence of some text in the first block. */
const placeOf = (source: string, text: string): string => {
  const block = first(source);
  const place = placeRange(block, { offset: block.text.indexOf(text), length: text.length });
  return `${place.file === block.fence.file ? '' : `${place.file} `}${showRange(place)}`;
};

describe('placeRange', () => {
  test('through a quoted list', () => {
    expect(placeOf('> 1. ```json\n>    { "a": ] }\n>    ```\n', ']')).toBe('2:13-14');
  });

  test('on a hidden line the column counts the marker', () => {
    expect(placeOf('- ```ts\n  //| const hidden = 1;\n  ```\n', 'hidden')).toBe('2:13-19');
  });

  test('over several lines, one of them hidden', () => {
    expect(placeOf('```ts\na\n//| b\nc d\n```\n', 'a\nb\nc')).toBe('2:1-4:2');
  });

  test('in an included file, also outside the region', () => {
    expect(placeOf('```ts file=technow/checkout.ts#inner\n```\n', 'resize')).toBe('snippets/technow/checkout.ts 5:6-12');
    expect(placeOf('```ts file=technow/checkout.ts#inner\n```\n', 'import')).toBe('snippets/technow/checkout.ts 1:1-7');
  });

  test('a line ending at the end does not count', () => {
    expect(placeOf('```ts\nab\nc\n```\n', 'ab\n')).toBe('2:1-3');
    expect(placeOf('```ts\nab\nc\n```\n', '\n')).toBe('2:3-3');
  });

  test('the end of the text, and ranges outside it', () => {
    const block = first('x\n\n```ts\nab\nc\n```\n');
    expect(showRange(placeRange(block, { offset: 4, length: 0 }))).toBe('5:2-2');
    expect(showRange(placeRange(block, { offset: 2, length: 99 }))).toBe('4:3-5:2');
    expect(showRange(placeRange(block, { offset: -3, length: 1 }))).toBe('4:1-1');
    expect(showRange(placeRange(block, { offset: Number.NaN, length: Number.NaN }))).toBe('4:1-1');
    expect(showRange(placeRange(block, wholeRange(block)))).toBe('4:1-5:2');
  });

  test('a block without text is its fence', () => {
    const block = first('x\n\n```ts empty\n```\n');
    expect(showRange(placeRange(block, wholeRange(block)))).toBe('3:1-12');
  });

  test('columns count UTF-16 units', () => {
    expect(placeOf('```ts\né😀日x\n```\n', 'x')).toBe('2:5-6');
  });
});

describe('placeFinding', () => {
  const owner = { name: 'json', rules: { 'syntax-error': { level: 'error', summary: 'Not JSON.' } } } as const;

  test('takes the level of the rule and the place of the range', () => {
    const block = first('- ```json\n  {]\n  ```\n');
    expect(placeFinding({ block, rule: 'syntax-error', range: { offset: 1, length: 1 }, message: 'Found `]`' }, owner, placeRange)).toEqual({
      ruleId: 'json/syntax-error',
      level: 'error',
      message: 'Found `]`',
      place: { file: 'docs/content/docs/day-1/page.mdx', start: { line: 2, column: 4 }, end: { line: 2, column: 5 } },
      related: [],
    });
  });

  test('in an included file says which fence shows it', () => {
    const block = first('\n```json file=open.ts\n```\n');
    const { place, related } = placeFinding({ block, rule: 'syntax-error', range: wholeRange(block), message: 'm' }, owner, placeRange);
    expect(place.file).toBe('snippets/open.ts');
    expect(related.map((other) => [other.message, other.place.file, showRange(other.place)])).toEqual([['shown on the page here', block.fence.file, '2:1-21']]);
  });

  test.each(['other', 'toString'])('a rule that is not declared is ours: %s', (rule) => {
    const block = first('```json\n{}\n```\n');
    expect(() => placeFinding({ block, rule, range: wholeRange(block), message: 'm' }, owner, placeRange)).toThrow(HarnessError);
  });
});

const parse = (source: string): Page => parsePage({ root: fixtures, file: 'page.mdx', source });
const linesOf = (source: string): string[] => source.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);

/** Characters of a block that do not stand at their place in the source: there should be none. */
function misplaced(block: Block, sourceLines: readonly string[]): unknown[] {
  const found: unknown[] = [];
  for (let offset = 0; offset < block.text.length; offset += 1) {
    if (block.text[offset] === '\n') continue;
    const { start, end } = placeRange(block, { offset, length: 1 });
    const isThere = sourceLines[start.line - 1]?.[start.column - 1] === block.text[offset];
    if (!isThere || end.line !== start.line || end.column !== start.column + 1) found.push({ offset, start, end, character: block.text[offset] });
  }
  return found;
}

describe('properties', { timeout: 60_000 }, () => {
  test('blocks of a generated page are those that its author meant, and there is nothing to report', () => {
    fc.assert(fc.property(generatedPage, ({ source, blocks }) => {
      const page = parse(source);
      expect(page.diagnostics).toEqual([]);
      expect(page.blocks.map(({ language, text, shownText }) => ({ language, text, shown: shownText }))).toEqual(blocks);
    }), { numRuns: 200 });
  });

  test('prepending prose shifts every place by the same lines and changes nothing else', () => {
    fc.assert(fc.property(generatedPage, fc.integer({ min: 1, max: 5 }), ({ source }, paragraphs) => {
      const body = source.replace(/^\uFEFF/, '').replace(/^---[^]*?---/, '');
      const before = parse(body);
      const after = parse('Prose.\n\n'.repeat(paragraphs) + body);
      const unshifted = JSON.stringify(before.blocks, shiftLines(paragraphs * 2));
      expect(JSON.stringify(after.blocks, shiftLines(0))).toBe(unshifted);
      expect(JSON.stringify(after.diagnostics)).toBe(JSON.stringify(before.diagnostics, shiftLines(paragraphs * 2)));
    }), { numRuns: 200 });
  });

  test('each character of a block equals the source character at its place', () => {
    fc.assert(fc.property(generatedPage, ({ source }) => {
      expect(parse(source).blocks.flatMap((block) => misplaced(block, linesOf(source)))).toEqual([]);
    }), { numRuns: 200 });
  });

  test('… with tabs in the indentation too, or parse gave a diagnostic', () => {
    let mapped = 0;
    fc.assert(fc.property(tabbedPage, (source) => {
      const page = parse(source);
      if (page.diagnostics.length > 0) return;
      expect(page.blocks.flatMap((block) => misplaced(block, linesOf(source)))).toEqual([]);
      mapped += page.blocks.length;
    }), { numRuns: 200 });
    expect(mapped).toBeGreaterThan(10);
  });

  test('a page on which the MDX parser fails an assertion of its own is a diagnostic too', () => {
    expect(parse('<A>---\n---\n').diagnostics.map(({ ruleId }) => ruleId)).toEqual(['mdx/syntax-error']);
  });

  test('any text parses without a throw', () => {
    const unit = fc.constantFrom('```', '~~~', 'ts', '\n', '\r\n', ' ', '\t', '> ', '- ', '<A>', '</A>', '{', '}', '---\n', 'name=a', 'file=open.ts', '"', '//| ', '\0', '\u001B', '😀');
    fc.assert(fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), (source) => {
      const page = parse(source);
      expect(page.diagnostics.filter(({ place }) => place.start.line < 1 || place.start.column < 1)).toEqual([]);
    }), { numRuns: 200 });
  });
});

/** Replaces lines in JSON by their shifted ones; maps become lists. */
function shiftLines(by: number): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (value instanceof Map) return [...value.entries()];
    return key === 'line' && typeof value === 'number' ? value + by : value;
  };
}
