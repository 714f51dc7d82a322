import { join } from 'node:path';
import { expect, test } from 'vitest';
import { courseChecks } from '../../harness/course-checks/index.ts';
import { defineCourseCheck } from '../../harness/model/course-check.ts';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import { severities } from '../../harness/model/severities.ts';
import { pageId, readGlossary } from '../../harness/parse/index.ts';
import { repository } from '../support/course.ts';
import { checkPages, describe, fixtures, locate, readCourse } from './check-course.ts';
import { seeded, type Seeded, type Where } from './disagreements.ts';

const [agree, disagree] = [join(fixtures, 'agree'), join(fixtures, 'disagree')];
const course = readCourse(disagree);
const place = ([file, text]: Where): string => locate(disagree, file, text);
const isPage = ([file]: Where): boolean => file.endsWith('.mdx');
/** A key of the frontmatter is no block: from there nobody can be told. */
const isBlock = (where: Where): boolean => isPage(where) && !where[1].startsWith('title');
const at = ({ ruleId, place: where }: Diagnostic): string => `${ruleId} ${describe(disagree, where)}`;
const wanted = (one: Seeded): string => `course/${one.rule} ${place(one.at)}`;

test.each([agree, disagree])('the pages of %s are sound by themselves', (root) => {
  expect(readCourse(root).flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
});

test('of a course in agreement nothing is found', () => {
  expect(checkPages(agree, readCourse(agree)).map(({ message }) => message)).toEqual([]);
});

test('of a course in disagreement everything is found, once, and nothing else', () => {
  expect(checkPages(disagree, course).map(at).sort()).toEqual(seeded.map(wanted).sort());
});

test.each(seeded.map((one) => [`${one.rule} ${one.at[1]}`, one] as const))('%s names both places and what to do', (_, one) => {
  const found = checkPages(disagree, course).find((each) => at(each) === wanted(one));
  expect(found?.message).toContain(one.says);
  expect(found?.message).toMatch(/[.?]$/);
  expect(found?.related.map((other) => describe(disagree, other.place))).toContain(place(one.with));
});

test.each(seeded.map((one) => [`${one.rule} ${one.at[1]}`, one] as const))('%s is told when only its page is judged, and when only the other one is', (_, one) => {
  const asked = (where: Where): Diagnostic[] => checkPages(disagree, course, [pageId(where[0])]);
  expect(asked(one.at).map(at)).toContain(wanted(one));
  if (!isBlock(one.with) || one.with[0] === one.at[0]) return;
  const told = asked(one.with).find((each) => at(each) === `course/${one.rule} ${place(one.with)}`);
  expect(told?.related.map((other) => describe(disagree, other.place))).toContain(place(one.at));
});

test('prose before a block moves places, and changes nothing else', () => {
  const moved = readCourse(disagree, (source) => source.replace(/\n---\n/, '\n---\n\nSome 😀 prose.\n'));
  const show = ({ ruleId, message, place: { start } }: Diagnostic, lines = 0): string => `${ruleId} ${start.line + lines} ${message}`;
  expect(checkPages(disagree, moved).map((one) => show(one))).toEqual(checkPages(disagree, course).map((one) => show(one, 2)));
});

test('every rule has a disagreement in the fixtures, and no two checks share one', () => {
  const rules = courseChecks.flatMap((check) => Object.keys(check.rules));
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.filter((rule) => !seeded.some((one) => one.rule === rule))).toEqual([]);
});

test('a check that crashes is an error of ours', () => {
  const broken = defineCourseCheck({ rules: { boom: { level: 'error', summary: 'Never.' } }, check: () => { throw new Error('boom'); } });
  expect(() => checkPages(disagree, course, undefined, [broken, ...courseChecks])).toThrow('the course check of boom crashed');
});

test('the glossary of the course shows the scale that is checked', () => {
  expect(new Set(readGlossary(repository).severities.map(({ alert }) => alert))).toEqual(new Set(severities));
});
