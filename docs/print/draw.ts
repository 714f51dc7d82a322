import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import type { Browser, Page } from 'playwright';
import { placesOf } from './places.ts';

/** An origin that no packet is ever sent to: every request is answered from the built site. */
const ORIGIN = 'http://localhost';
const TYPES: Readonly<Record<string, string>> = { '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };
/** Numbers that are written in move lines, and a line may move the end of a page. Two drawings are usual, three happen. */
const MOST_DRAWINGS = 5;

export interface Drawing {
  readonly document: PDFDocument;
  /** How often it was drawn until its page numbers were those of its pages. */
  readonly drawings: number;
}

/**
 * Prints a document until every page number in it is true. Chromium lays out no `target-counter`: each drawing tells where its places are,
 * and the next one says so.
 * @param dist folder of the built site, for fonts and images
 * @throws Error when the numbers do not settle, or when the document asks for what the site does not have
 */
export async function drawDocument(browser: Browser, html: string, dist: string): Promise<Drawing> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const missing = await serve(page, html, dist);
    // Before it is loaded: it is laid out once, not for a screen first.
    await page.emulateMedia({ media: 'print' });
    await page.goto(`${ORIGIN}/`);
    await page.evaluate(loadFaces);
    if (missing.length > 0) throw new Error(`Found ${missing.join(', ')} asked for by a volume, expected files below ${dist}. Build the site anew.`);
    return await drawUntilTrue(page);
  } finally {
    await context.close();
  }
}

async function drawUntilTrue(page: Page): Promise<Drawing> {
  let written = '';
  for (let drawings = 1; drawings <= MOST_DRAWINGS; drawings++) {
    // Tags and bookmarks move nothing, and cost a third of the time: the first drawing is never the last.
    const isFirst = drawings === 1;
    const bytes = await page.pdf({ tagged: !isFirst, outline: !isFirst, preferCSSPageSize: true, printBackground: true });
    const document = await PDFDocument.load(bytes, { updateMetadata: false });
    const places = placesOf(document);
    const told = JSON.stringify([...places].sort(([left], [right]) => (left < right ? -1 : 1)));
    if (told === written) return { document, drawings };
    written = told;
    const unknown = await page.evaluate(writeNumbers, [...places]);
    if (unknown.length > 0) throw new Error(`Found no page for ${unknown.join(', ')}, expected a place in the volume for each link within it.`);
  }
  throw new Error(`Page numbers have not settled after ${MOST_DRAWINGS} drawings. Give .page-ref and .page-no a fixed width in docs/print/volume.css.`);
}

async function serve(page: Page, html: string, dist: string): Promise<readonly string[]> {
  const missing: string[] = [];
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.pathname === '/') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
    const file = normalize(join(dist, decodeURIComponent(url.pathname)));
    if (url.origin === ORIGIN && file.startsWith(dist) && existsSync(file)) return route.fulfill({ contentType: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) });
    if (!url.pathname.endsWith('favicon.ico')) missing.push(url.href);
    return route.fulfill({ status: 404 });
  });
  return missing;
}

/** In the browser: every face that the styles name. */
async function loadFaces(): Promise<void> {
  await Promise.all([...document.fonts].map((face) => (face.family.includes('fallback') ? undefined : face.load())));
  await document.fonts.ready;
}

/** In the browser: the number of the page that each reference leads to. @returns places that no page has */
function writeNumbers(places: readonly (readonly [string, number])[]): string[] {
  const pages = new Map(places);
  const unknown = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>('[data-to]')) {
    const number = pages.get(element.dataset['to'] ?? '');
    if (number === undefined) unknown.add(element.dataset['to'] ?? '');
    element.textContent = String(number ?? '?');
  }
  return [...unknown];
}
