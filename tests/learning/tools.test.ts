import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeProofCode } from '../../harness/model/proof-code.ts';
import { describeOurs, violationsOf } from '../site/axe.ts';
import { writeText } from '../site/fixtures/course.ts';
import { origin } from '../site/serve.ts';
import { build, launch, lesson, openReader, visit, writeLearningCourse } from './site.ts';

let root: string;
let browser: Browser;

beforeAll(async () => {
  root = writeLearningCourse('learning-tools');
  writeText(root, 'docs/proofs.yml', 'day-1/checkout-lag: {claim: Named who waits., at: [mean], passed: done}\nday-1/another: {claim: Said what is missing., at: [x], passed: done}\n');
  await build(root);
  browser = await launch();
}, 240_000);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
});

const presenterButton = (page: Page) => page.getByRole('button', { name: 'Instructor notes in a second window' });
const current = (presenter: Page) => presenter.locator('[aria-current]');

async function openPresenter(context: BrowserContext, page: Page): Promise<Page> {
  const [presenter] = await Promise.all([context.waitForEvent('page'), presenterButton(page).click()]);
  await presenter.locator('h1', { hasText: 'Checkout lag' }).waitFor();
  return presenter;
}

describe('the second window for instructors', { timeout: 60_000 }, () => {
  it('holds headings, questions with what is right, and notes of the page, in its order', async () => {
    const context = await openReader(browser, root);
    const presenter = await openPresenter(context, await visit(context, lesson));
    const beats = await presenter.locator('.beat').allInnerTexts();
    expect(beats.findIndex((text) => text.includes('The message says p99. What would you ask first?'))).toBeLessThan(beats.findIndex((text) => text.includes('what would the average have to be')));
    expect(beats.at(-1)).toMatch(/Vote\s+What moved first\?\s+Right: The tail/);
    expect(await presenter.locator('header').innerText()).toMatch(/0:0\d of 12 min/);
  });
  it('follows the first window as it is scrolled, there and back', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, lesson);
    const presenter = await openPresenter(context, page);
    await page.evaluate(() => document.querySelector('.note-instructor')?.scrollIntoView({ block: 'start' }));
    await current(presenter).filter({ hasText: 'what would the average have to be' }).waitFor();
    await page.evaluate(() => document.querySelector('#the-question')?.scrollIntoView());
    await current(presenter).filter({ hasText: /The question|What moved first/ }).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await presenter.waitForFunction(() => !document.querySelector('[aria-current]')?.textContent?.includes('question'));
  });
  it('goes on with the next page, and is closed from there', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, lesson);
    const presenter = await openPresenter(context, page);
    await page.goto(`${origin}/day-1/another/`, { waitUntil: 'networkidle' });
    await presenter.locator('h1', { hasText: 'Another page' }).waitFor();
    expect(await presenter.locator('.beat-words').innerText()).toBe('Ask what is missing.');
    await page.waitForFunction(() => document.querySelector('[data-presenter]')?.getAttribute('aria-pressed') === 'true');
    await Promise.all([presenter.waitForEvent('close'), presenterButton(page).click()]);
    expect(await presenterButton(page).getAttribute('aria-pressed')).toBe('false');
  });
  it('opens and closes by one key, in either window', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, lesson);
    const [presenter] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Alt+p')]);
    await presenter.locator('h1', { hasText: 'Checkout lag' }).waitFor();
    await Promise.all([presenter.waitForEvent('close'), presenter.keyboard.press('Alt+p').catch(() => undefined)]);
    await page.waitForFunction(() => document.querySelector('[data-presenter]')?.getAttribute('aria-pressed') === 'false');
    const [again] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Alt+p')]);
    await again.locator('h1', { hasText: 'Checkout lag' }).waitFor();
    await Promise.all([again.waitForEvent('close'), page.keyboard.press('Alt+p')]);
  });
  it('shows the lesson that opened it, also while another one is open', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, lesson);
    await visit(context, '/day-1/another/');
    const presenter = await openPresenter(context, page);
    await page.evaluate(() => document.querySelector('#the-question')?.scrollIntoView());
    await current(presenter).filter({ hasText: /The question|What moved first/ }).waitFor();
    expect(await presenter.locator('h1').innerText()).toBe('Checkout lag');
  });
  it('is not offered where there are no notes, nor on a phone', async () => {
    const context = await openReader(browser, root);
    expect(await presenterButton(await visit(context, '/day-1/')).count()).toBe(0);
    const phone = await openReader(browser, root, { viewport: { width: 390, height: 844 } });
    expect(await presenterButton(await visit(phone, lesson)).isVisible()).toBe(false);
  });
});

