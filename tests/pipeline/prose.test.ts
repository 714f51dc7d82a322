import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCourse, type Finished, type SmallCourse } from '../support/course.ts';

const FROM = '---\ntitle: From\n---\n\nSee [there](/to/#how-it-ends).\n\n```json\n{}\n```\n';
const TO = '---\ntitle: To\n---\n\n## How it ends\n\nWell.\n';
let course: SmallCourse;
beforeAll(() => { course = makeCourse({ from: FROM, to: TO }); });
afterAll(() => { course[Symbol.dispose](); });

const findings = ({ stdout }: Finished): string[] => (JSON.parse(stdout) as { pageDiagnostics: { ruleId: string; file: string; line: number; column: number }[] }).pageDiagnostics
  .map(({ ruleId, file, line, column }) => `${file}:${line}:${column} ${ruleId}`);
const check = (...args: string[]): Promise<Finished> => course.run(['check', '--report', 'json', ...args]);

it('remembers prose that passed, but not a link that dies by an edit of another page', async () => {
  const first = await check();
  expect([first.code, findings(first)], first.stderr).toEqual([0, []]);
  const remembered = Object.keys(JSON.parse(readFileSync(join(course.root, '.cache/verified.json'), 'utf8')) as object);
  expect(remembered.filter((key) => key.startsWith('prose ')).sort()).toEqual(['prose from', 'prose to']);

  course.write('docs/content/docs/to.mdx', TO.replace('How it ends', 'The end'));
  for (const pages of [[], ['from']]) {
    const second = await check(...pages);
    expect([second.code, findings(second)], second.stderr).toEqual([1, ['docs/content/docs/from.mdx:5:13 page/dead-anchor']]);
  }
  course.write('docs/content/docs/to.mdx', TO);
});

it('says what is wrong again and again, and in every report', async () => {
  course.write('docs/content/docs/to.mdx', TO.replace('Well.', 'As it takes 7 days.'));
  expect(findings(await check())).toEqual(['docs/content/docs/to.mdx:7:13 page/figure']);
  const formats = ['json', 'sarif', 'junit', 'github', 'terminal'];
  const all = await course.run(['check', ...formats.flatMap((format) => ['--report', `${format}=report.${format}`])]);
  expect(all.code, all.stderr).toBe(1);
  expect(formats.filter((format) => !readFileSync(join(course.root, `report.${format}`), 'utf8').includes('page/figure'))).toEqual([]);
});
