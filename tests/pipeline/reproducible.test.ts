import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureEngine } from '../../harness/backends/engine.ts';
import { copyCourse, makeCourse, repository, type SmallCourse } from '../support/course.ts';

/** `REPRODUCE=20` for the long form; two runs already differ in folder, time zone, locale and cores. */
const RUNS = Number(process.env['REPRODUCE'] ?? 2);
const settings = [
  { TZ: 'UTC', LANG: 'C.UTF-8', UV_THREADPOOL_SIZE: '4', GOMAXPROCS: '2' },
  { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', UV_THREADPOOL_SIZE: '1', GOMAXPROCS: '1' },
];

function transcripts(course: SmallCourse): Record<string, string> {
  const folder = join(course.root, 'docs/transcripts');
  return Object.fromEntries(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('two folders, two time zones, two locales: the same bytes', { timeout: 60_000 + RUNS * 60_000 }, async () => {
  await ensureEngine(() => {});
  const page = readFileSync(join(repository, 'tests/pipeline/pages/first-light.mdx'), 'utf8');
  using first = makeCourse({ 'first-light': page });
  using second = copyCourse(first);
  const stored = await first.run(['verify', '--update'], { env: { ...settings[0] } });
  expect(stored.code, stored.stdout + stored.stderr).toBe(0);
  const wanted = transcripts(first);
  expect(Object.keys(wanted).length).toBeGreaterThan(8);
  for (let run = 0; run < RUNS; run += 1) {
    const course = run % 2 === 0 ? second : first;
    const finished = await course.run(['verify', '--update', '--no-cache'], { env: { ...settings[(run + 1) % 2] } });
    expect(finished.code, finished.stdout).toBe(0);
    const exact = (all: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('/service.json')));
    expect(exact(transcripts(course))).toEqual(exact(wanted));
  }
});
