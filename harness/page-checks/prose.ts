import type { Nodes, Parents, PhrasingContent, Root } from 'mdast';
import type { MdxJsxAttribute, MdxJsxFlowElement, MdxJsxTextElement } from 'mdast-util-mdx-jsx';
import type { MarkdownPage } from '../model/page-check.ts';
import type { TextRange } from '../model/place.ts';
import { alignText } from './align.ts';

export type JsxElement = MdxJsxFlowElement | MdxJsxTextElement;
/** Part of a passage that came from one node. */
export interface Part {
  readonly kind: 'text' | 'code' | 'quoted';
  /** In the passage's text, half-open. */
  readonly start: number;
  readonly end: number;
  /** Innermost link around it, as written. */
  readonly link: string | undefined;
  /** Names of the components around it, outermost first. */
  readonly inside: readonly string[];
  readonly value: string;
  /** Where the node lies in the page's source. */
  readonly from: number;
  readonly to: number;
}
/** What is read in one go: a paragraph, a heading, a row of a table, a question. */
export interface Passage {
  readonly kind: 'paragraph' | 'heading' | 'row' | 'attribute';
  readonly text: string;
  readonly parts: readonly Part[];
  /** Names of the components around all of it, outermost first; `Note:instructor` for a note to somebody. */
  readonly inside: readonly string[];
  /** Footnotes that it refers to, with the position in its text. */
  readonly footnotes: readonly { readonly identifier: string; readonly at: number }[];
}
/** Stands for what is no prose of the author's: a value of an answer, an image, an expression. */
export const FOREIGN = '\uFFFC';
/** Attributes of components that a reader reads as prose. */
const READ_ATTRIBUTES: ReadonlySet<string> = new Set(['question', 'title', 'label']);
const passages = new WeakMap<Root, readonly Passage[]>();

/** Every passage of a page in source order, however deep in lists, quotes and components. Read once a page. */
export function readProse({ markdown: { source, tree } }: MarkdownPage): readonly Passage[] {
  const known = passages.get(tree);
  if (known !== undefined) return known;
  const read: Passage[] = [];
  walk(tree, [], source, read);
  passages.set(tree, read);
  return read;
}

/** Part of a passage's text as a range of the page's source. */
export function rangeOf(page: MarkdownPage, passage: Passage, start: number, end: number): TextRange {
  const offset = offsetOf(page, passage, start);
  return { offset, length: Math.max(0, offsetOf(page, passage, end - 1) + 1 - offset) };
}

function offsetOf({ markdown: { source } }: MarkdownPage, { parts }: Passage, index: number): number {
  const part = parts.findLast(({ start }) => start <= index) ?? parts[0];
  if (part === undefined) return 0;
  if (part.kind === 'quoted') return part.from;
  return alignText(part.value, source, part.from, part.to)(index - part.start);
}

function walk(node: Nodes, inside: readonly string[], source: string, read: Passage[]): void {
  switch (node.type) {
    case 'paragraph': return void read.push(readPassage('paragraph', node.children, inside, source));
    case 'heading': return void read.push(readPassage('heading', node.children, inside, source));
    case 'tableRow': return void read.push(readPassage('row', node.children.flatMap((cell, index) => [...(index === 0 ? [] : [separator]), ...cell.children]), inside, source));
    case 'mdxJsxFlowElement': {
      read.push(...readAttributes(node, inside, source));
      const around = [...inside, nameOf(node)];
      return node.children.forEach((child) => walk(child, around, source, read));
    }
    default: if ('children' in node) (node as Parents).children.forEach((child) => walk(child, inside, source, read));
  }
}

/** Between two cells of a row. */
const separator: PhrasingContent = { type: 'text', value: ' | ' };

function nameOf(node: JsxElement): string {
  const audience = node.attributes.find((attribute): attribute is MdxJsxAttribute => attribute.type === 'mdxJsxAttribute' && attribute.name === 'for')?.value;
  return typeof audience === 'string' ? `${node.name ?? ''}:${audience}` : (node.name ?? '');
}

function readAttributes(node: JsxElement, inside: readonly string[], source: string): Passage[] {
  return node.attributes.flatMap((attribute): Passage[] => {
    if (attribute.type !== 'mdxJsxAttribute' || typeof attribute.value !== 'string' || !READ_ATTRIBUTES.has(attribute.name)) return [];
    const [from, to] = span(attribute);
    // Past the name, `=` and the quote: what stands there is aligned like any other text.
    const opened = source.slice(from, to).search(/["']/) + 1;
    const part: Part = { kind: 'text', start: 0, end: attribute.value.length, link: undefined, inside, value: attribute.value, from: from + opened, to };
    return [{ kind: 'attribute', text: attribute.value, parts: [part], inside: [...inside, nameOf(node)], footnotes: [] }];
  });
}

function readPassage(kind: Passage['kind'], children: readonly PhrasingContent[], inside: readonly string[], source: string): Passage {
  const parts: Part[] = [];
  const footnotes: { identifier: string; at: number }[] = [];
  let text = '';
  const add = (part: Part['kind'], value: string, node: PhrasingContent, link: string | undefined, around: readonly string[]): void => {
    const [from, to] = span(node);
    const skipped = part === 'code' ? /^`+[ \n\r]?/.exec(source.slice(from, to))?.[0].length ?? 0 : 0;
    parts.push({ kind: part, start: text.length, end: text.length + value.length, link, inside: around, value, from: from + skipped, to });
    text += value;
  };
  const visit = (node: PhrasingContent, link: string | undefined, around: readonly string[]): void => {
    if (node.type === 'text') return add(node.position === undefined ? 'quoted' : 'text', node.value, node, link, around);
    if (node.type === 'inlineCode') return add('code', node.value, node, link, around);
    if (node.type === 'break') return add('quoted', '\n', node, link, around);
    if (node.type === 'footnoteReference') return void footnotes.push({ identifier: node.identifier, at: text.length });
    if (!('children' in node) || node.children.length === 0) return add('quoted', FOREIGN, node, link, around);
    const outer = node.type === 'mdxJsxTextElement' ? [...around, nameOf(node)] : around;
    for (const child of node.children) visit(child, node.type === 'link' ? node.url : link, outer);
  };
  for (const child of children) visit(child, undefined, inside);
  return { kind, text, parts, inside, footnotes };
}

function span(node: { readonly position?: { readonly start: { readonly offset?: number | undefined }; readonly end: { readonly offset?: number | undefined } } | undefined }): [number, number] {
  return [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0];
}
