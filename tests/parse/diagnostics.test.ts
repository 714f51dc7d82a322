import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HarnessError } from '../../harness/model/verdict.ts';
import { parsePage, parseRules } from '../../harness/parse/index.ts';
import { check, copyFixtures, fixtures, rulesOf } from './check.ts';

describe('fences', () => {
  test('an unclosed fence, at the end of the page, of a quote and of an item', () => {
    expect(check('a\n\n````ts\nx\n```\n').diagnostics).toEqual([
      '3:1-7 mdx/unclosed-fence This fence is never closed, so that everything after it is code. Where it ends, add a line with nothing but ```` on it.',
    ]);
    expect(rulesOf('> ```ts\n> x\n\ny\n')).toEqual(['1:3-8 mdx/unclosed-fence']);
    expect(rulesOf('- ~~~ts\n  x\n\ny\n')).toEqual(['1:3-8 mdx/unclosed-fence']);
    expect(rulesOf('```ts')).toEqual(['1:1-6 mdx/unclosed-fence']);
    expect(rulesOf('```ts\n> ```\n')).toEqual(['1:1-6 mdx/unclosed-fence']);
  });

  test('the text of an unclosed fence is what is there', () => {
    expect(check('```ts\na\nb').blocks[0]).toMatchObject({ text: 'a\nb', lines: '2:1 3:1' });
    expect(check('> ```ts\n> a\n\nb').blocks[0]).toMatchObject({ text: 'a', lines: '2:3' });
  });

  test('a fence without a tag, or with an attribute in its place', () => {
    expect(check('```\nx\n```\n').diagnostics).toEqual([
      '1:1-4 mdx/missing-language This fence has no tag, expected its language right after the fence. Write `text` for plain text.',
    ]);
    expect(check('```name=x\nx\n```\n').diagnostics).toEqual([
      '1:1-10 mdx/missing-language This fence begins with the attribute `name=x`, expected its language first. Write `text` for plain text.',
    ]);
    expect(rulesOf('``` {2-4}\nx\n```\n')).toEqual(['1:1-10 mdx/missing-language']);
  });

  test('a tab that is partly indentation', () => {
    expect(check('>\t```ts\n>\tx\n>\t```\n').diagnostics).toEqual([]);
    expect(rulesOf('> ```ts\n>\tx\n> ```\n')).toEqual(['2:1-4 mdx/unmappable-indent']);
    expect(rulesOf('- ```ts\n\tx\n  ```\n')).toEqual(['2:1-3 mdx/unmappable-indent']);
  });
});

test('a block that nobody can read keeps its fence and no text', () => {
  const { blocks, diagnostics } = check(`\`\`\`text\n${'x'.repeat(32_769)}\n\`\`\`\n\n\`\`\`text\n${'x'.repeat(32_768)}\n\`\`\`\n`);
  expect(diagnostics).toEqual(['1:1-8 mdx/too-long Found a block of 33 KB, expected one that can be read: at most 32 KB. Show the part of it that matters.']);
  expect(blocks.map(({ text }) => text.length)).toEqual([0, 32_768]);
});

test('a block that no parser can follow keeps its fence and no text; what nobody parses may nest as it likes', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const { blocks, diagnostics } = check(`\`\`\`json\n${nested(251)}\n\`\`\`\n\n\`\`\`json\n${nested(250)}\n\`\`\`\n\n\`\`\`text\n${nested(251)}\n\`\`\`\n`);
  expect(diagnostics).toEqual(['1:1-8 mdx/too-deep Found 251 brackets, each inside the one before it, expected at most 250: programs that read this give up. Show the inner part by itself.']);
  expect(blocks.map(({ text }) => text.length)).toEqual([0, 500, 502]);
});

test('a page whose line opens more quotes and items than anybody reads is told at that line', () => {
  expect(check(`Prose.\n\n${'> - '.repeat(126)}deep\n`).diagnostics).toEqual([expect.stringMatching(/^3:1-1 mdx\/too-deep Found a line that opens more than 250 quotes and list items/)]);
  expect(check(`${'-'.repeat(400)}\n\n${'> '.repeat(20)}deep\n`).diagnostics).toEqual([]);
});

