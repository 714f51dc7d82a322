import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');

/**
 * Colours of code are many elements that print in black: without them a page has a quarter of its elements, and a PDF of its tags. And they
 * are not the same in two builds of a page.
 */
const colour = /<span style="--[01]:[^"]*">([^<]*)<\/span>/g;

/** Fields behind a line, a span or a mark, and programs: paper has none of them. Left out before they are parsed, a third of all elements. */
const unprinted = /<dl>[\s\S]*?<\/dl>|<script\b[\s\S]*?<\/script>/g;

/** A built page as text, and the style sheets that it asks for. */
export interface PageSource {
  /** Its `<main>`, code without colours, and without what is never printed. */
  readonly main: string;
  /** Addresses of files below the site's root, in the order in which the page loads them. */
  readonly styleSheets: readonly string[];
  readonly inlineStyles: readonly string[];
}

/** @throws Error when there is no such page */
export function readPageSource(dist: string, address: string): PageSource {
  const file = join(dist, decodeURIComponent(address), 'index.html');
  if (!existsSync(file)) throw new Error(`Found no built page for ${address}, expected ${file}. Build the site before its volumes.`);
  const html = readFileSync(file, 'utf8');
  const head = html.slice(0, html.indexOf('<body'));
  const main = html.slice(html.indexOf('<main'), html.lastIndexOf('</main>') + '</main>'.length);
  const links = [...`${head}${main}`.matchAll(/<link\b[^>]*rel="stylesheet"[^>]*>/g)].flatMap(([tag]) => /href="(\/[^"]+)"/.exec(tag)?.[1] ?? []);
  return { main: withoutColours(main.replaceAll(unprinted, '')), styleSheets: [...new Set(links)], inlineStyles: [...head.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/g)].map(([, css = '']) => css) };
}

function withoutColours(html: string): string {
  let plain = html;
  // From the inside outwards: an indent holds a colour of its own.
  for (let before = ''; before !== plain;) {
    before = plain;
    plain = plain.replace(colour, '$1');
  }
  return plain;
}

/** The page's `<main>` as elements that no browser has to load. */
export function parseMain({ main }: PageSource): HTMLElement {
  const parsed = new window.DOMParser().parseFromString(main, 'text/html');
  return parsed.querySelector('main') ?? parsed.body;
}

/** A new element of the document that `owner` is in. */
export function make(owner: Element, tag: string, className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const element = owner.ownerDocument.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}
