import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../docs/build/build-site.ts';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { describeOurs, violationsOf } from './axe.ts';
import { writeCourse, writeText } from './fixtures/course.ts';
import { origin, serveFolder } from './serve.ts';

const pageText = (frontmatter: string, text: string): string => `---\ntitle: ${frontmatter}\n---\n\n${text}\n`;
const edition = 'docs/editions/1.0/docs/content/docs';
const lines: string[] = [];
let root: string;
let browser: Browser;

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await serveFolder(context, join(root, 'dist'));
  const page = await context.newPage();
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  return page;
}
const built = (address: string): string => readFileSync(join(root, 'dist', address, 'index.html'), 'utf8');

beforeAll(async () => {
  root = writeCourse('editions');
  writeText(root, 'docs/editions.json', JSON.stringify({ current: '2.0', editions: { '2.0': { title: 'Edition 2.0', stack: { prometheus: '3.14.0' } }, '1.0': { title: 'Edition 1.0', stack: { prometheus: '2.42.0', alertmanager: '0.25.0' } } } }));
  writeText(root, 'docs/content/docs/day-1/pigeon.mdx', pageText('Carriers', 'A homing pigeon carries one message.'));
  writeText(root, `${edition}/index.mdx`, pageText('As it was', 'Begin [here](/day-1/lag/).'));
  writeText(root, `${edition}/day-1/lag.mdx`, pageText('Lag, brick by brick\ncounterpart: 2.0/day-1/checkout-lag\nsince: [Histograms have other bounds now.]', 'A semaphore waves at the pigeon. Go [on](/day-1/alone/).'));
  writeText(root, `${edition}/day-1/alone.mdx`, pageText('Alone', 'Nothing newer is about this.'));
  writeText(root, 'docs/redirects.yml', '/1.0/day-1/delay/: /1.0/day-1/lag/\n');
  writeText(root, 'docs/addresses.txt', '/1.0/day-1/delay/\n');
  expect(await buildSite({ root, say: (line) => lines.push(line) }), lines.join('\n')).toBe(0);
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}, 180_000);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
});

describe('editions in a browser', { timeout: 60_000 }, () => {
  it('lead to the page about the same, and back', async () => {
    const page = await open('/1.0/day-1/lag/');
    await page.locator('.editions summary').first().click();
    await page.locator('.editions a', { hasText: '2.0' }).first().click();
    await page.waitForURL('**/day-1/checkout-lag/');
    await page.locator('.editions summary').first().click();
    await page.locator('.editions a', { hasText: '1.0' }).first().click();
    await page.waitForURL('**/1.0/day-1/lag/');
  });
  it('say where a page stands that no other edition has: the edition begins elsewhere', async () => {
    const page = await open('/1.0/day-1/alone/');
    expect(await page.locator('.edition-notice a').getAttribute('href')).toBe('/');
    expect(await page.locator('.edition-notice').innerText()).toContain('it begins here');
  });
  it('say at the head of an older page which it is, against which stack, and what changed since', async () => {
    const text = await (await open('/1.0/day-1/lag/')).locator('.edition-notice').innerText();
    expect(text).toContain('You are reading Edition 1.0, verified against Prometheus 2.42.0, Alertmanager 0.25.0.');
    expect(text).toContain('Histograms have other bounds now.');
    expect(await (await open('/day-1/checkout-lag/')).locator('.edition-notice').count()).toBe(0);
  });
  it('keep links, sidebar and the next page within', async () => {
    const page = await open('/1.0/day-1/lag/');
    expect(await page.locator('.sl-markdown-content a', { hasText: 'on' }).getAttribute('href')).toBe('/1.0/day-1/alone/');
    const links = await page.locator('nav.sidebar .top-level a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links.length).toBeGreaterThan(0);
    // Progress and certificate are those of all editions.
    expect(links.filter((href) => !href?.startsWith('/1.0/'))).toEqual(['/progress/', '/certificate/']);
  });
  it.each([['/1.0/day-1/lag/', ['/1.0/day-1/lag/']], ['/day-1/checkout-lag/', ['/day-1/pigeon/']]])('search from %s finds pages of that edition only', async (from, found) => {
    const page = await open(from);
    await page.locator('site-search button').first().click();
    await page.locator('.pagefind-ui__search-input').fill('pigeon');
    const results = page.locator('.pagefind-ui__result-link');
    await results.first().waitFor();
    expect(await results.evaluateAll((all) => [...new Set(all.map((one) => new URL((one as HTMLAnchorElement).href).pathname))])).toEqual(found);
  });
  it('are for search engines the current one: the others are not indexed, not listed, and canonical to themselves', () => {
    const old = built('1.0/day-1/lag');
    expect(old).toContain('<meta name="robots" content="noindex"');
    expect(old).toMatch(/<link rel="canonical" href="https:\/\/[^"]*\/1\.0\/day-1\/lag\/"/);
    expect(built('day-1/checkout-lag')).not.toContain('noindex');
    const listed = readFileSync(join(root, 'dist/sitemap-0.xml'), 'utf8');
    expect(listed).toContain('/day-1/checkout-lag/');
    expect(listed).not.toContain('/1.0/');
  });
  it('follow a page that moved', async () => {
    const page = await open('/1.0/day-1/delay/');
    await page.waitForURL('**/1.0/day-1/lag/');
    expect(await page.locator('h1').innerText()).toContain('Lag, brick by brick');
    expect(existsSync(join(root, 'docs/addresses.txt'))).toBe(true);
    expect(lines.join('\n')).toContain('new addresses into docs/addresses.txt');
  });
  it.each([['light', 390], ['dark', 1280]] as const)('have no accessibility violation of ours (%s, %i)', async (colorScheme, width) => {
    const page = await open('/1.0/day-1/lag/', { colorScheme, viewport: { width, height: 844 } });
    expect(describeOurs(await violationsOf(page))).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
