import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashFiles } from '../../harness/cache.ts';
import { makeCourse, type SmallCourse } from '../support/course.ts';
import { fence, judge, page, saidOf, sound, verdictsOf, type Judged } from './judged.ts';

/** Links that lead to themselves or to a folder above them, wherever the harness looks. */
const LINKS: Readonly<Record<string, string>> = {
  'docs/content/docs/part/up': '..',
  'docs/content/docs/itself.mdx': 'itself.mdx',
  'docs/content/docs/nowhere.mdx': 'gone.mdx',
  'snippets/technow/up': '..',
  'snippets/technow/itself.ts': 'itself.ts',
  'snippets/incidents/itself.yaml': 'itself.yaml',
  'docs/transcripts/sound/up': '..',
};

let course: SmallCourse;
let judged: Judged;
beforeAll(async () => {
  course = makeCourse({
    sound,
    'part/inside': sound,
    'shows-itself': page('Shows', fence('ts name=a file=technow/itself.ts', '').replace('\n\n', '\n')),
    'shows-folder': page('Shows', fence('ts name=a file=technow/up', '').replace('\n\n', '\n')),
  });
  // A page elsewhere that a link leads to is a page, as it is for the site.
  course.write('elsewhere/linked.mdx', sound);
  symlinkSync('../../../elsewhere', join(course.root, 'docs/content/docs/guests'));
  for (const [link, target] of Object.entries(LINKS)) {
    mkdirSync(dirname(join(course.root, link)), { recursive: true });
    symlinkSync(target, join(course.root, link));
  }
  mkdirSync(join(course.root, 'docs/content/docs/folder.mdx'));
  judged = await judge(course, ['check', '--no-cache']);
});
afterAll(() => course[Symbol.dispose]());

test('a page is judged once, whatever links lead to its folder', () => {
  expect(judged.blocks.map(({ id }) => id).sort()).toEqual(['guests/linked#0', 'part/inside#0', 'shows-folder#a', 'shows-itself#a', 'sound#0']);
  expect(['sound', 'part/inside', 'guests/linked'].flatMap((id) => verdictsOf(judged, id))).toEqual(['passed', 'passed', 'passed']);
});

test('a page that cannot be read is an error that names it and the cause, and no other page’s', () => {
  expect(judged.code).toBe(2);
  expect(judged.errors.map(({ code, message }) => `${code} ${message}`).sort()).toEqual([
    expect.stringMatching(/^io-failed The page docs\/content\/docs\/itself\.mdx cannot be read: the file system says ELOOP/),
    expect.stringMatching(/^io-failed The page docs\/content\/docs\/nowhere\.mdx cannot be read: the file system says ENOENT/),
    expect.stringMatching(/^io-failed The page snippets\/incidents\/itself\.yaml cannot be read: the file system says ELOOP/),
  ]);
});

test('a snippet that cannot be read is the mistake of the page that shows it', () => {
  expect(saidOf(judged, 'shows-itself')).toMatchObject([{ ruleId: 'mdx/missing-file', message: expect.stringContaining('`snippets/technow/itself.ts` cannot be read: the file system says ELOOP') }]);
  expect(saidOf(judged, 'shows-folder')).toMatchObject([{ ruleId: 'mdx/forbidden-path' }]);
});

test('what a link leads to counts for what was seen to pass', () => {
  const hash = (): string => hashFiles(course.root, ['docs/content', 'snippets']);
  const before = hash();
  course.write('elsewhere/linked.mdx', `${sound}\n`);
  expect(hash()).not.toBe(before);
});
