import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { ensureEngine } from '../../harness/backends/engine.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';

/** Shares of a whole run at which it is interrupted: the same on every machine. Park and Miller's generator. */
const SHARES = Array.from({ length: 30 }, (_, index) => {
  let state = 20261121 + index * 7919;
  for (let step = 0; step < 3; step += 1) state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
});

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
const halfWritten = (root: string): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));

/** Runs with a temporary folder of its own, so that what is left in it is its own too. */
async function interrupt(args: readonly string[], signal: NodeJS.Signals, afterMs: number): Promise<{ pid: number; code: number | null; stderr: string; temporary: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  let pid = 0;
  let timer: NodeJS.Timeout | undefined;
  const { code, stderr } = await course.run(args, {
    env: { TMPDIR: folder },
    onSpawn: (id) => {
      pid = id;
      timer = setTimeout(() => process.kill(id, signal), afterMs);
    },
  });
  clearTimeout(timer);
  const temporary = readdirSync(folder);
  rmSync(folder, { recursive: true });
  return { pid, code, stderr, temporary };
}

test.each(SHARES.map((share, index) => [index, share] as const))('interrupted at instant %i, nothing is left', async (index, share) => {
  const { pid, code, stderr, temporary } = await interrupt(['verify', '--no-cache', '--update'], index % 3 === 2 ? 'SIGTERM' : 'SIGINT', share * wholeRunMs);
  // Before the handlers are set Node ends by the signal itself; after the last block it is done.
  expect(code === 130 || code === 0 || code === null, `exit ${code} at ${share} of the run: ${stderr}`).toBe(true);
  expect(await leftovers(pid)).toEqual([]);
  expect(children(pid)).toEqual([]);
  expect(halfWritten(join(course.root, 'docs'))).toEqual([]);
  expect(temporary).toEqual([]);
});

test('killed outright, the next run removes what it left', async () => {
  const { pid } = await interrupt(['verify', '--no-cache'], 'SIGKILL', wholeRunMs / 2);
  const next = await course.run(['verify', '--no-cache', '--update']);
  expect(next.code, next.stdout + next.stderr).toBe(0);
  expect(await leftovers(pid)).toEqual([]);
});
