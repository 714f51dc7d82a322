import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEditions } from '../../harness/editions.ts';
import { mergeReports } from '../../harness/merge.ts';
import { listPages } from '../../harness/pages.ts';
import { json } from '../../harness/report/json.ts';
import { makeCourse, repository, type Finished, type SmallCourse } from '../support/course.ts';

interface Json {
  readonly shard?: { readonly pages: readonly string[] };
  readonly pageDiagnostics: readonly object[];
  readonly [more: string]: unknown;
}

/** Pages of mistakes of all kinds, one without a block, and answers that belong to no block and to no page. */
const mistakes = join(repository, 'tests/pipeline/mistakes');
const pages = {
  ...Object.fromEntries(readdirSync(mistakes).map((file) => [file.replace(/\.mdx$/, ''), readFileSync(join(mistakes, file), 'utf8')])),
  'deep/empty': '---\ntitle: Nothing here\ndescription: No block at all.\n---\n\nText.\n',
  deep: '---\ntitle: Sound\ndescription: One that passes, one that is ignored.\n---\n\n```json\n{}\n```\n\n```json ignore reason="later" until=2099-01-01\n{\n```\n',
};
const COUNT = 3;

let course: SmallCourse;
let whole: Finished;
const read = (file: string): Json => JSON.parse(readFileSync(join(course.root, file), 'utf8')) as Json;
const write = (file: string, value: unknown): void => writeFileSync(join(course.root, file), JSON.stringify(value));
/** Elapsed times are the one thing that may differ. */
const timeless = (text: string): string => text.replace(/"elapsedMs": \d+/g, '').replace(/ time="[\d.]+"/g, '').replace(/\d+\.\d s$/m, '');

beforeAll(async () => {
  course = makeCourse(pages);
  course.write('docs/transcripts/gone/a.json', '{}');
  course.write('docs/transcripts/deep/b.json', '{}');
  const formats = (name: string): string[] => ['json', 'junit', 'sarif', 'github', 'terminal'].flatMap((format) => ['--report', `${format}=${name}.${format}`]);
  whole = await course.run(['check', '--no-cache', ...formats('whole')]);
  for (let index = 1; index <= COUNT; index += 1) await course.run(['check', '--no-cache', '--shard', `${index}/${COUNT}`, '--report', `json=${index}.json`]);
  const merged = await course.run(['merge', '3.json', '1.json', '2.json', ...formats('merged')]);
  expect([whole.code, merged.code], whole.stderr + merged.stderr).toEqual([1, 1]);
}, 180_000);
afterAll(() => course[Symbol.dispose]());

describe('the merged report is that of one run', () => {
  test.each(['json', 'junit', 'sarif', 'github', 'terminal'])('as %s, but for times', (format) => {
    const text = (name: string): string => timeless(readFileSync(join(course.root, `${name}.${format}`), 'utf8'));
    expect(text('merged')).toBe(text('whole'));
  });

  test('each part told of its own pages, all of them of every page, and each orphaned answer was told of once', () => {
    const parts = [1, 2, 3].map((index) => read(`${index}.json`));
    expect(parts.flatMap((part) => part.shard?.pages ?? []).sort()).toEqual(Object.keys(pages).sort());
    expect(parts.every((part) => (part.shard?.pages.length ?? 0) > 0)).toBe(true);
    const orphans = parts.flatMap((part) => part.pageDiagnostics).filter((found) => (found as { ruleId: string }).ruleId === 'transcript/orphan');
    expect(orphans.map((found) => (found as { file: string }).file).sort()).toEqual(['docs/transcripts/deep/b.json', 'docs/transcripts/gone/a.json']);
  });
});

