import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../docs/build/build-site.ts';
import { weighPage } from '../../docs/build/weigh.ts';
import { drawDiagrams } from '../../docs/diagrams/draw.ts';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { writeCourse } from './fixtures/course.ts';
import { describeOurs, upstream, violationsOf } from './axe.ts';
import { origin, serveFolder } from './serve.ts';

const lesson = '/day-1/checkout-lag/';

let root: string;
let browser: Browser;

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options });
  await serveFolder(context, join(root, 'dist'));
  const page = await context.newPage();
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  return page;
}

beforeAll(async () => {
  root = writeCourse('browser');
  const lines: string[] = [];
  const exitCode = await buildSite({ root, say: (line) => lines.push(line) });
  expect(exitCode, lines.join('\n')).toBe(0);
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}, 120_000);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
});

describe('a lesson in a browser', { timeout: 60_000 }, () => {
  it('has each answer right under its block', async () => {
    const page = await open(lesson);
    const block = page.locator('.expressive-code', { hasText: 'outbound_request_duration_seconds_bucket' });
    const next = block.locator('xpath=following-sibling::*[1]');
    expect(await next.getAttribute('data-block')).toBe('day-1/checkout-lag#by-peer');
    const [blockBox, nextBox] = [await block.boundingBox(), await next.boundingBox()];
    expect(Math.round((nextBox?.y ?? 0) - (blockBox?.y ?? 0) - (blockBox?.height ?? 0))).toBe(0);
    expect(await next.locator('tbody tr').allInnerTexts()).toEqual(['discount\t2.494', 'inventory\t0.046', 'payment\t0.095']);
  });
  it('copies hidden lines too, and offers no copy of what is wrong', async () => {
    const page = await open(lesson, { permissions: ['clipboard-read', 'clipboard-write'] });
    const service = page.locator('.expressive-code', { hasText: 'new Counter' });
    await service.hover();
    await service.locator('.copy button').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^import \{ createServer \} from 'node:http';\nimport/);
    expect(await page.locator('.expressive-code', { hasText: 'wrong on purpose' }).locator('.copy button').count()).toBe(0);
  });
  it.each(['light', 'dark'] as const)('follows the theme: %s', async (colorScheme) => {
    const page = await open(lesson, { colorScheme });
    const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.drawing .node rect') as Element).stroke]);
    expect(colours).toEqual(colorScheme === 'light' ? ['rgb(251, 250, 246)', 'rgb(74, 70, 63)'] : ['rgb(22, 23, 26)', 'rgb(191, 186, 176)']);
  });
  it.each([lesson, '/'])('does not scroll sideways at 390 pixels: %s', async (path) => {
    const page = await open(path, { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const visible = await page.locator('.chart svg:visible').count();
    expect(visible).toBeGreaterThan(0);
  });
  it.each([[lesson, 'light'], [lesson, 'dark'], ['/', 'light'], ['/', 'dark']] as const)('has no accessibility violation of ours: %s %s', async (path, colorScheme) => {
    expect(describeOurs(await violationsOf(await open(path, { colorScheme })))).toEqual([]);
  });
  it('lists no upstream violation that is gone', async () => {
    const found = new Set((await violationsOf(await open(lesson))).map(({ id }) => id));
    expect(upstream.filter((id) => !found.has(id))).toEqual([]);
  });
  it('is readable without script: answers, folded answers and the system\'s theme', async () => {
    const page = await open(lesson, { javaScriptEnabled: false });
    await expect(page.locator('.ask-answer p').first().isVisible()).resolves.toBe(true);
    await expect(page.locator('[data-block="day-1/checkout-lag#by-peer"] table').isVisible()).resolves.toBe(true);
    expect(await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)).toBe('rgb(251, 250, 246)');
  });
  it('folds the answer to a question, and opens it on demand and in print', async () => {
    const page = await open(lesson);
    const answer = page.locator('.ask-answer p').first();
    expect(await answer.isVisible()).toBe(false);
    await page.locator('.ask-answer summary').click();
    expect(await answer.isVisible()).toBe(true);
    await page.reload();
    await page.emulateMedia({ media: 'print' });
    expect(await answer.isVisible()).toBe(true);
  });
  it.each([['light', false], ['dark', true]] as const)('prints code in colours for white paper, and without script in those of the theme (%s, print %s)', async (colorScheme, isPrint) => {
    const page = await open(lesson, { colorScheme, javaScriptEnabled: isPrint });
    if (isPrint) await page.emulateMedia({ media: 'print' });
    const token = page.locator('.ec-line span', { hasText: 'histogram_quantile' }).first();
    expect(await token.evaluate((span) => getComputedStyle(span).color)).toBe('rgb(22, 74, 133)');
  });
  it('opens how a block was verified by keyboard', async () => {
    const page = await open(lesson);
    const mark = page.locator('[data-block="day-1/checkout-lag#by-peer"] .mark');
    await mark.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await mark.innerText()).toContain('npm run verify -- day-1/checkout-lag');
  });
  it('loads nothing from elsewhere and logs no error', async () => {
    const context = await browser.newContext();
    const { foreign } = await serveFolder(context, join(root, 'dist'));
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    await page.goto(`${origin}${lesson}`, { waitUntil: 'networkidle' });
    expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
  });
  it('has nothing in it of what shows verdicts to a writer', () => {
    const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => /\.(js|html)$/.test(file));
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((file) => readFileSync(join(root, 'dist', file), 'utf8').includes('@course/verdicts'))).toEqual([]);
  });
  it('weighs at most 300 KB, fonts included', () => {
    const bytes = weighPage(join(root, 'dist'), 'day-1/checkout-lag/index.html');
    expect(bytes).toBeGreaterThan(90 * 1024);
    expect(bytes).toBeLessThan(300 * 1024);
  });
  it('draws diagrams once: a second build needs no browser', async () => {
    const { drawn, diagrams } = await drawDiagrams(root);
    expect([drawn, diagrams.size]).toEqual([0, 1]);
  });
});