describe('the certificate', { timeout: 60_000 }, () => {
  const code = makeProofCode('2.0/day-1/checkout-lag', Date.UTC(2026, 10, 21), 7);
  const add = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('A code that').fill(text);
    await page.keyboard.press('Enter');
  };
  it('lists what a code proves, keeps it, and prints nothing else', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, '/certificate/');
    await page.getByLabel('Your name').fill('Ada <b>Lovelace</b>');
    await add(page, ` ${code.toLowerCase().replace('-', ' ')}`);
    expect(await page.locator('[data-said]').innerText()).toBe('Added: Named who waits.');
    const again = await visit(context, '/certificate/');
    expect(await again.locator('.certificate h2').innerText()).toBe('Ada <b>Lovelace</b> has proven');
    expect(await again.locator('[data-proof="2.0/day-1/checkout-lag"]').innerText()).toContain(`21 November 2026, code ${code}.`);
    await again.emulateMedia({ media: 'print' });
    expect(await again.locator('.certificate li:visible').allInnerTexts()).toEqual([expect.stringContaining('Named who waits.')]);
    expect(await again.getByText('Not proven yet.').isVisible()).toBe(false);
    expect(await again.locator('.certificate-form').isVisible()).toBe(false);
    expect(await (await visit(context, '/progress/')).locator('[data-summary]').innerText()).toContain('1 exercise proven');
  });
  it('takes no wrong code, no code of another course, and none that was put into the storage', async () => {
    const context = await openReader(browser, root);
    const page = await visit(context, '/certificate/');
    for (const wrong of [code.replace('-', '-0').slice(0, -1), makeProofCode('3.0/day-9/none', Date.UTC(2026, 10, 21), 7), 'hello']) {
      await add(page, wrong);
      expect(await page.locator('[data-said]').innerText()).toContain(`Found "${wrong}", expected two groups`);
    }
    await page.evaluate((kept) => localStorage.setItem('course-progress', JSON.stringify({ format: 'course-progress', version: 1, editions: { '2.0': { pages: {}, proofs: { 'day-1/another': kept } } } })), code);
    expect(await (await visit(context, '/certificate/')).locator('[data-proven]').count()).toBe(0);
  });
});

describe('the schedule', { timeout: 60_000 }, () => {
  it('adds up, as it is printed', async () => {
    const page = await visit(await openReader(browser, root), '/schedule/');
    const tables = await page.locator('table[data-session]').evaluateAll((all) => all.map((table) => [...table.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent ?? ''))));
    expect(tables.map((rows) => rows.map(([, what]) => what))).toEqual([['Another page', 'Checkout lag'], ['Another page', 'Checkout lag'], ['Another page'], ['Checkout lag']]);
    for (const rows of tables) for (const [index, [from = '', , minutes]] of rows.entries()) {
      const [hours = 0, past = 0] = from.split(':').map(Number);
      const end = hours * 60 + past + Number(minutes);
      const next = rows[index + 1]?.[0];
      if (next !== undefined) expect(`${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`).toBe(next);
    }
  });
});

describe('all of it', { timeout: 120_000 }, () => {
  const paths = ['/schedule/', '/certificate/', '/presenter/', lesson] as const;
  it.each(['light', 'dark'] as const)('has no accessibility violation of ours: %s', async (colorScheme) => {
    const context = await openReader(browser, root, { colorScheme });
    for (const path of paths) expect(describeOurs(await violationsOf(await visit(context, path))), path).toEqual([]);
  });
  it.each([390, 1280])('fits into %i pixels', async (width) => {
    const context = await openReader(browser, root, { viewport: { width, height: 844 } });
    for (const path of paths) expect(await (await visit(context, path)).evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
  });
});
