import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { JSDOM } from 'jsdom';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryAway } from '../../docs/build/carry-away.ts';
import { buildSite } from '../../docs/build/build-site.ts';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { BUNDLE } from '../../docs/offline/write-bundle.ts';
import { writeCourse, writeText } from '../site/fixtures/course.ts';

let root: string;
let folder: string;
let browser: Browser;
let page: Page;
const trouble: string[] = [];
const dist = (name: string): Buffer => readFileSync(join(root, 'dist', name));

beforeAll(async () => {
  root = writeCourse('carried');
  writeText(root, 'docs/editions.json', JSON.stringify({ current: '2.0', editions: { '2.0': { title: 'Edition 2.0', stack: { prometheus: '3.14.0' } } } }));
  writeText(root, 'docs/outline.yml', 'day-1:\n  title: Day 1\n  parts:\n    - title: Slow\n      pages: [day-1/checkout-lag]\n');
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  expect(await buildSite({ root, say }), said.join('\n')).toBe(0);
  expect(await carryAway({ root, say }), said.join('\n')).toBe(0);
  folder = mkdtempSync(join(tmpdir(), 'stick-'));
  for (const [name, content] of Object.entries(unzipSync(dist(`offline/${BUNDLE}.zip`)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  page = await (await browser.newContext({ offline: true, colorScheme: 'light', viewport: { width: 1280, height: 900 } })).newPage();
  page.on('console', (message) => { if (message.type() === 'error') trouble.push(message.text()); });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('requestfailed', (request) => trouble.push(request.url()));
  await page.goto(`file://${folder}/${BUNDLE}/index.html`);
}, 240_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What stands in answers and in sentences taken from answers, number by number. */
function numbersOf(document: Document): readonly string[] {
  // A chart is there in two sizes on the site; what is said of it stands in its label and in the table of its points.
  for (const svg of document.querySelectorAll('svg, .copy, .rail')) svg.remove();
  return [...document.querySelectorAll('[data-block], .quoted')].flatMap(({ textContent }) => textContent.match(/\d[\d.,:]*/g) ?? []);
}

describe('a book of a built site', () => {
  it('has the numbers of the site, each as often and in the same order', () => {
    const site = numbersOf(new JSDOM(dist('day-1/checkout-lag/index.html').toString('utf8')).window.document);
    const chapter = strFromU8(unzipSync(dist('print/day-1-2.0.epub'))['EPUB/day-1-checkout-lag.xhtml'] ?? new Uint8Array());
    const book = numbersOf(new JSDOM(chapter, { contentType: 'application/xhtml+xml' }).window.document);
    expect(site.length).toBeGreaterThan(100);
    expect(book).toEqual(site);
  });
  it('describes each chart as the site does', () => {
    const labels = (text: string, contentType: string): readonly string[] => [...new Set([...new JSDOM(text, { contentType }).window.document.querySelectorAll('.chart svg')].map((svg) => svg.getAttribute('aria-label') ?? ''))];
    const chapter = strFromU8(unzipSync(dist('print/day-1-2.0.epub'))['EPUB/day-1-checkout-lag.xhtml'] ?? new Uint8Array());
    expect(labels(chapter, 'application/xhtml+xml')).toEqual(labels(dist('day-1/checkout-lag/index.html').toString('utf8'), 'text/html'));
  });
});

describe('the bundle of a built site, from a file and without a network', { timeout: 60_000 }, () => {
  it('has its own faces and colours', async () => {
    const faces = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...new Set([...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family))];
    });
    expect(faces).toEqual(expect.arrayContaining(['Source Serif 4', 'IBM Plex Sans']));
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(251, 250, 246)');
  });
  it('searches in Starlight\'s own dialog', async () => {
    await page.locator('button[data-open-modal]').click();
    await page.locator('.offline-input').fill('percentile');
    await page.locator('.offline-title a', { hasText: 'Checkout lag' }).click();
    await page.waitForURL(`file://${folder}/${BUNDLE}/day-1/checkout-lag/index.html`);
  });
  it('folds answers, and opens them', async () => {
    await page.waitForLoadState();
    const answer = page.locator('.ask-answer p').first();
    expect(await answer.isVisible()).toBe(false);
    await page.locator('.ask-answer summary').first().click();
    expect(await answer.isVisible()).toBe(true);
  });
  it('goes dark, and stays so on the next page', async () => {
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator('starlight-theme-select select').first().selectOption('dark');
    expect(await background()).toBe('rgb(22, 23, 26)');
    await page.goto(`file://${folder}/${BUNDLE}/index.html`);
    expect(await background()).toBe('rgb(22, 23, 26)');
  });
  it('complains of nothing', () => {
    expect(trouble).toEqual([]);
  });
});
