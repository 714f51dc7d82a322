import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCourse } from '../../docs/plugins/course.ts';
import { openEditions } from '../../docs/plugins/editions.ts';
import { addressOf, readOutline, sidebarOf, type OutlinePage } from '../../docs/plugins/outline.ts';
import { planDay, renderOutline, renderPaths, renderSchedule } from '../../docs/plugins/schedule.ts';
import { renderTaught } from '../../docs/plugins/taught.ts';
import { writeCourse, writeText } from './fixtures/course.ts';

const root = resolve(import.meta.dirname, '../..');
const course = openCourse(root);
const page = (title: string, minutes: number): OutlinePage => ({ id: `day-1/${title}`, title, kind: 'concept', level: 'beginner', minutes });

describe('the outline of the course', () => {
  const pages = readOutline(course).flatMap(({ parts }) => parts.flatMap((part) => part.pages));

  test('holds every page of its modules, once', () => {
    const written = readOutline(course).flatMap(({ id }) => readdirSync(join(root, 'docs/content/docs', id), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.mdx')).map((name) => `${id}/${name.slice(0, -'.mdx'.length)}`));
    expect(pages.map(({ id }) => id).sort()).toEqual(written.sort());
  });
  test('every page but a module’s index has minutes and a level', () => {
    expect(pages.filter(({ id, minutes, level }) => !id.endsWith('/index') && (minutes === 0 || level === undefined)).map(({ id }) => id)).toEqual([]);
  });
  test('leaves out pages and parts that nobody has written', () => {
    const small = writeCourse('outline');
    writeText(small, 'docs/outline.yml', 'day-1: {title: Day 1, parts: [{title: A, pages: [day-1/checkout-lag, day-1/none]}, {title: B, pages: [day-1/nor-this]}]}\n');
    expect(readOutline(openCourse(small)).map(({ parts }) => parts.map((part) => [part.title, part.pages.map(({ id }) => id)]))).toEqual([[['A', ['day-1/checkout-lag']]]]);
  });
  test('a small course has none', () => {
    expect(readOutline(openCourse(writeCourse('no-outline')))).toEqual([]);
  });
  test('the sidebar shows the minutes of each page, and an index by the address of its module', () => {
    const [lesson] = sidebarOf(course).flatMap(({ items }) => items.flatMap((part) => part.items)).filter(({ link }) => link === '/day-1/checkout-lag/');
    expect(lesson?.badge?.text).toMatch(/^\d+ min$/);
    expect(addressOf('day-1/index')).toBe('/day-1/');
  });
});

describe('a schedule', () => {
  test('has a break before a stretch grows too long, lunch at the first one after noon, and no gap', () => {
    const slots = planDay([page('a', 30), page('b', 20), page('c', 10), page('d', 50), page('e', 40)], 11 * 60);
    expect(slots.map(({ fromMin, toMin, what }) => `${fromMin}-${toMin} ${what}`)).toEqual(['660-690 a', '690-710 b', '710-720 Break', '720-730 c', '730-775 Lunch', '775-825 d', '825-835 Break', '835-875 e']);
  });
  test('of a page that is longer than any stretch has no break before the first page', () => {
    expect(planDay([page('long', 90)], 540).map(({ what }) => what)).toEqual(['long']);
  });
});

describe('tables of a module', () => {
  test('the outline links every timed page, and the paths put each under its level', () => {
    expect(renderOutline(course, 'day-1')).toMatch(/<a href="\/day-1\/checkout-lag\/">Checkout lag<\/a>.*<td>story<\/td><td>beginner<\/td><td>\d+<\/td>/);
    expect(renderPaths(course, 'day-1')).toMatch(/<dt>Beginner, \d+ minutes<\/dt><dd>.*\/day-1\/checkout-lag\//);
    expect(renderSchedule(course, 'day-1', '18:30')).toContain('18:30 to ');
  });
  test('what is taught where lists every row, with its page or what became of it', () => {
    const html = renderTaught(openEditions(root));
    expect(html).toMatch(/<tr id="d1a-12">.*?<a href="\/day-1\/checkout-lag\/">Checkout lag<\/a>/);
    expect(html.match(/<tr id="/g)?.length).toBeGreaterThan(300);
    expect(html).toContain('<h2 id="d1b-1.0">Edition 1.0: Day 1, brick by brick</h2>');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
