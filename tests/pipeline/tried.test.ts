import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCourse, type Finished, type SmallCourse } from '../support/course.ts';

interface Json {
  readonly blocks: readonly { readonly id: string; readonly verdict: string; readonly error?: { readonly code: string }; readonly diagnostics: readonly { readonly ruleId: string }[] }[];
  readonly pageDiagnostics: readonly { readonly ruleId: string }[];
  readonly errors: readonly { readonly code?: string; readonly message: string }[];
}
let course: SmallCourse;
afterEach(() => course[Symbol.dispose]());

async function run(pages: Readonly<Record<string, string>>, args: readonly string[], prepare: (made: SmallCourse) => void = () => {}): Promise<Finished & { readonly json: Json }> {
  course = makeCourse(pages);
  prepare(course);
  const finished = await course.run([...args, '--report', 'json=report.json', '--report', 'terminal']);
  return { ...finished, json: JSON.parse(readFileSync(join(course.root, 'report.json'), 'utf8')) as Json };
}
const page = (...fences: readonly (readonly [info: string, text: string])[]): string => `---\ntitle: t\ndescription: d\ndataset: healthy\n---\n\n${fences.map(([info, text]) => `\`\`\`${info}\n${text}\n\`\`\`\n`).join('\n')}`;
const IGNORE = 'ignore reason="later" until=2099-01-01';

describe('ignored blocks', () => {
  const lesson = page([`promql name=passes ${IGNORE}`, 'up'], [`promql name=empty ${IGNORE}`, 'up{job="nobody"}'], [`json ${IGNORE}`, '{"a": }'], [`json ${IGNORE}`, '{}'], ['json', '[]']);

  test('verify tries them all, and fails on those that pass', async () => {
    const { code, json, stderr } = await run({ lesson }, ['verify']);
    expect(code, stderr).toBe(1);
    expect(json.blocks.map(({ id, verdict, diagnostics }) => [id, verdict, ...diagnostics.map(({ ruleId }) => ruleId)])).toEqual([
      ['lesson#passes', 'failed', 'plan/ignore-passes'], ['lesson#empty', 'skipped'], ['lesson#2', 'skipped'], ['lesson#3', 'failed', 'plan/ignore-passes'], ['lesson#4', 'passed'],
    ]);
  });

  test('check runs nothing, and leaves them all in peace', async () => {
    const { code, json } = await run({ lesson }, ['check']);
    expect(code).toBe(0);
    expect(json.blocks.map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'passed']);
  });
});

test('a folder of answers that cannot be written hides no finding: both are in the report, and the exit code is that of breakage', async () => {
  const { code, json, stdout } = await run({ lesson: page(['promql name=up', 'up'], ['json', '{"a": }']) }, ['verify', '--update'], (made) => made.write('docs/transcripts/lesson', 'a file, no folder'));
  expect(code).toBe(2);
  expect(json.blocks.map(({ id, verdict, error, diagnostics }) => [id, verdict, error?.code ?? diagnostics[0]?.ruleId])).toEqual([['lesson#up', 'errored', 'io-failed'], ['lesson#1', 'failed', 'json/syntax-error']]);
  expect(stdout).toContain('Remove the file that stands where a folder belongs');
});

describe('a run that judges nothing is no success', () => {
  test('a course without a page', async () => {
    const { code, json } = await run({}, ['verify']);
    expect(code).toBe(2);
    expect(json.errors.map(({ message }) => message)).toEqual([expect.stringContaining('Found no fenced block in the 0 pages under docs/content/docs/')]);
  });
  test('a course without a block', async () => {
    const { code, json } = await run({ lesson: page() }, ['check']);
    expect(code).toBe(2);
    expect(json.errors.map(({ message }) => message)).toEqual([expect.stringContaining('Found no fenced block in the 1 page under docs/content/docs/')]);
  });
  test('a page without a block in a course that has some passes, and it is said', async () => {
    const { code, stderr } = await run({ lesson: page(), other: page(['json', '{}']) }, ['check', 'lesson']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('note: the pages asked for have no fenced block, so that none was checked')]);
  });
  test('so does a shard without a page', async () => {
    const { code, stderr } = await run({ lesson: page(['json', '{}']) }, ['check', '--shard', '2/2']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('note: shard 2/2 has no fenced block')]);
  });
});

test('a report that cannot be written takes no other with it', async () => {
  const { code, stdout, stderr, json } = await run({ lesson: page(['json', '{}']) }, ['check', '--report', 'junit=no/such/folder.xml']);
  expect(code).toBe(2);
  expect(stderr).toContain('the junit report could not be written to no/such/folder.xml');
  expect(stdout).toContain('1 block: 1 passed');
  expect(json.blocks).toHaveLength(1);
});
