import type { Element, ElementContent, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import MiniSearch from 'minisearch';
import { EXIT, visit } from 'unist-util-visit';
import type { ArchivedFile } from '../build/zip.ts';
import { dataFile, searchOptions, type SearchPart } from './client/model.ts';

/** What is searched of a page. */
export interface PageWords {
  /** The page's own: `en`, or `en-x-1-0` in an older edition. */
  readonly language: string;
  readonly parts: readonly Omit<SearchPart, 'id'>[];
}

/** The words of a page, in the parts that its headings make of it. No parts for a page that is not for the search. */
export function wordsOf(tree: Root, file: string): PageWords {
  const language = find(tree, ({ tagName }) => tagName === 'html')?.properties['lang'];
  return { language: String(language ?? 'en'), parts: partsOf(tree, file) };
}

/** The first element of which that is true. Selectors would each walk the whole page, and there are hundreds of pages. */
function find(tree: Root, is: (element: Element) => boolean): Element | undefined {
  let found: Element | undefined;
  visit(tree, 'element', (element) => {
    if (!is(element)) return undefined;
    found = element;
    return EXIT;
  });
  return found;
}

/** One file of words for each language of the pages: an older edition has a language of its own, so that it is searched alone. */
export function wordFiles(pages: readonly PageWords[]): readonly ArchivedFile[] {
  const byLanguage = new Map<string, Omit<SearchPart, 'id'>[]>();
  for (const { language, parts } of pages) byLanguage.set(language, [...byLanguage.get(language) ?? [], ...parts]);
  return [...byLanguage].map(([language, found]) => {
    const parts = found.map((part, id): SearchPart => ({ id, ...part }));
    const index = new MiniSearch(searchOptions);
    index.addAll(parts);
    // A string is parsed several times faster than the same as a script's own values.
    return { name: dataFile(language), content: `courseWords(JSON.parse(${JSON.stringify(JSON.stringify({ parts, index: JSON.stringify(index) }))}));\n` };
  });
}

const headings = /^h[23]$/;
const unread = new Set(['script', 'style', 'svg', 'template', 'button', 'nav']);

function partsOf(tree: Root, file: string): Omit<SearchPart, 'id'>[] {
  const body = find(tree, ({ properties }) => properties['dataPagefindBody'] !== undefined);
  const text = find(tree, ({ properties }) => Array.isArray(properties['className']) && properties['className'].includes('sl-markdown-content'));
  const title = find(tree, ({ tagName }) => tagName === 'h1');
  if (body === undefined || text === undefined || title === undefined) return [];
  const page = toString(title);
  // Set where a page is looked up and not taught, which stands behind lessons: see docs/components/page-title.astro.
  const weight = title.properties['dataPagefindWeight'] === undefined ? 1 : 0.4;
  const open = { address: file, heading: '', words: [] as string[] };
  const parts = [open];
  collect(text, (node) => {
    if (typeof node === 'string') parts.at(-1)?.words.push(node);
    else parts.push({ address: `${file}#${String(node.properties['id'])}`, heading: toString(node), words: [] });
  });
  return parts.map(({ address, heading, words }) => ({ address, page, heading, text: words.join(' ').replace(/\s+/g, ' ').trim(), weight })).filter((part) => part.text !== '' || part.heading !== '');
}

function collect(node: Element | ElementContent | Root['children'][number], take: (part: string | Element) => void): void {
  if (node.type === 'text') return take(node.value);
  if (node.type !== 'element' || unread.has(node.tagName) || node.properties['dataPagefindIgnore'] !== undefined || node.properties['ariaHidden'] === 'true') return;
  if (headings.test(node.tagName) && node.properties['id'] !== undefined) return take(node);
  // Code is of many elements, and its words must not come apart.
  if (node.tagName === 'code' || node.tagName === 'pre') return take(toString(node));
  for (const child of node.children) collect(child, take);
}