describe('attributes', () => {
  test('an unknown one has a suggestion, placed at the attribute', () => {
    expect(check('- ```promql name=a expct="all > 2"\n  up\n  ```\n').diagnostics).toEqual([
      '1:20-35 mdx/unknown-attribute No checker knows the attribute `expct`. Did you mean `expect`?',
    ]);
    expect(check('```promql zzzzzzzz\nup\n```\n').diagnostics).toEqual([
      '1:11-19 mdx/unknown-attribute No checker knows the attribute `zzzzzzzz`. Remove it, or see the table of attributes in CONTRIBUTING.md.',
    ]);
  });

  test('the caller says which ones are known; those of Expressive Code always are', () => {
    const source = '```ts colour=red title=a {2-4} ins={1} ins={3} del="x" /y+/ collapse={1-2} wrap showLineNumbers frame=code mark={1}\nx\n```\n';
    expect(check(source, { knownAttributes: ['title'] }).diagnostics.map((text) => text.split(' ')[1])).toEqual(['mdx/unknown-attribute']);
    expect(check(source, { knownAttributes: ['title', 'colour'] }).diagnostics).toEqual([]);
  });

  test('given twice', () => {
    expect(check('```promql at=1:00 at=2:00\nup\n```\n').diagnostics).toEqual([
      '1:19-26 mdx/duplicate-attribute The attribute `at` stands twice on this fence, expected once. Join what both say in one value, or remove one. [first given here 1:11-18]',
    ]);
    expect(check('```promql at=1:00 at=2:00\nup\n```\n').page.blocks[0]?.attributes.get('at')?.value).toBe('1:00');
  });

  test('without a value', () => {
    expect(check('```promql dataset\nup\n```\n').diagnostics).toEqual([
      '1:11-18 mdx/missing-value The attribute `dataset` has no value, expected `dataset=…`. Write one.',
    ]);
    expect(rulesOf('```promql expect=""\nup\n```\n')).toEqual(['1:11-20 mdx/missing-value']);
    expect(rulesOf('```promql empty\nup\n```\n')).toEqual([]);
  });

  test('junk', () => {
    expect(check('```promql name="a b=1\nup\n```\n').diagnostics).toEqual([
      '1:11-22 mdx/attribute-syntax The value of the attribute `name` opens with `"` and never closes. Add the closing `"`.',
    ]);
    expect(check('```promql c="d"e =b dataset=\nup\n```\n').diagnostics).toEqual([
      '1:11-17 mdx/attribute-syntax Found `c="d"e`, expected a space after the attribute `c`. Quote a value that contains quotes or braces.',
      '1:18-20 mdx/attribute-syntax `=b` is not an attribute, expected `key=value` or a bare word. Correct it, or remove it.',
      '1:21-29 mdx/attribute-syntax The attribute `dataset` has no value after `=`. Write one, or remove the attribute.',
    ]);
  });

  test('a name that is none, and one that is taken', () => {
    expect(check('```ts name=Big_One\nx\n```\n').diagnostics).toEqual([
      '1:7-19 mdx/bad-name The name `Big_One` is not usable, expected lower-case letters, digits and hyphens with at least one letter. Rename the block.',
    ]);
    expect(rulesOf('```ts name=12\nx\n```\n')).toEqual(['1:7-14 mdx/bad-name']);
    const { blocks, diagnostics } = check('```ts name=a\nx\n```\n\n```ts name=a\ny\n```\n');
    expect(diagnostics).toEqual([
      '5:7-13 mdx/duplicate-name The name `a` is taken on this page, expected one of its own. Rename this block. [first used here 1:7-13]',
    ]);
    expect(blocks.map((block) => block.id)).toEqual(['day-1/page#a', 'day-1/page#1']);
  });

  test('`ignore` says why and until when', () => {
    expect(rulesOf('```ts ignore reason="not yet" until=2027-03-01\nx\n```\n')).toEqual([]);
    expect(check('```ts ignore reason="not yet"\nx\n```\n').diagnostics).toEqual([
      '1:7-13 mdx/ignore-without-reason `ignore` lacks `until`, expected `ignore reason="…" until=YYYY-MM-DD`. Add what is missing.',
    ]);
    expect(check('```ts ignore\nx\n```\n').diagnostics[0]).toContain('lacks `reason` and `until`');
  });
});

describe('page', () => {
  test('MDX that is none: the place where the parser stopped, and no blocks', () => {
    const { page, diagnostics } = check('a\n\n<Tabs>\n\n```ts\nx\n```\n');
    expect(page.blocks).toEqual([]);
    expect(diagnostics).toEqual([
      '3:1-7 mdx/syntax-error The page is not valid MDX: Expected a closing tag for `<Tabs>` (3:1-3:7). Nothing of it can be checked until this is mended.',
    ]);
    expect(rulesOf('{a b}\n')[0]).toMatch(/^1:\d+-\d+ mdx\/syntax-error$/);
    expect(rulesOf('import x fom "y"\n')[0]).toMatch(/^1:\d+-\d+ mdx\/syntax-error$/);
  });

  test('frontmatter that is no YAML, or no mapping', () => {
    expect(check('---\ntitle: a\ntitle: b\n---\n').diagnostics).toEqual([
      '3:1-2 mdx/frontmatter-error The frontmatter is not valid YAML: Map keys must be unique. Mend this line.',
    ]);
    expect(rulesOf('---\r\ntitle: a\r\nb: [1\r\n---\r\n')[0]).toMatch(/^[34]:\d+-.* mdx\/frontmatter-error$/);
    expect(rulesOf('---\n- a\n---\n')).toEqual(['1:1-3:4 mdx/frontmatter-error']);
  });

  test('what is no text, and a page with nothing in it', () => {
    expect(check('a\n\n```ts\nx\0\n```\n')).toMatchObject({ blocks: [], diagnostics: [expect.stringContaining('4:2-2 mdx/not-text Found a NUL character, expected a page in UTF-8.')] });
    expect(rulesOf('')).toEqual(['1:1-1 mdx/empty-page']);
    expect(rulesOf('\uFEFF \n')).toEqual(['1:1-1 mdx/empty-page']);
  });

  test('a page that cannot be read is ours, not the author’s', () => {
    expect(() => parsePage({ root: fixtures, file: 'docs/content/docs/none.mdx' })).toThrow(HarnessError);
  });
});

