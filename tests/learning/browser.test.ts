import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeOurs, violationsOf } from '../site/axe.ts';
import { origin, serveFolder } from '../site/serve.ts';
import { writeText } from '../site/fixtures/course.ts';
import { build, launch, lesson, openReader, visit, writeLearningCourse } from './site.ts';

let root: string;
let edited: string;
let browser: Browser;

beforeAll(async () => {
  root = writeLearningCourse('learning');
  edited = writeLearningCourse('learning-edited', (source) => source.replace('- [ ] Ask for the tail of the day', 'New words stand here.\n\n- [ ] A new step that nobody ticked\n- [ ] Ask for the tail of *this* day')
    .replace('- [ ] Say who waits', '- [ ] Draw a dashboard').replace('What moved first?', 'What moved first then?'));
  writeText(edited, 'docs/redirects.yml', '/day-1/gone/: /day-1/another/\n');
  await build(root);
  await build(edited);
  browser = await launch();
}, 240_000);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
});

const kept = (page: Page): Promise<string> => page.evaluate(() => localStorage.getItem('course-progress') ?? '');
const tick = (page: Page, words: string) => page.getByRole('checkbox', { name: words });

async function markLesson(page: Page): Promise<void> {
  await tick(page, 'Ask for the tail of the day').check();
  await tick(page, 'I am done with this page').check();
  await page.locator('details[data-option] summary', { hasText: 'The average' }).click();
  await page.locator('details[data-option] summary', { hasText: 'The tail' }).click();
}

describe('progress', { timeout: 60_000 }, () => {
  it('is there again when the reader comes back: the mark, the tick, and the answers in the order they were given', async () => {
    const reader = await openReader(browser, root);
    await markLesson(await visit(reader, lesson));
    const page = await visit(reader, lesson);
    expect([await tick(page, 'I am done with this page').isChecked(), await tick(page, 'Ask for the tail of the day').isChecked(), await tick(page, 'Say who waits').isChecked()]).toEqual([true, true, false]);
    expect(await page.locator('details[data-option][open]').count()).toBe(2);
    expect(await page.locator('details[data-first] summary').innerText()).toContain('The average');
    await expect(page.locator('#starlight__sidebar a[data-done]').innerText()).resolves.toMatch(/Checkout lag.*, done/s);
    await tick(page, 'I am done with this page').uncheck();
    expect(await page.locator('#starlight__sidebar a[data-done]').count()).toBe(0);
  });
  it('goes with a page that moves', async () => {
    const reader = await openReader(browser, edited);
    const gone = { done: '2026-11-20T18:02:11.000Z' };
    await reader.addInitScript((stored) => localStorage.setItem('course-progress', stored), JSON.stringify({ format: 'course-progress', version: 1, editions: { '2.0': { pages: { 'day-1/gone': gone } } } }));
    const page = await visit(reader, '/day-1/gone/');
    await page.waitForURL(`${origin}/day-1/another/`);
    expect(await tick(page, 'I am done with this page').isChecked()).toBe(true);
    const own = await visit(reader, '/progress/');
    expect(await own.locator('tr[data-page="day-1/another"] [data-of="done"]').innerText()).toBe('yes');
    expect(await own.getByText('Kept of pages that are not there any more').isVisible()).toBe(false);
  });
  it('moves nothing when it is put back', async () => {
    const reader = await openReader(browser, root, { viewport: { width: 390, height: 844 } });
    await markLesson(await visit(reader, lesson));
    // A face that comes late on a busy machine moves text too, whatever is put back.
    await reader.route(/\.woff2$/, (route) => route.abort());
    for (const path of [lesson, '/', '/day-1/', '/progress/']) {
      const page = await reader.newPage();
      await page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => (entry as unknown as { value: number }).value))).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
      expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts), path).toEqual([]);
    }
  });
  it('survives an edit: a mended sentence keeps its tick, and one that says something else has none', async () => {
    const reader = await openReader(browser, root);
    const before = await visit(reader, lesson);
    await markLesson(before);
    await tick(before, 'Say who waits').check();
    await reader.unrouteAll();
    await serveFolder(reader, join(edited, 'dist'));
    const page = await visit(reader, lesson);
    expect([await tick(page, 'Ask for the tail of this day').isChecked(), await tick(page, 'A new step').isChecked(), await tick(page, 'Draw a dashboard').isChecked(), await tick(page, 'I am done').isChecked()]).toEqual([true, false, false, true]);
    expect(await page.locator('details[data-first] summary').innerText()).toContain('The average');
  });
  it('is shared by two windows', async () => {
    const reader = await openReader(browser, root);
    const [left, right] = [await visit(reader, lesson), await visit(reader, lesson)];
    await tick(left, 'Say who waits').check();
    await right.waitForFunction(() => [...document.querySelectorAll<HTMLInputElement>('[data-tick]')].filter(({ checked }) => checked).length === 1);
    await tick(right, 'I am done with this page').check();
    expect(JSON.parse(await kept(left))).toMatchObject({ editions: { '2.0': { pages: { 'day-1/checkout-lag': { done: expect.any(String) as string } } } } });
    expect(await kept(left)).toContain('Say who waits');
  });
  it('works by keyboard alone', async () => {
    const page = await visit(await openReader(browser, root), lesson);
    await tick(page, 'I am done with this page').focus();
    await page.keyboard.press('Space');
    expect(JSON.parse(await kept(page))).toMatchObject({ editions: { '2.0': { pages: { 'day-1/checkout-lag': { done: expect.any(String) as string } } } } });
  });
  it('does no harm where the browser keeps nothing, or what it keeps is broken', async () => {
    const reader = await openReader(browser, root);
    await reader.addInitScript(() => { Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); }; });
    const page = await visit(reader, lesson);
    await tick(page, 'I am done with this page').check();
    expect(await (await visit(reader, '/progress/')).locator('[data-said]').innerText()).toContain('keeps nothing for this page');
    const other = await openReader(browser, root);
    await other.addInitScript(() => localStorage.setItem('course-progress', '{"editions": 3'));
    expect(await (await visit(other, lesson)).locator('details[data-option][open]').count()).toBe(0);
  });
});

