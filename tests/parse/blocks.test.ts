import { describe, expect, test } from 'vitest';
import { check } from './check.ts';

describe('where blocks are found', () => {
  test('on a plain page, in source order, named or by ordinal', () => {
    const { blocks, diagnostics } = check('# Hi\n\n```promql name=slow\nup\n```\n\n~~~json\n{\n}\n~~~\n');
    expect(diagnostics).toEqual([]);
    expect(blocks).toEqual([
      { id: 'day-1/page#slow', language: 'promql', text: 'up', shown: 'up', lines: '4:1' },
      { id: 'day-1/page#1', language: 'json', text: '{\n}', shown: '{\n}', lines: '8:1 9:1' },
    ]);
  });

  test('in lists, quotes, lists in quotes, JSX and asides', () => {
    const { blocks, diagnostics } = check([
      '1. Save this:',
      '   ```json',
      '   {',
      '     "a": 1',
      '',
      '   }',
      '   ```',
      '',
      '> ```ts',
      '> const a = 1;',
      '>',
      '>   b',
      '> ```',
      '>',
      '> - ~~~py',
      '>   pass',
      '>   ~~~',
      '',
      '<Tabs>',
      '    <Tab label="x">',
      '        ```yaml',
      '        a:',
      '          - b',
      '        ```',
      '    </Tab>',
      '</Tabs>',
      '',
      ':::note[Title]',
      '```sh',
      'ls',
      '```',
      ':::',
    ].join('\n'));
    expect(diagnostics).toEqual([]);
    expect(blocks.map(({ text, lines }) => [text, lines])).toEqual([
      ['{\n  "a": 1\n\n}', '3:4 4:4 5:1 6:4'],
      ['const a = 1;\n\n  b', '10:3 11:2 12:3'],
      ['pass', '16:5'],
      ['a:\n  - b', '22:9 23:9'],
      ['ls', '30:1'],
    ]);
  });

  test('a fence of four backticks holds one of three', () => {
    const { blocks } = check('````md\n```ts\nx\n```\n````\n');
    expect(blocks.map((block) => block.text)).toEqual(['```ts\nx\n```']);
  });

  test('with the endings of Windows and of old Macs, and behind a byte order mark', () => {
    expect(check('\uFEFF```ts\r\na\r\n  b\r\n```\r\n').blocks[0]).toMatchObject({ text: 'a\n  b', lines: '2:1 3:1' });
    expect(check('```ts\ra\r```\r').blocks[0]).toMatchObject({ text: 'a', lines: '2:1' });
    expect(check('\uFEFF---\ntitle: x\n---\n').page.frontmatter).toEqual({ title: 'x' });
  });

  test('blank lines at both ends are text; a fence without lines is empty and stands at its fence', () => {
    expect(check('```ts\n\na\n\n```\n').blocks[0]).toMatchObject({ text: '\na\n', lines: '2:1 3:1 4:1' });
    expect(check('x\n\n  ```ts\n  ```\n').blocks[0]).toMatchObject({ text: '', shown: '', lines: '3:3' });
    expect(check('```ts\n\n```\n').blocks[0]).toMatchObject({ text: '', lines: '2:1' });
    expect(check('```ts\n\n\n```\n').blocks[0]).toMatchObject({ text: '\n', lines: '2:1 3:1' });
  });

  test('fences in comments, in expressions and in inline code are none', () => {
    expect(check('{/*\n```ts\nx\n```\n*/}\n\n{`\n```\n`.length}\n').blocks).toEqual([]);
  });

  test('title, source and fence place', () => {
    const { page } = check('- a\n  ```yaml title="shop.rules.yml" name=r  \n  a: 1\n  ```\n');
    expect(page.blocks[0]).toMatchObject({
      title: 'shop.rules.yml',
      name: 'r',
      source: undefined,
      fence: { file: 'docs/content/docs/day-1/page.mdx', start: { line: 2, column: 3 }, end: { line: 2, column: 40 } },
    });
  });
});

describe('hidden lines', () => {
  test('are text without their marker, are not shown, and know their column', () => {
    const source = '```ts\n//| import x from "x";\n//|\nrun();\n//|   deep\n```\n';
    expect(check(source).blocks[0]).toEqual({
      id: 'day-1/page#0',
      language: 'ts',
      text: 'import x from "x";\n\nrun();\n  deep',
      shown: 'run();',
      lines: '(2:5) (3:4) 4:1 (5:5)',
    });
  });

  test('in Python and the shell, and in a list', () => {
    expect(check('- x\n  ```py\n  #| import os\n  os\n  ```\n').blocks[0]).toMatchObject({ text: 'import os\nos', shown: 'os', lines: '(3:6) 4:3' });
  });

  test('a marker that would be shown as it stands is reported, and ordinary comments are not', () => {
    const { diagnostics, blocks } = check('```ts\n//|x\n  //| y\n// z\n# a\n//||\n```\n');
    expect(blocks[0]?.shown).toBe('//|x\n  //| y\n// z\n# a\n//||');
    expect(diagnostics).toEqual([
      '2:1-5 mdx/hidden-line Found `//|x`, which would be shown as it stands. A hidden line begins with `//| ` or `#| `: the marker first, then one space, then the line with its indentation.',
      '3:1-8 mdx/hidden-line Found `//|`, which would be shown as it stands. A hidden line begins with `//| ` or `#| `: the marker first, then one space, then the line with its indentation.',
      '6:1-5 mdx/hidden-line Found `//||`, which would be shown as it stands. A hidden line begins with `//| ` or `#| `: the marker first, then one space, then the line with its indentation.',
    ]);
  });
});

describe('page', () => {
  test('its id is its path below the lessons, with either form of path', () => {
    expect(check('x').page).toMatchObject({ id: 'day-1/page', file: 'docs/content/docs/day-1/page.mdx' });
  });

  test('frontmatter is plain data', () => {
    expect(check('---\ntitle: A\nminutes: 8\nobjectives: [a, b]\n---\n').page.frontmatter).toEqual({ title: 'A', minutes: 8, objectives: ['a', 'b'] });
    expect(check('---\n---\n')).toMatchObject({ page: { frontmatter: {} }, diagnostics: [] });
  });
});
