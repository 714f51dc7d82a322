import type { Code, Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { Processor } from 'unified';
import { visit } from 'unist-util-visit';

/** A fenced code node and whether its closing fence stands there. */
export interface Fence {
  readonly node: Code;
  readonly closed: boolean;
}

const fenceLines = new WeakMap<object, number>();

/** Counts opening and closing fences of each code node: the tree itself does not say whether a fence was closed. */
function countFences(this: Processor): undefined {
  const data = this.data();
  const extensions = (data.fromMarkdownExtensions ??= []);
  extensions.push({
    enter: {
      codeFencedFence() {
        const code = this.stack.findLast((node) => node.type === 'code');
        if (code !== undefined) fenceLines.set(code, (fenceLines.get(code) ?? 0) + 1);
      },
    },
  });
}

const processor = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMdx).use(countFences).freeze();

/** Parses MDX. Throws the parser's VFileMessage where the text is not MDX. */
export function parseTree(source: string): Root {
  return processor.parse(source);
}

/** Every fenced block, in source order, however deep in lists, quotes and JSX. MDX has no other code blocks. */
export function findFences(tree: Root): readonly Fence[] {
  const fences: Fence[] = [];
  visit(tree, 'code', (node) => {
    fences.push({ node, closed: fenceLines.get(node) === 2 });
  });
  return fences;
}
