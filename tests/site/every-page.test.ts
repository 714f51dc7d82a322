import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../docs/build/build-site.ts';
import { weighPage } from '../../docs/build/weigh.ts';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { repository } from '../support/course.ts';
import { describeOurs, violationsOf } from './axe.ts';
import { origin, serveFolder } from './serve.ts';

const dist = join(repository, 'dist');
const WIDTHS = [390, 820, 1440] as const;
/** Of what the harness says there are hundreds of pages, made alike: these stand for them. */
const RULES = ['rules', 'rules/answer/unmet-expectation', 'rules/promql/rate-of-gauge'];
/** Above what one page may bring with it, fonts included. */
const MAX_BYTES = 300 * 1024;

function addressesBelow(folder: string): string[] {
  return readdirSync(join(dist, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('index.html'))
    .map((name) => join('/', folder, name, '..', '/'));
}
const lessons = (): string[] => ['day-1', 'runbooks'].flatMap(addressesBelow);
const pages = (): string[] => ['/', '/404.html', '/glossary/', '/curriculum/', '/progress/', '/certificate/', '/schedule/', '/presenter/', ...lessons(), ...addressesBelow('incidents'), ...RULES.map((rule) => `/${rule}/`)];

let browser: Browser;
interface Opened {
  readonly page: Page;
  readonly foreign: readonly string[];
  readonly errors: string[];
}
async function open(options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext(options);
  const { foreign } = await serveFolder(context, dist);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(error.message));
  return { page, foreign, errors };
}

beforeAll(async () => {
  const lines: string[] = [];
  expect(await buildSite({ root: repository, say: (line) => lines.push(line) }), lines.join('\n')).toBe(0);
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}, 180_000);
afterAll(async () => {
  await browser?.close();
});

// Of all pages together, on a machine that is given a third of its time: each of them has a limit of its own in the browser.
describe('every page', { timeout: 900_000 }, () => {
  it.each(WIDTHS)('fits into %i pixels, logs no error and asks nobody else', async (width) => {
    const { page, foreign, errors } = await open({ viewport: { width, height: 900 } });
    const wide: string[] = [];
    for (const path of pages()) {
      await page.goto(`${origin}${path}`, { waitUntil: 'load' });
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      if (scrollWidth !== width) wide.push(`${path} is ${scrollWidth} wide`);
    }
    expect({ wide, foreign, errors }).toEqual({ wide: [], foreign: [], errors: [] });
  });
  it.each(['light', 'dark'] as const)('has no accessibility violation of ours in %s', async (colorScheme) => {
    const { page } = await open({ viewport: { width: 1280, height: 900 }, colorScheme });
    const found: string[] = [];
    // Incidents are one page in many copies: a few of them stand for all where colours are what differs.
    const incidents = new Set(addressesBelow('incidents').slice(3));
    for (const path of pages().filter((path) => colorScheme === 'light' || !incidents.has(path))) {
      await page.goto(`${origin}${path}`, { waitUntil: 'load' });
      found.push(...describeOurs(await violationsOf(page)).map((violation) => `${path} ${violation}`));
    }
    expect(found).toEqual([]);
  });
  it('can be read without script, answers of questions included', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    const hidden: string[] = [];
    for (const path of lessons()) {
      await page.goto(`${origin}${path}`, { waitUntil: 'load' });
      for (const answer of await page.locator('.ask-answer > p:last-of-type, .quiz-option > p:last-of-type').all()) if (!(await answer.isVisible())) hidden.push(path);
    }
    expect(hidden).toEqual([]);
  });
  it('of the lessons is found first by its title', async () => {
    const { page } = await open({});
    await page.goto(`${origin}/`, { waitUntil: 'load' });
    const lost: string[] = [];
    for (const path of lessons()) {
      const title = /<h1 id="_top"[^>]*>([^<]+)</.exec(readFileSync(join(dist, path, 'index.html'), 'utf8'))?.[1] ?? '';
      // As text: the module is made at build, and known to no compiler.
      const first = await page.evaluate<string | undefined>(`(async () => {
        const { search } = await import('/pagefind/pagefind.js');
        return (await (await search(${JSON.stringify(title)})).results[0]?.data())?.url;
      })()`);
      if (first !== path) lost.push(`“${title}” finds ${String(first)} before ${path}`);
    }
    expect(lost).toEqual([]);
  });
  it('of the lessons weighs at most 300 KB, fonts included', () => {
    expect(existsSync(join(dist, 'index.html'))).toBe(true);
    expect(lessons().map((path) => [path, weighPage(dist, `${path.slice(1)}index.html`)] as const).filter(([, bytes]) => bytes > MAX_BYTES)).toEqual([]);
  });
});
