import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeLearning } from '../../docs/learning/describe.ts';
import type { LearningEdition, LearningPage } from '../../docs/learning/model.ts';
import { findTooLong, renderComment } from '../../docs/learning/schedule-comment.ts';
import { clock, duration, FORMATS, planFormats } from '../../docs/learning/sessions.ts';
import { openEditions } from '../../docs/plugins/editions.ts';

const root = resolve(import.meta.dirname, '../..');
const page = (title: string, minutes: number, more: Partial<LearningPage> = {}): LearningPage => ({ id: title, title, minutes, level: 'beginner', part: 'A', address: `/${title}/`, ...more });
const course = (pages: readonly LearningPage[]): readonly LearningEdition[] => [{ id: '2.0', title: 'Edition 2.0', prefix: '/', stack: '', proofs: [], moved: {}, modules: [{ id: 'day-1', title: 'Day 1', pages }] }];
const parts = ['A', 'B', 'C', 'D'];
const somePages = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 30 }), part: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 24 })
  .map((list) => list.toSorted((a, b) => a.part - b.part).map(({ minutes, part }, index) => page(`p${index}`, minutes, { part: parts[part] ?? 'A' })));

describe('a schedule', () => {
  test('holds each page once and in order, has no gap, and its minutes are those of its pages and breaks', () => {
    fc.assert(fc.property(somePages, (pages) => {
      for (const { format, sessions } of planFormats({ id: 'm', title: 'M', pages })) {
        const slots = sessions.flatMap((session) => session.slots);
        expect(slots.flatMap((slot) => slot.page?.id ?? [])).toEqual(pages.map(({ id }) => id));
        for (const session of sessions) {
          const lengths = session.slots.map(({ fromMin, toMin }) => toMin - fromMin);
          expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(session.endMin - session.fromMin);
          expect(session.slots.slice(1).every(({ fromMin }, index) => fromMin === session.slots[index]?.toMin)).toBe(true);
          expect(session.slots.filter((slot) => slot.page !== undefined).every(({ fromMin, toMin, page: taught }) => toMin - fromMin === taught?.minutes)).toBe(true);
        }
        expect(sessions.length).toBeLessThanOrEqual(format.sessions.length);
        expect(sessions.every(({ slots: own }) => own.length > 0)).toBe(true);
      }
    }));
  });
  test('of a real module: every lesson with its minutes, each evening in its part of the course', () => {
    for (const { modules } of describeLearning(openEditions(root))) for (const module of modules) {
      const lessons = module.pages.filter(({ minutes }) => minutes > 0);
      for (const { format, sessions } of planFormats(module)) {
        const taught = sessions.flatMap(({ slots }) => slots.flatMap((slot) => slot.page ?? []));
        const wanted = format.level === undefined ? lessons : lessons.filter(({ level }) => level === format.level);
        expect(taught.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(wanted.reduce((sum, { minutes }) => sum + minutes, 0));
        expect(taught.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      }
    }
  });
  test('of evenings has no lunch, and begins each with a part of the course where all fit', () => {
    const pages = [...'AAABBBCCC'].map((part, index) => page(`p${index}`, 40, { part }));
    const evenings = planFormats({ id: 'm', title: 'M', pages }).find(({ format }) => format.id === 'evenings');
    expect(evenings?.sessions.map(({ slots }) => slots.map(({ what }) => what))).toEqual([['p0', 'Break', 'p1', 'Break', 'p2'], ['p3', 'Break', 'p4', 'Break', 'p5'], ['p6', 'Break', 'p7', 'Break', 'p8']]);
  });
  test('splits a part where the evening would not hold it', () => {
    const pages = Array.from({ length: 12 }, (_, index) => page(`p${index}`, 30));
    const evenings = planFormats({ id: 'm', title: 'M', pages }).find(({ format }) => format.id === 'evenings');
    expect(evenings?.sessions.map(({ slots }) => slots.filter((slot) => slot.page !== undefined).length)).toEqual([4, 4, 4]);
  });
  test('for a level that nothing is for is left out', () => {
    expect(planFormats({ id: 'm', title: 'M', pages: [page('x', 10, { level: 'advanced' })] }).map(({ format }) => format.id)).toEqual(['day', 'evenings']);
    expect(FORMATS.map(({ id }) => id)).toEqual(['half-day', 'day', 'evenings']);
  });
  test('says times and durations as people do', () => {
    expect([clock(545), duration(45), duration(125)]).toEqual(['09:05', '45 min', '2 h 05 min']);
  });
});

describe('a comment on a change', () => {
  const long = (minutes: number) => course([page('first', 100), page('second|`x`', minutes), page('third', 100)]);

  test('is made when a session does not fit any more, and names the pages that grew', () => {
    const comment = renderComment(long(120), long(10));
    expect(comment).toMatch(/^### A session does not fit/);
    expect(comment).toContain('| 2.0 | Day 1 | Half a day | 4 h 00 min | 3 h 50 min | **6 h 15 min** |');
    expect(comment).toContain('| second&#124;&#96;x&#96; | 10 min | 120 min |');
    expect(comment).not.toContain('| first |');
  });
  test('is not made when everything fits, nor for what was too long before and has not grown', () => {
    expect(renderComment(long(10), undefined)).toBeUndefined();
    expect(renderComment(long(120), long(120))).toBeUndefined();
    expect(renderComment(long(119), long(120))).toBeUndefined();
    expect(findTooLong(long(121), long(120)).map(({ session, before, minutes }) => [session, before, minutes])).toEqual([['Half a day', 375, 376]]);
  });
  test('without a base tells all that is too long; a page that came or went is said to be', () => {
    expect(renderComment(long(120), undefined)).toContain('| Half a day | 4 h 00 min |  | **6 h 15 min** |');
    expect(renderComment(course([page('first', 250)]), course([page('gone', 3)]))).toMatch(/\| first \| new \| 250 min \|\n\| gone \| 3 min \| gone \|/);
  });
});

describe('npm run schedule', () => {
  const folder = join(root, '.cache/learning-tests/schedule');
  const lesson = (minutes: number): string => `---\ntitle: Long\nlevel: beginner\nminutes: ${minutes}\n---\n\nText.\n`;
  const run = (...words: string[]): { readonly code: number; readonly stdout: string; readonly stderr: string } => {
    try {
      return { code: 0, stderr: '', stdout: execFileSync(process.execPath, [join(root, 'docs/schedule.ts'), ...words], { env: { ...process.env, COURSE_ROOT: folder }, encoding: 'utf8', stdio: 'pipe' }) };
    } catch (error) {
      const { status, stdout, stderr } = error as { readonly status: number; readonly stdout: string; readonly stderr: string };
      return { code: status, stdout, stderr };
    }
  };
  const git = (...words: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...words], { cwd: folder, encoding: 'utf8' });
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  test('holds a change against a commit, in a repository of its own', () => {
    rmSync(folder, { recursive: true, force: true });
    write('docs/outline.yml', 'day-1: {title: Day 1, parts: [{title: A, pages: [day-1/long]}]}\n');
    write('docs/editions.json', JSON.stringify({ current: '2.0', editions: { '2.0': { title: 'Edition 2.0', stack: {} } } }));
    write('docs/content/docs/day-1/long.mdx', lesson(170));
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'before');
    expect(run()).toMatchObject({ code: 0, stdout: expect.stringContaining('Morning    09:00 to 11:50, 1 h 10 min to spare') as string });
    expect(run('--check', '--base', 'HEAD')).toEqual({ code: 0, stdout: '', stderr: '' });
    write('docs/content/docs/day-1/long.mdx', lesson(260));
    const { code, stdout } = run('--check', '--base', 'HEAD');
    expect([code, stdout]).toEqual([1, expect.stringContaining('| 4 h 00 min | 2 h 50 min | **4 h 20 min** |')]);
    expect(run().code).toBe(1);
  });
  test('says what it cannot compare with, and how it is used', () => {
    expect(run('--check', '--base', 'no-such-branch')).toMatchObject({ code: 2, stderr: expect.stringContaining('--base no-such-branch is neither a folder with a course nor a commit here') as string });
    expect(run('--base', 'HEAD')).toMatchObject({ code: 2, stderr: expect.stringContaining('--base belongs to --check') as string });
    expect(run('--chek').code).toBe(2);
    expect(run('--help').stdout).toMatch(/^Usage: npm run schedule/);
  });
});
