import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';
import { Watching } from '../support/watching.ts';

const PAGE = 'docs/content/docs/first-light.mdx';
const source = readFileSync(join(repository, 'tests/pipeline/pages/first-light.mdx'), 'utf8');
let course: SmallCourse;
beforeAll(async () => {
  course = makeCourse({ 'first-light': source });
  expect((await course.run(['verify', '--update'])).code).toBe(0);
});
afterAll(() => course[Symbol.dispose]());

async function containersOf(pid: number): Promise<Set<string>> {
  const { container: { dockerode } } = await connectEngine(() => {});
  return new Set((await dockerode.listContainers({ all: true, filters: { label: [`course.pid=${pid}`] } })).map(({ Id }) => Id));
}
const waiting = /Waiting for a save/;
/** Saves and returns what is printed until the next wait. */
async function save(watching: Watching, text: string, until = waiting): Promise<string> {
  course.write(PAGE, text);
  return watching.next(until);
}

test('a save asks only what it changed, of containers that stay', async () => {
  await using watching = new Watching(course, ['verify', '--watch', '--no-cache']);
  expect(await watching.next(waiting)).toContain('10 blocks: 10 passed');
  const before = await containersOf(watching.pid);
  expect(before.size).toBeGreaterThan(2);

  const mistaken = source.replace('any == 0; any == 1', 'all == 1');
  const failed = await save(watching, mistaken);
  expect(failed).toContain('first-light.mdx saved');
  expect(failed).toContain('answer/unmet-expectation');
  expect(failed).toContain('10 blocks: 9 passed, 1 failed');
  // A service takes three scrapes to observe: it is not asked again because a query changed.
  expect(Number(/failed · 1 error · ([\d.]+) s/.exec(failed)?.[1])).toBeLessThan(3);

  // What stands below the change moves by two lines and is placed where it is now.
  const lower = await save(watching, mistaken.replace('An instance dies:', 'An instance dies.\n\nWatch it:'));
  expect(lower).toContain(`${PAGE}:${source.split('\n').findIndex((line) => line.includes('any == 0; any == 1')) + 3}:`);
  expect(await save(watching, source)).toContain('10 blocks: 10 passed');
  expect(await containersOf(watching.pid)).toEqual(before);

  expect(await watching.end()).toBe(130);
  expect(await containersOf(watching.pid)).toEqual(new Set());
});

test('static findings come before anything is run, and a save during a run ends that run', async () => {
  await using watching = new Watching(course, ['verify', '--watch']);
  await watching.next(waiting);
  course.write(PAGE, source.replace('name=hello expect="contains=\'4\'"\n', 'name=hello expect="contains=\'6\'"\n').replace('twice(2)', 'thrice(2)'));
  expect(await watching.next(/typescript\/[^]*1 failed/)).toContain('thrice');
  // The other blocks may be running or done; this save is the one that counts.
  const text = await save(watching, source, /10 blocks: 10 passed[^]*Waiting/);
  expect(text).toContain('first-light.mdx saved');
});

test('npm run stop takes the containers away, and the next save has them again', async () => {
  await using watching = new Watching(course, ['verify', '--watch', '--no-cache']);
  await watching.next(waiting);
  const { container: { dockerode } } = await connectEngine(() => {});
  // What stop does, for this process alone: other tests run beside this one.
  await Promise.all([...await containersOf(watching.pid)].map((id) => dockerode.getContainer(id).remove({ force: true, v: true })));
  const lost = await save(watching, source.replace('any == 0; any == 1', 'any == 0'), /The containers were ended/);
  expect(lost).toContain('the next save starts it anew');
  expect(await save(watching, source)).toContain('10 blocks: 10 passed');
});

test('check --watch starts no container', async () => {
  await using watching = new Watching(course, ['check', '--watch'], { DOCKER_HOST: 'unix:///nowhere.sock' });
  expect(await watching.next(waiting)).toContain('10 blocks');
  expect(await save(watching, source.replace('up\n', 'upp\n'))).toContain('promql/unknown-metric');
  await save(watching, source);
  expect(await watching.end('SIGTERM')).toBe(130);
});

test('--watch goes with commands that judge pages, and with no report', async () => {
  expect(await course.run(['images', '--watch'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--watch belongs to verify and check') });
  expect(await course.run(['verify', '--watch', '--report', 'json'])).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out --watch') });
});