describe('what is no whole run is refused with what to do', () => {
  const refuse = async (files: readonly string[]): Promise<string> => {
    const { code, stderr, stdout } = await course.run(['merge', ...files]);
    expect([code, stdout]).toEqual([2, '']);
    return stderr.split('\n')[0] ?? '';
  };
  test('nothing', async () => expect(await refuse([])).toContain('needs the JSON reports of all shards'));
  test('a file that is not there', async () => expect(await refuse(['no.json'])).toContain('no.json cannot be read: ENOENT'));
  test('a shard that is missing', async () => expect(await refuse(['1.json', '3.json'])).toContain('of 3 shards 2/3 is missing'));
  test('a shard that is there twice', async () => expect(await refuse(['1.json', '2.json', '3.json', '2.json'])).toContain('shard 2/3 is there twice: 2.json and 2.json'));
  test('a report of a run in one piece', async () => expect(await refuse(['whole.json'])).toContain('whole.json is the report of a run in one piece'));
  test('another file', async () => {
    course.write('other.json', '{"blocks": []}');
    expect(await refuse(['other.json'])).toContain('other.json is no report of this harness: it must have required property');
  });
  test('another splitting', async () => {
    write('other.json', { ...read('2.json'), shard: { ...read('2.json').shard, count: 2 } });
    expect(await refuse(['1.json', 'other.json'])).toContain('1.json is one of 3 shards, other.json one of 2');
  });
  test('another stack', async () => {
    write('other.json', { ...read('2.json'), stack: { ...(read('2.json')['stack'] as object), prometheus: { version: '0.1' } } });
    expect(await refuse(['1.json', 'other.json', '3.json'])).toMatch(/1\.json ran against prometheus 3\.\S+, other\.json against prometheus 0\.1/);
  });
  test('another state of the course, in one shard', async () => {
    write('other.json', { ...read('2.json'), shard: { ...read('2.json').shard, inputs: '0'.repeat(64) } });
    expect(await refuse(['1.json', 'other.json', '3.json'])).toContain('1.json and other.json are of different states of the course');
  });
  test('a report in which a block was left out', async () => {
    write('other.json', { ...read('2.json'), blocks: (read('2.json')['blocks'] as object[]).slice(1) });
    expect(await refuse(['1.json', 'other.json', '3.json'])).toContain('no shard tells of the block');
  });
  test('another state of the course, here', async () => {
    using other = makeCourse({ ...pages, added: '---\ntitle: t\n---\n' });
    for (const file of ['1.json', '2.json', '3.json']) other.write(file, readFileSync(join(course.root, file), 'utf8'));
    const { code, stderr } = await other.run(['merge', '1.json', '2.json', '3.json']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('another state of the course than the one here: check out their commit')]);
  });
});

describe('by hand-made parts', () => {
  const stale = { ruleId: 'transcript/stale-lock', level: 'error', message: 'stale', file: 'docs/transcripts/lock.json', line: 1, column: 1, endLine: 1, endColumn: 1 };
  const crash = { code: 'engine-missing', message: 'no socket', causes: ['connect ENOENT', 'deep'], logTail: 'bye' };
  const merge = (change: (part: Json, index: number) => object): Json => {
    const parts = [1, 2, 3].map((index) => ({ file: `${index}.json`, text: JSON.stringify({ ...read(`${index}.json`), ...change(read(`${index}.json`), index) }) }));
    const merged = mergeReports(parts, listEditions(course.root).map((edition) => ({ edition, value: listPages(edition.root) })));
    return JSON.parse(json.render(merged, { color: false, readSource: () => undefined })) as Json;
  };
  const rules = (value: Json): string[] => value.pageDiagnostics.map((found) => (found as { ruleId: string }).ruleId);

  test('the one lock, at which all shards look, is told of once', () => {
    const found = merge((part) => ({ pageDiagnostics: [...part.pageDiagnostics, stale] }));
    expect(rules(found).filter((id) => id === 'transcript/stale-lock')).toHaveLength(1);
  });

  test('and not at all while an answer of another shard is wrong', () => {
    const found = merge((part, index) => ({
      pageDiagnostics: [...part.pageDiagnostics, ...(index === 1 ? [stale] : [])],
      blocks: index === 2 ? (part['blocks'] as object[]).map((block, at) => (at === 0 ? { ...block, verdict: 'failed', diagnostics: [{ ...stale, ruleId: 'transcript/changed' }] } : block)) : part['blocks'],
    }));
    expect(rules(found)).not.toContain('transcript/stale-lock');
  });

  test('breakage comes back with its causes and its log; the same of two shards is one', () => {
    expect(merge(() => ({ errors: [crash] }))['errors']).toEqual([crash]);
  });

  test('an interrupted shard makes an interrupted run', () => {
    expect(merge((_, index) => ({ interrupted: index === 2 }))['interrupted']).toBe(true);
  });

  test('a digest stands where all that started the image agree', () => {
    const stack = (part: Json, imageDigest: string): object => ({ ...(part['stack'] as object), loki: { ...(part['stack'] as { loki: object }).loki, imageDigest } });
    expect(merge((part, index) => (index === 3 ? {} : { stack: stack(part, 'sha256:1') }))['stack']).toMatchObject({ loki: { imageDigest: 'sha256:1' } });
    expect(merge((part, index) => ({ stack: stack(part, `sha256:${index}`) }))['stack']).not.toMatchObject({ loki: { imageDigest: expect.anything() } });
  });
});
