import type { Element, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { toString } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';
import { asFile, rootFrom } from './addresses.ts';
import { BUNDLE_ADDRESS } from './client/model.ts';
import { wordsOf, type PageWords } from './words.ts';

/** A script of a page that a browser refuses where there is no server, or that imports one. */
export type ModuleScript = { readonly address: string } | { readonly text: string };
/** A built page, read once: what has to change in it, and its words. Its tree is not kept: those of a whole site take gigabytes. */
export interface SitePage {
  /** `day-1/labels/index.html` */
  readonly file: string;
  readonly html: string;
  readonly modules: readonly ModuleScript[];
  readonly edits: readonly Edit[];
  /** Where its head ends. */
  readonly headEnd: number;
  readonly words: PageWords;
}
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** @param dist the site's folder, which tells files from folders */
export function readSitePage(file: string, html: string, dist: string): SitePage {
  const tree = fromHtml(html, { verbose: true });
  const modules = moduleElements(tree);
  const edits = modules.map(({ element }) => cut(element));
  let headEnd = 0;
  visit(tree, 'element', (element) => {
    if (isForServers(element)) edits.push(cut(element));
    // Whoever reads this has it.
    else if (element.properties['href'] === BUNDLE_ADDRESS) edits.push({ ...cut(element), text: `${toString(element)} (this one)` });
    else edits.push(...linksOf(element, file, dist));
    const { opening, closing } = element.data?.position ?? {};
    if (element.tagName === 'html' && opening !== undefined) edits.push({ from: offset(opening.end) - 1, to: offset(opening.end) - 1, text: ` data-course-root="${rootFrom(file)}"` });
    if (element.tagName === 'head' && closing !== undefined) headEnd = offset(closing.start);
  });
  return { file, html, modules: modules.map(({ script }) => script), edits, headEnd, words: wordsOf(tree, file) };
}

function moduleElements(tree: Root): { readonly element: Element; readonly script: ModuleScript }[] {
  const found: { element: Element; script: ModuleScript }[] = [];
  visit(tree, 'element', (element) => {
    const { type, src } = element.properties;
    if (element.tagName !== 'script' || type !== 'module') return;
    if (typeof src === 'string') found.push({ element, script: { address: src } });
    // One that imports nothing runs from a file as well as from a server, where it stands.
    else if (/\bimport\b/.test(toString(element))) found.push({ element, script: { text: toString(element) } });
  });
  return found;
}

/**
 * The page as a file among files: links relative, no module scripts, and what stands for those: one classic script, and the search.
 * @param script what `classicScripts` made of the page's modules, below the site's folder
 */
export function asLocalPage({ file, html, edits, headEnd }: SitePage, script: string | undefined): string {
  return apply(html, headEnd === 0 ? edits : [...edits, { from: headEnd, to: headEnd, text: added(rootFrom(file), script) }]);
}

/** Classic and deferred: they run in this order once the page is read, as modules do. */
function added(root: string, script: string | undefined): string {
  const scripts = ['offline/search.js', ...(script === undefined ? [] : [script])];
  return `<link rel="stylesheet" href="${root}offline/search.css">${scripts.map((one) => `<script defer src="${root}${one}"></script>`).join('')}`;
}

function isForServers({ tagName, properties }: Element): boolean {
  const rel = Array.isArray(properties['rel']) ? properties['rel'].map(String) : [];
  return tagName === 'link' && (rel.includes('sitemap') || rel.includes('modulepreload') || rel.includes('preload') || rel.includes('prefetch'));
}

const linking = ['href', 'src', 'poster', 'content'] as const;

function linksOf(element: Element, file: string, dist: string): Edit[] {
  return linking.flatMap((name) => {
    const value = element.properties[name];
    const place = element.data?.position?.properties?.[name];
    if (typeof value !== 'string' || place === undefined) return [];
    const changed = name === 'content' ? refreshed(element, value, file, dist) : asFile(value, file, dist);
    return changed === value ? [] : [{ from: offset(place.start), to: offset(place.end), text: `${name}="${changed.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"` }];
  });
}

/** A page that has moved leads on by itself: `0;url=/day-1/labels/`. */
function refreshed({ tagName, properties }: Element, content: string, file: string, dist: string): string {
  const isRefresh = tagName === 'meta' && String(properties['httpEquiv']).toLowerCase() === 'refresh';
  return isRefresh ? content.replace(/(url=)(\S+)/i, (_, before: string, address: string) => before + asFile(address, file, dist)) : content;
}

function cut({ position }: Element): Edit {
  return { from: position === undefined ? 0 : offset(position.start), to: position === undefined ? 0 : offset(position.end), text: '' };
}

/** Of a tree that was just read, every place has one. */
function offset(point: { readonly offset?: number | undefined }): number {
  return point.offset ?? 0;
}

/** Edits never overlap, but for those inside of what is cut. */
function apply(html: string, edits: readonly Edit[]): string {
  let at = 0;
  const parts: string[] = [];
  for (const { from, to, text } of edits.toSorted((left, right) => left.from - right.from || right.to - left.to)) {
    if (from < at) continue;
    parts.push(html.slice(at, from), text);
    at = to;
  }
  return parts.join('') + html.slice(at);
}
