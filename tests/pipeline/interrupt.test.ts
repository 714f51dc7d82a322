import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { ensureEngine } from '../../harness/backends/engine.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';

const INSTANTS = 30;
/** Deterministic: the same instants on every machine. Park and Miller's generator. */
function* randomInstants(seed: number, count: number, untilMs: number): Generator<number> {
  for (let state = seed, index = 0; index < count; index += 1) {
    state = (state * 48_271) % 2_147_483_647;
    yield Math.floor((state / 2_147_483_647) * untilMs);
  }
}

let course: SmallCourse;
let wholeRunMs: number;
beforeAll(async () => {
  await ensureEngine(() => {});
  course = makeCourse({ 'first-light': readFileSync(join(repository, 'tests/pipeline/pages/first-light.mdx'), 'utf8') });
  const startedMs = performance.now();
  expect((await course.run(['verify', '--update'])).code).toBe(0);
  wholeRunMs = performance.now() - startedMs;
});
afterAll(() => course[Symbol.dispose]());

async function leftovers(pid: number): Promise<string[]> {
  const { container: { dockerode } } = await connectEngine(() => {});
  const filters = { label: [`course.pid=${pid}`] };
  const [containers, networks, volumes] = await Promise.all([
    dockerode.listContainers({ all: true, filters }), dockerode.listNetworks({ filters }), dockerode.listVolumes({ filters }),
  ]);
  return [...containers.map((one) => `container ${one.Image}`), ...networks.map((one) => `network ${one.Name}`), ...volumes.Volumes.map((one) => `volume ${one.Name}`)];
}
/** Processes whose session leader or parent was the run: none may outlive it. */
function children(pid: number): string[] {
  return execFileSync('ps', ['-eo', 'pid,ppid,pgid,args'], { encoding: 'utf8' }).split('\n').filter((line) => line.trim().split(/\s+/)[1] === String(pid));
}
const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => !name.startsWith('small-course-')).sort();
const halfWritten = (root: string): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));

test.each([...randomInstants(20261121, INSTANTS, 1)].map((share, index) => [index, share] as const))('interrupted at instant %i, nothing is left', async (index) => {
  const instantMs = [...randomInstants(20261121 + index, 3, wholeRunMs)][2] as number;
  const before = temporary();
  let pid = 0;
  const signal = index % 3 === 2 ? 'SIGTERM' : 'SIGINT';
  const { code, stderr } = await course.run(['verify', '--no-cache', '--update'], {
    onSpawn: (id) => {
      pid = id;
      setTimeout(() => process.kill(id, signal), instantMs);
    },
  });
  expect(code === 130 || code === 0 || code === null, `exit ${code} after ${instantMs} ms: ${stderr}`).toBe(true);
  expect(await leftovers(pid)).toEqual([]);
  expect(children(pid)).toEqual([]);
  expect(halfWritten(join(course.root, 'docs'))).toEqual([]);
  expect(temporary().filter((name) => !before.includes(name))).toEqual([]);
});

test('killed outright, the next run removes what it left', async () => {
  let pid = 0;
  await course.run(['verify', '--no-cache'], { onSpawn: (id) => { pid = id; setTimeout(() => process.kill(id, 'SIGKILL'), wholeRunMs / 2); } });
  expect((await course.run(['verify', '--no-cache'])).code).toBe(0);
  expect(await leftovers(pid)).toEqual([]);
});