describe('the page of one\'s own progress', { timeout: 60_000 }, () => {
  it('saves a file that another browser loads, adds to what is there, and shows it', async () => {
    const reader = await openReader(browser, root);
    await markLesson(await visit(reader, lesson));
    const page = await visit(reader, '/progress/');
    expect(await page.locator('[data-summary]').innerText()).toBe('1 of 2 pages done, 1 tick, 1 answer, 0 exercises proven.');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()]);
    const file = await download.path();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 'course-progress', version: 1 });
    const other = await visit(await openReader(browser, root), '/progress/');
    await other.locator('input[type="file"]').setInputFiles(file);
    // The file is read after it was chosen.
    await other.getByText('Added what').waitFor();
    expect(await other.locator('tr[data-page="day-1/checkout-lag"]').innerText()).toMatch(/Checkout lag\s+yes\s+1\s+1/);
    await other.goto(`${origin}${lesson}`);
    expect(await tick(other, 'I am done with this page').isChecked()).toBe(true);
  });
  it('loads an export of version 1', async () => {
    const page = await visit(await openReader(browser, root), '/progress/');
    await page.locator('input[type="file"]').setInputFiles(join(import.meta.dirname, 'fixtures/progress-v1.json'));
    await page.getByText('Kept of pages that are not there any more: day-1/launch-day.').waitFor();
    expect(await page.locator('[data-summary]').innerText()).toBe('1 of 2 pages done, 1 tick, 1 answer, 1 exercise proven.');
  });
  it('refuses a file of another kind, says why, and changes nothing', async () => {
    const reader = await openReader(browser, root);
    await markLesson(await visit(reader, lesson));
    const page = await visit(reader, '/progress/');
    const before = await kept(page);
    await page.locator('input[type="file"]').setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from('{"name": "x"}') });
    await page.getByText('other.json: Found JSON of another kind').waitFor();
    expect(await kept(page)).toBe(before);
  });
  it('asks before it forgets, keeps everything on Escape, and forgets when told to', async () => {
    const reader = await openReader(browser, root);
    await markLesson(await visit(reader, lesson));
    const page = await visit(reader, '/progress/');
    await page.getByRole('button', { name: 'Forget everything' }).click();
    await page.keyboard.press('Escape');
    expect(await kept(page)).toContain('day-1/checkout-lag');
    await page.getByRole('button', { name: 'Forget everything' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    // A dialog tells that it was closed after the click is over.
    await page.locator('[data-summary]').getByText('Nothing is kept of this edition yet.', { exact: true }).waitFor();
    expect(await kept(page)).not.toContain('day-1/checkout-lag');
  });
});

describe('resuming', { timeout: 60_000 }, () => {
  it.each(['/', '/day-1/'])('%s offers the first page to who is new, and the place to who comes back', async (path) => {
    const reader = await openReader(browser, root);
    expect(await (await visit(reader, path)).locator('[data-resume]').innerText()).toMatch(/Begin here, with the first of 2 pages:\s+Another page/);
    const page = await visit(reader, lesson);
    await tick(page, 'I am done with this page').check();
    await page.locator('#the-question').scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector('#the-question')?.scrollIntoView());
    await page.close({ runBeforeUnload: true });
    const start = await visit(reader, path);
    expect(await start.locator('[data-resume]').innerText()).toMatch(/Go on where you were, 1 of 2 pages done:\s+Checkout lag: The question/);
    await start.locator('[data-resume] a').click();
    expect(new URL(start.url()).pathname + new URL(start.url()).hash).toBe(`${lesson}#the-question`);
  });
});

describe('all of it', { timeout: 60_000 }, () => {
  it.each([['/progress/', 'light'], ['/progress/', 'dark'], [lesson, 'light'], [lesson, 'dark'], ['/day-1/', 'light']] as const)('has no accessibility violation of ours: %s %s', async (path, colorScheme) => {
    const reader = await openReader(browser, root, { colorScheme });
    await markLesson(await visit(reader, lesson));
    expect(describeOurs(await violationsOf(await visit(reader, path)))).toEqual([]);
  });
  it.each([390, 1280])('fits into %i pixels', async (width) => {
    const reader = await openReader(browser, root, { viewport: { width, height: 844 } });
    await markLesson(await visit(reader, lesson));
    for (const path of [lesson, '/', '/day-1/', '/progress/']) expect(await (await visit(reader, path)).evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
  });
  it('shows no box that does nothing where there is no script', async () => {
    const page = await visit(await openReader(browser, root, { javaScriptEnabled: false }), lesson);
    expect(await page.locator('.learning').isVisible()).toBe(false);
    expect(await page.locator('details[data-option] p').first().isVisible()).toBe(true);
  });
});
