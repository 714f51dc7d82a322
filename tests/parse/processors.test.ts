import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { mdxToMdast } from 'satteri';
import { describe, expect, test } from 'vitest';
import { parsePage } from '../../harness/parse/index.ts';
import { findFences, parseTree } from '../../harness/parse/tree.ts';
import { generatedPage } from './generated-page.ts';

const root = join(import.meta.dirname, '..', '..');
/** Our lessons, and every MDX fixture of the tests. */
const pages = globSync(['docs/content/docs/**/*.mdx', 'tests/**/fixtures/**/*.mdx'], { cwd: root });

interface FoundFence {
  readonly tag: string;
  readonly text: string;
  readonly line: number | undefined;
}
interface Tree {
  readonly type: string;
  readonly children?: readonly Tree[];
  readonly lang?: string | null | undefined;
  readonly meta?: string | null | undefined;
  readonly value?: string;
  readonly position?: { readonly start: { readonly line: number } } | undefined;
}

/** What the site's processor finds, with the features that Starlight turns on. */
function findWithSatteri(source: string): FoundFence[] {
  const collect = (node: Tree): FoundFence[] => (node.type === 'code' ? [describeCode(node)] : (node.children ?? []).flatMap(collect));
  return collect(mdxToMdast(source, { features: { directive: true, frontmatter: true } }) as Tree);
}

function findWithRemark(source: string): FoundFence[] {
  return findFences(parseTree(source)).map(({ node }) => describeCode(node));
}

function describeCode({ lang, meta, value, position }: Tree): FoundFence {
  return { tag: `${lang ?? ''} ${meta ?? ''}`.trim(), text: value ?? '', line: position?.start.line };
}

describe('the site’s processor and ours find the same fences', () => {
  test.each(pages.length > 0 ? pages : ['tests/parse/fixtures/docs/content/docs/containers.mdx'])('on %s', (file) => {
    const source = readFileSync(join(root, file), 'utf8');
    let ours: FoundFence[];
    try {
      ours = findWithRemark(source);
    } catch {
      // A fixture that is no MDX on purpose: neither may accept it.
      expect(() => findWithSatteri(source)).toThrow();
      return;
    }
    expect(findWithSatteri(source)).toEqual(ours);
  });

  test('on generated pages', () => {
    fc.assert(fc.property(generatedPage, ({ source }) => {
      expect(findWithSatteri(source.replace(/^\uFEFF/, ''))).toEqual(findWithRemark(source.replace(/^\uFEFF/, '')));
    }), { numRuns: 200 });
  }, 60_000);
});

test('a hundred pages parse in less than two seconds of this thread', () => {
  const lesson = '## Title\n\nA paragraph of *some* [text](/x/) with `code` and enough words to be a paragraph of a lesson.\n\n- item\n  ```promql name=NAME expect="all > 2"\n  sum by (route) (rate(http_requests_total{job="checkout"}[5m]))\n  ```\n\n<Tabs>\n  <TabItem label="TypeScript">\n    ```ts\n    const a = 1;\n    ```\n  </TabItem>\n</Tabs>\n\n';
  const source = Array.from({ length: 6 }, (_, index) => lesson.replace('NAME', `query-${index}`)).join('');
  const before = process.threadCpuUsage();
  for (let page = 0; page < 100; page += 1) expect(parsePage({ root, file: 'x.mdx', source }).blocks).toHaveLength(12);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(2);
}, 60_000);
