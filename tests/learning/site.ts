import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { expect } from 'vitest';
import { buildSite } from '../../docs/build/build-site.ts';
import { findChromium } from '../../docs/diagrams/chromium.ts';
import { lessonFile, writeCourse, writeText } from '../site/fixtures/course.ts';
import { origin, serveFolder } from '../site/serve.ts';

export const lesson = '/day-1/checkout-lag/';
const QUIZ = '<Quiz question="What moved first?">\n\n- [ ] The average\n\n  It hides the tail.\n\n- [x] The tail\n\n  A few waited.\n\n</Quiz>\n';
const STEPS = '- [ ] Ask for the tail of the day\n- [ ] Say who waits\n';
const OTHER = '---\ntitle: Another page\nkind: concept\nminutes: 7\nlevel: beginner\nobjectives:\n  - say what the average hides from you\n---\n\nText.\n\n<Note for="instructor">\n\nAsk what is missing.\n\n</Note>\n';

/** A small course of one module with two lessons; one has a checklist and a quiz. @param edit of the lesson's source */
export function writeLearningCourse(name: string, edit: (source: string) => string = (source) => source): string {
  const root = writeCourse(name);
  const source = readFileSync(join(root, lessonFile), 'utf8').replace(/```mermaid[\s\S]*?```/, '');
  writeText(root, lessonFile, edit(`${source}\n## The steps\n\n${STEPS}\n## The question\n\n${QUIZ}`));
  writeText(root, 'docs/content/docs/day-1/index.mdx', '---\ntitle: Day 1\n---\n\nA day.\n');
  writeText(root, 'docs/content/docs/day-1/another.mdx', OTHER);
  writeText(root, 'docs/outline.yml', 'day-1: {title: Day 1, parts: [{title: A, pages: [day-1/index, day-1/another]}, {title: B, pages: [day-1/checkout-lag]}]}\n');
  return root;
}

export async function build(root: string): Promise<void> {
  const lines: string[] = [];
  expect(await buildSite({ root, say: (line) => lines.push(line) }), lines.join('\n')).toBe(0);
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** One reader's browser: what it keeps is its own. */
export async function openReader(browser: Browser, root: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options });
  await serveFolder(context, join(root, 'dist'));
  return context;
}

export async function visit(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  return page;
}
