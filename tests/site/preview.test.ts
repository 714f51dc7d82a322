import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { writeTextAtomically } from '../../harness/record/store.ts';
import { copySnippets, makeCourse, repository } from '../support/course.ts';
import { freePort } from '../support/free-port.ts';
import { Watching } from '../support/watching.ts';

const FILE = 'docs/content/docs/first-light.mdx';
const source = readFileSync(join(repository, 'tests/pipeline/pages/first-light.mdx'), 'utf8');
/** Below `.cache`, so that the site's packages resolve. */
const root = join(repository, '.cache/site-tests/preview');
let watching: Watching;
let browser: Browser;
let page: Page;
/** What the page asked for and was told, for whoever has to find out why a verdict did not come. */
let seen: string[] = [];
const refused: string[] = [];

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeAll(async () => {
  rmSync(root, { recursive: true, force: true });
  write(FILE, source);
  write('docs/content.config.ts', "export { collections } from '../../../../docs/content.config.ts';\n");
  write('astro.config.mjs', "import { defineConfig } from 'astro/config';\nimport { courseSite } from '../../../docs/site.ts';\n\nexport default defineConfig(courseSite({ root: import.meta.dirname }));\n");
  write('ec.config.mjs', "import { codeOptions } from '../../../docs/code-options.ts';\n\nexport default codeOptions;\n");
  copySnippets(root);
  for (const path of ['harness', 'diagrams', 'package.json', 'package-lock.json', 'docs/public']) symlinkSync(join(repository, path), join(root, path));
  using course = makeCourse({ 'first-light': source });
  expect((await course.run(['verify', '--update'])).code).toBe(0);
  cpSync(join(course.root, 'docs/editions.json'), join(root, 'docs/editions.json'));
  cpSync(join(course.root, 'docs/transcripts'), join(root, 'docs/transcripts'), { recursive: true });

  const port = await freePort();
  watching = new Watching({ ...course, root }, ['dev', '--port', String(port)], {});
  // In whatever order: the verdicts may be there before the site is.
  await watching.next(new RegExp(`(?=[^]*all pages: 10 passed)(?=[^]*localhost:${port})`));
  browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  const context = await browser.newContext();
  // By Node: Chromium drops its own requests, loopback too, whenever a container of another test comes or goes (ERR_NETWORK_CHANGED).
  // A connection each: one that is kept may be closed by the server just as it is used again (ECONNRESET).
  await context.route('**/*', async (route) => route.fulfill({ response: await route.fetch({ headers: { ...route.request().headers(), connection: 'close' } }) }));
  await context.routeWebSocket('**/*', (socket) => {
    const server = new WebSocket(socket.url(), 'vite-hmr');
    const opened = new Promise((resolve) => server.addEventListener('open', resolve, { once: true }));
    server.addEventListener('message', ({ data }) => socket.send(String(data)));
    socket.onMessage((message) => void opened.then(() => server.send(String(message))));
    socket.onClose(() => server.close());
  });
  page = await context.newPage();
  page.on('framenavigated', (frame) => seen.push(`at ${frame.url()}`));
  page.on('console', (message) => seen.push(`${message.type()}: ${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`));
  page.on('request', (request) => seen.push(`asks ${request.url()}`));
  page.on('requestfinished', (request) => seen.splice(seen.lastIndexOf(`asks ${request.url()}`), 1, `got ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  const answer = await page.goto(`http://localhost:${port}/first-light/`);
  expect(answer?.status(), `the server printed: ${watching.printed}`).toBe(200);
}, 180_000);
afterAll(async () => {
  await page?.context().unrouteAll({ behavior: 'ignoreErrors' });
  await browser?.close();
  expect(await watching?.end()).toBe(130);
});

beforeEach(() => {
  seen = [];
  onTestFailed(() => console.error([...seen.filter((line) => !/^got .*(?:woff2|styles|starlight)/.test(line)).slice(-60), 'The server printed:', watching.printed].join('\n')));
});

/** The verdict under a block, once it says what is awaited. */
async function verdict(name: string, wanted: string): Promise<string> {
  const panel = page.locator(`[data-verdict-of="first-light#${name}"]`, { hasText: wanted });
  await panel.waitFor();
  return await panel.textContent() ?? '';
}

test('each block shows its verdict, and the foot counts them for those who listen', async () => {
  expect(await verdict('up-now', 'passed')).toContain('answered as stored');
  const foot = page.getByRole('status');
  expect(await foot.textContent()).toBe('10 passed');
});

test('a save shows what the real answer is, at the block, and then that it is mended', async () => {
  write(FILE, source.replace('any == 0; any == 1', 'all == 1'));
  expect(await verdict('up-range', 'failed')).toMatch(/answer\/unmet-expectation Expected `all == 1`.*docs\/content\/docs\/first-light\.mdx:16:\d+/s);
  expect(await verdict('up-now', 'passed')).toContain('passed');
  write(FILE, source);
  await verdict('up-range', 'passed');
});

test('verdicts that were slow to come do not undo newer ones', async () => {
  const file = '.cache/dev/verdicts.json';
  const before = readFileSync(join(root, file), 'utf8');
  const held = Promise.withResolvers<void>();
  await page.route('**/@course/verdicts', async (route) => {
    await held.promise;
    await route.fulfill({ body: before, contentType: 'application/json' });
  });
  const asked = page.waitForRequest('**/@course/verdicts');
  await page.reload();
  await asked;
  const skipped = page.locator('[data-verdict-of="first-light#up-range"]', { hasText: 'skipped' });
  // Told again and again: the page may not listen yet.
  await expect.poll(() => {
    writeTextAtomically(root, file, before.replace(/("first-light#up-range":\{"verdict":)"passed"/, '$1"skipped"'));
    return skipped.count();
  }, { timeout: 20_000 }).toBe(1);
  const answered = page.waitForResponse('**/@course/verdicts');
  held.resolve();
  await (await answered).finished();
  await page.unroute('**/@course/verdicts');
  expect(await skipped.count()).toBe(1);
  writeTextAtomically(root, file, before);
  await verdict('up-range', 'passed');
});

test('a query whose stored answer is another one is drawn with what it answers now', async () => {
  write(FILE, source.replace('name=up-now at=09:01:45 expect="any == 0"', 'name=up-now at=09:00:30'));
  expect(await verdict('up-now', 'failed')).toContain('transcript/changed');
  await expect.poll(() => page.locator('.reading').first().textContent(), { timeout: 20_000 }).toContain('09:00:30');
  write(FILE, source);
  await verdict('up-now', 'passed');
});

test('a new block has no answer yet, and the page is drawn all the same', async () => {
  write(FILE, `${source}\nMore:\n\n\`\`\`promql name=more\nupp\n\`\`\`\n`);
  expect(await verdict('more', 'failed')).toContain('promql/unknown-metric');
  await page.getByText('No answer yet').waitFor();
  write(FILE, source);
  await page.getByText('No answer yet').waitFor({ state: 'detached' });
});

test('the server refuses nothing that the page asks for, wherever its packages lie', () => {
  expect(refused).toEqual([]);
});