describe('included files', () => {
  const include = (file: string, root = fixtures): ReturnType<typeof check> => check(`\`\`\`ts file=${file}\n\`\`\`\n`, { root });

  test('a region: the whole file is text, the rest of it and the markers hidden, places in the file', () => {
    const { blocks, diagnostics, page } = include('technow/checkout.ts#pool');
    expect(diagnostics).toEqual([]);
    expect(page.blocks[0]?.source).toBe('snippets/technow/checkout.ts');
    expect(blocks[0]?.shown).toBe('const size = 4;\npool.resize(size);');
    expect(blocks[0]?.text.split('\n')).toHaveLength(11);
    expect(page.blocks[0]?.lines.filter((line) => line.shown).map(({ line, column }) => `${line}:${column}`)).toEqual(['3:1', '5:1']);
    expect(include('technow/checkout.ts#inner').blocks[0]?.shown).toBe('pool.resize(size);');
  });

  test('a whole file hides its markers only', () => {
    expect(include('technow/checkout.ts').blocks[0]?.shown).toBe("import { pool } from './pool.ts';\nconst size = 4;\npool.resize(size);\n\nexport { size };");
  });

  test('a file from Windows, a diagram, an empty file', () => {
    expect(include('windows.py#two').blocks[0]).toMatchObject({ text: 'one\n# #region two\ntwo\n# #endregion', shown: 'two' });
    expect(include('windows.py').blocks[0]?.lines).toContain('snippets/windows.py:1:1');
    expect(include('diagrams/path.mmd#edge').blocks[0]?.shown).toBe('  a --> b');
    expect(include('empty.txt')).toMatchObject({ diagnostics: [], blocks: [{ text: '' }] });
  });

  test('a file or region that is not there', () => {
    expect(include('technow/none.ts').diagnostics).toEqual(['1:7-27 mdx/missing-file There is no file `snippets/technow/none.ts`. Mend the path, or add the file.']);
    expect(include('snippets/technow/checkout.ts').diagnostics[0]).toContain('Leave `snippets/` out');
    expect(include('technow/checkout.ts#pol').diagnostics).toEqual(['1:7-35 mdx/unknown-region `snippets/technow/checkout.ts` has no region `pol`. Did you mean `pool`?']);
    expect(include('empty.txt#a').diagnostics[0]).toContain('Add `// #region a` and `// #endregion`');
  });

  test('a region that is open, empty or stands twice', () => {
    expect(include('open.ts#open').diagnostics[0]).toBe('1:7-24 mdx/broken-region The region `open` begins at line 1 of `snippets/open.ts` and never ends. Add `#endregion`.');
    expect(include('technow/checkout.ts#empty').diagnostics[0]).toContain('The region `empty` at line 9 of');
    expect(include('twice.sh#a').diagnostics[0]).toContain('has the region `a` at lines 1 and 4. Rename one.');
  });

  test.each(['../package.json', '/etc/passwd', 'a/../../x', 'a//b', './a', 'C:/x', 'a\\b', 'diagrams/../docs/x'])('a path that leads out: %s', (path) => {
    expect(include(`"${path.replaceAll('\\', '\\\\')}"`).diagnostics.map((text) => text.split(' ')[1])).toEqual(['mdx/forbidden-path']);
  });

  test('a link that leads out, and a folder', () => {
    const root = copyFixtures();
    symlinkSync(join(root, 'docs'), join(root, 'snippets', 'out'));
    symlinkSync('/etc/hostname', join(root, 'snippets', 'secret.txt'));
    symlinkSync(join(root, 'snippets', 'open.ts'), join(root, 'snippets', 'inside.ts'));
    expect(include('secret.txt', root).diagnostics[0]).toContain('mdx/forbidden-path');
    expect(include('inside.ts', root).diagnostics).toEqual([]);
    expect(include('technow', root).diagnostics[0]).toContain('mdx/missing-file');
  });

  test('a fence with text of its own', () => {
    expect(rulesOf('```ts file=open.ts\nown\n```\n')).toEqual(['1:1-19 mdx/included-not-empty']);
    expect(rulesOf('```ts file=open.ts\n\n```\n')).toEqual([]);
  });
});

test('every rule of the table is spoken by a test above', () => {
  const source = readFileSync(import.meta.filename, 'utf8') + readFileSync(join(import.meta.dirname, 'blocks.test.ts'), 'utf8');
  expect(Object.keys(parseRules).filter((rule) => !source.includes(rule))).toEqual([]);
});
