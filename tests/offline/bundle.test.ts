import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { writeEpubs } from '../../docs/epub/write-epubs.ts';
import { asFile } from '../../docs/offline/addresses.ts';
import { BUNDLE, writeOfflineBundle } from '../../docs/offline/write-bundle.ts';
import { writeSite } from './pages.ts';

let root: string;
let folder: string;
let files: Readonly<Record<string, Uint8Array>>;
let browser: Browser;
let trouble: string[];
const zip = (): Buffer => readFileSync(join(root, `dist/offline/${BUNDLE}.zip`));
const text = (name: string): string => strFromU8(files[`${BUNDLE}/${name}`] ?? new Uint8Array());

beforeAll(async () => {
  root = writeSite();
  writeEpubs({ root, say: () => undefined });
  await writeOfflineBundle({ root, say: () => undefined });
  files = unzipSync(zip());
  folder = mkdtempSync(join(tmpdir(), 'stick-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  for (const made of [root, folder]) rmSync(made, { recursive: true, force: true });
});

/** A page as somebody opens it from a stick, on a machine without network. */
async function open(file: string): Promise<Page> {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  trouble = [];
  page.on('console', (message) => { if (message.type() === 'error') trouble.push(message.text()); });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('requestfailed', (request) => trouble.push(request.url()));
  await page.goto(`file://${folder}/${BUNDLE}/${file}`);
  return page;
}
async function search(page: Page, query: string): Promise<Page> {
  await page.locator('button[data-open-modal]').click();
  await page.locator('.offline-input').fill(query);
  await page.locator('.offline-count', { hasText: query }).waitFor();
  return page;
}

describe('the offline bundle', { timeout: 60_000 }, () => {
  it('has the site, the books, the starting files and a list of the images, in one folder', () => {
    const names = Object.keys(files).map((name) => name.slice(BUNDLE.length + 1));
    expect(names.filter((name) => !name.startsWith('offline/')).sort()).toEqual([
      '1.0/day-1/index.html', '1.0/day-1/labels/index.html', '1.0/glossary/index.html', 'README.txt', '_astro/page.css', 'day-1/index.html', 'day-1/labels/index.html',
      'files/exercises/metrics/start.ts', 'glossary/index.html', 'images.txt', 'index.html', 'print/day-1-1.0.epub', 'print/day-1-2.0.epub',
    ]);
    expect(text('images.txt')).toContain('grafana/loki:3.7.6');
    expect(text('README.txt')).toMatch(/Open index\.html in a browser\.[^]*Edition 1\.0: 1\.0\/index\.html, verified against Prometheus 2\.42\.0[^]*print\/day-1-2\.0\.epub/);
  });
  it('has no module that a browser refuses, and no address that only a server answers', () => {
    for (const name of ['index.html', '1.0/day-1/labels/index.html']) {
      const html = text(name);
      expect(html).not.toMatch(/type="module" src/);
      expect([...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, address]) => address)).toEqual([]);
    }
  });
  it('links only to files that it has', () => {
    for (const [name, content] of Object.entries(files).filter(([one]) => one.endsWith('.html'))) {
      const links = [...strFromU8(content).matchAll(/(?:href|src)="(\.[^"#]*)/g)].map(([, address = '']) => join(dirname(name), address));
      expect(links.filter((link) => !Object.hasOwn(files, link) && !/\/(?:rules|favicon)/.test(link))).toEqual([]);
    }
  });
  it('does not lead to itself', () => {
    expect(text('index.html')).toContain('<p class="volumes">all as one zip (this one)</p>');
  });
  it('has its fonts inside its styles, and waits for them: nothing keeps a font for the next page', () => {
    expect(text('_astro/page.css')).toMatch(/font-display: swap; src: url\(data:font\/woff2;base64,[\w+/=]+\)/);
  });
  it('is the same bytes again', async () => {
    const before = zip();
    await writeOfflineBundle({ root, say: () => undefined });
    expect(zip().equals(before)).toBe(true);
  });
  it('shows pages with their styles, and runs their scripts once', async () => {
    const page = await open('index.html');
    expect(await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, document.documentElement.dataset['said'], document.documentElement.dataset['inline']])).toEqual(['rgb(251, 250, 246)', 'page;', 'ran']);
    expect(trouble).toEqual([]);
  });
  it('leads from page to page, also to a place on it and by a link that a script wrote', async () => {
    const page = await open('index.html');
    await page.getByText('Their price').click();
    await page.waitForURL(`file://${folder}/${BUNDLE}/day-1/labels/index.html#price`);
    await page.evaluate(() => document.body.insertAdjacentHTML('afterbegin', '<a id="written" href="/day-1/?from=here">written</a>'));
    await page.locator('#written').click();
    await page.waitForURL(`file://${folder}/${BUNDLE}/day-1/index.html?from=here`);
  });
  it('finds a word, shows where, and leads there', async () => {
    const page = await search(await open('glossary/index.html'), 'orders fail');
    expect(await page.locator('.offline-title').allInnerTexts()).toEqual(['Labels']);
    expect(await page.locator('.offline-excerpt mark').allInnerTexts()).toEqual(['orders', 'fail']);
    await page.locator('.offline-title a').click();
    await page.waitForURL(`file://${folder}/${BUNDLE}/day-1/labels/index.html`);
    expect(trouble).toEqual([]);
  });
  it('searches the page\'s own edition, leads to the heading, and says when there is nothing', async () => {
    const page = await search(await open('1.0/day-1/index.html'), 'Because');
    expect(await page.locator('.offline-heading a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))).toEqual([`file://${folder}/${BUNDLE}/1.0/day-1/labels/index.html#price`]);
    await page.locator('.offline-input').fill('zebra');
    await page.getByText('Nothing found for “zebra”').waitFor();
  });
  it('lists what is taught before what is looked up', async () => {
    const page = await search(await open('index.html'), 'label');
    expect(await page.locator('.offline-title').allInnerTexts()).toEqual(['Labels', 'Day 1', 'Glossary']);
  });
  it('closes the search with Escape, and opens it by keyboard', async () => {
    const page = await open('index.html');
    await page.keyboard.press('Control+k');
    await page.locator('.offline-input').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.offline-input').waitFor({ state: 'hidden' });
  });
  it('answers a quiz', async () => {
    const page = await open('day-1/labels/index.html');
    const option = page.locator('.quiz-option');
    expect(await option.locator('p').isVisible()).toBe(false);
    await option.locator('summary').click();
    expect(await option.locator('p').isVisible()).toBe(true);
  });
});

it.each([
  ['/day-1/labels/#price', 'index.html', './day-1/labels/index.html#price'],
  ['/day-1/labels/', '1.0/day-1/index.html', '../../day-1/labels/index.html'],
  ['/day-1/labels', 'index.html', './day-1/labels/index.html'],
  ['/', 'day-1/index.html', '../index.html'],
  ['/_astro/page.css?v=1', 'day-1/index.html', '../_astro/page.css?v=1'],
  ['//elsewhere.example/x', 'index.html', '//elsewhere.example/x'],
  ['#here', 'day-1/index.html', '#here'],
  ['https://prometheus.io/docs/', 'index.html', 'https://prometheus.io/docs/'],
])('%s on %s is %s', (address, page, file) => {
  expect(asFile(address, page, join(root, 'dist'))).toBe(file);
});

it('says what to do where no site is built', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'no-site-'));
  await expect(writeOfflineBundle({ root: empty, say: () => undefined })).rejects.toThrow(/Found no built site .* Run `npm run build`\./);
  expect(existsSync(join(empty, 'dist'))).toBe(false);
  rmSync(empty, { recursive: true });
});
