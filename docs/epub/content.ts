import type { Element, ElementContent, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { select, selectAll } from 'hast-util-select';
import { toString } from 'hast-util-to-string';
import { visit } from 'unist-util-visit';
import { bookCode } from './code.ts';

/** What only works on a screen with a pointer or a script, or says again what stands there. */
const DROPPED = 'script, template, link, button, noscript, input:not([type=checkbox]), select, textarea, .sl-anchor-link, .copy, .rail, .tablist-wrapper, .edition-notice a[href^="#"], .mutants a, .volumes';
/** A chart is there in two sizes; an e-reader has the width of the narrow one. */
const TWICE = '.chart:has(> .narrow) > .wide';
/** What is about the page as a page of the site. */
const PARTS = '.page-title, .sl-markdown-content, .behind-lessons, .sources, .mutants';

/** What a chapter is made of: title, text and sources of a built page, without what needs a script. @throws Error when it has an image, or no text */
export function bookContent(html: string, address: string): readonly Element[] {
  const page = fromHtml(html);
  const parts = selectAll(PARTS, page);
  if (parts.every(({ properties }) => !hasClass(properties, 'sl-markdown-content'))) throw new Error(`${address} was built without a text (.sl-markdown-content), expected one as every page of the site has it.`);
  const image = select('.sl-markdown-content img', page);
  if (image !== undefined) throw new Error(`${address} shows the image ${String(image.properties['src'])}, expected drawings inline: books have no files for images yet. Draw it as a diagram, or add images to docs/epub/.`);
  const dropped = new Set([...selectAll(DROPPED, page), ...selectAll(TWICE, page)]);
  closeFolds(page);
  const tabs = new Map(selectAll('[role=tab]', page).map((tab) => [String(tab.properties['id']), toString(tab)]));
  return parts.flatMap((part) => readable(part, dropped, tabs)).filter((node): node is Element => node.type === 'element');
}

/** On the site a fold stands open for who has no script, and the script behind it closes it. A book's are closed from the start. */
function closeFolds(page: Root): void {
  visit(page, 'element', (node, index, parent) => {
    const next = parent?.children[(index ?? 0) + 1];
    if (node.tagName === 'details' && next?.type === 'element' && next.tagName === 'script') delete node.properties['open'];
  });
}

function readable(node: ElementContent | Root['children'][number], dropped: ReadonlySet<Element>, tabs: ReadonlyMap<string, string>): ElementContent[] {
  if (node.type === 'text') return [node];
  if (node.type !== 'element' || dropped.has(node)) return [];
  if (node.tagName === 'pre') return [bookCode(node)];
  const children = node.children.flatMap((child) => readable(child, dropped, tabs));
  if (node.tagName === 'input') return [{ type: 'text', value: '☐ ' }];
  if (node.tagName === 'figcaption' && children.length === 0) return [];
  const label = node.properties['role'] === 'tabpanel' ? tabs.get(String(node.properties['ariaLabelledBy'])) : undefined;
  const named: ElementContent[] = label === undefined ? [] : [{ type: 'element', tagName: 'p', properties: { className: ['tab-name'] }, children: [{ type: 'text', value: label }] }];
  return [{ type: 'element', tagName: bookElement(node), properties: keptProperties(node), children: [...named, ...(node.tagName === 'figure' ? captionFirst(children) : children)] }];
}

function bookElement({ tagName, properties }: Element): string {
  // Elements of our own do nothing without their script.
  if (tagName.includes('-')) return 'div';
  // A figure in a sentence, whose value is its text.
  return tagName === 'data' && properties['value'] === undefined ? 'span' : tagName;
}

/** Where XHTML has a caption: at an end of its figure, not behind a flag. */
function captionFirst(children: readonly ElementContent[]): ElementContent[] {
  const isCaption = (node: ElementContent): boolean => node.type === 'element' && node.tagName === 'figcaption';
  return [...children.filter(isCaption), ...children.filter((node) => !isCaption(node))];
}

const UNWANTED = /^(?:data(?!Block$)[A-Z]|on[A-Z]|tabIndex$|hidden$|ariaLive$|ariaRoleDescription$)/;

function keptProperties({ properties }: Element): Element['properties'] {
  const isPanel = properties['role'] === 'tabpanel';
  const kept = Object.entries(properties).filter(([name]) => !UNWANTED.test(name) && !(isPanel && /^(?:role|aria)/.test(name)));
  const { style, className, ...others } = Object.fromEntries(kept);
  const classes = Array.isArray(className) ? className.map(String).filter((name) => !/^(?:astro-|not-content$|print:)/.test(name)) : [];
  const styles = typeof style === 'string' ? bookStyle(style) : '';
  return { ...others, ...(classes.length > 0 && { className: classes }), ...(styles !== '' && { style: styles }) };
}

/** Of styles on elements, what means something without the site's variables: how deep a span lies, and where its bar does. */
function bookStyle(style: string): string {
  return style.split(';').map((one) => one.trim()).flatMap((one) => {
    const depth = /^--depth: *(\d+)$/.exec(one)?.[1];
    if (depth !== undefined) return [`padding-left:${Number(depth) * 0.6}em`];
    return one === '' || one.startsWith('--') || /^min-width|\bvw\b/.test(one) ? [] : [one];
  }).join(';');
}

function hasClass(properties: Element['properties'], name: string): boolean {
  return Array.isArray(properties['className']) && properties['className'].includes(name);
}
