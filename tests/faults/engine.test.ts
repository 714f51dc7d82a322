import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { ensureEngine } from '../../harness/backends/engine.ts';
import { leftOvers, never, root } from '../engine/with-engine.ts';
import { makeCourse, type SmallCourse } from '../support/course.ts';
import { FaultyEngine, type Fault } from './faulty-engine.ts';
import { fence, judge, page, sound, verdictsOf, type Judged } from './judged.ts';

const lesson = page('Asks', `${fence('promql name=up expect="count > 0"', 'up')}\n${fence('ts name=hello', "console.log('hello');")}\n${fence('json', '{"a": 1}')}`, 'dataset: healthy\n');

let course: SmallCourse;
let realHost: string;
beforeAll(async () => {
  realHost = (await ensureEngine(() => undefined)).dockerHost;
  course = makeCourse({ sound, asks: lesson });
});
afterAll(() => course[Symbol.dispose]());

/** Runs the course on an engine with this fault. @returns also what of the run is left on the real engine */
async function runWith(fault: Fault, onEngine: (engine: FaultyEngine, pid: number) => void = () => undefined): Promise<{ judged: Judged; pid: number; left: readonly string[] }> {
  await using engine = await FaultyEngine.open(realHost, fault);
  let pid = 0;
  const judged = await judge(course, ['verify', '--no-cache', '--update'], { env: { DOCKER_HOST: engine.dockerHost }, onSpawn: (id) => onEngine(engine, pid = id) });
  return { judged, pid, left: await leftOvers(pid) };
}
const halfWritten = (): string[] => readdirSync(join(course.root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));
const errorsOf = ({ blocks }: Judged): string[] => blocks.flatMap(({ error }) => (error === undefined ? [] : [`${error.code} ${error.message}`]));

test('a port that is taken: the blocks that need it are errored with the engine’s words, all others judged, nothing is left', async () => {
  const taken = 'driver failed programming external connectivity: Bind for 127.0.0.1:32768 failed: port is already allocated';
  const { judged, left } = await runWith((request) => (/^POST \S*\/containers\/\w+\/start/.test(request) ? { status: 500, message: taken } : undefined));
  expect([judged.code, verdictsOf(judged, 'sound'), verdictsOf(judged, 'asks')]).toEqual([2, ['passed'], ['errored', 'errored', 'passed']]);
  for (const error of errorsOf(judged)) expect(error).toContain('port is already allocated');
  for (const name of ['asks#up', 'asks#hello']) expect(judged.stdout).toContain(`no verdict for 1 block: ${name}`);
  expect([left, halfWritten()]).toEqual([[], []]);
});

test('an engine that dies in the middle: every block has a verdict, the run ends and says why, and the next run removes what it left', async () => {
  const { dockerode } = (await connectEngine(() => undefined)).container;
  let swept = Promise.resolve();
  const { judged, pid } = await runWith((request) => (/^POST \S*\/exec\/\w+\/start/.test(request) ? 'dies' : undefined), (engine, id) => {
    // What runs on an engine dies with it.
    swept = engine.died.then(async () => {
      const all = await dockerode.listContainers({ filters: { label: [`course.pid=${id}`] } });
      await Promise.all(all.map(({ Id }) => dockerode.getContainer(Id).kill().catch(() => undefined)));
    });
  });
  await swept;
  expect([judged.code, verdictsOf(judged, 'sound'), verdictsOf(judged, 'asks').at(-1)]).toEqual([2, ['passed'], 'passed']);
  expect(judged.blocks.find(({ id }) => id === 'asks#hello')).toMatchObject({ verdict: 'errored', error: { message: expect.stringMatching(/engine|container|sandbox/) } });
  expect(halfWritten()).toEqual([]);
  await using next = await openEngine({ root, log: () => undefined, signal: never });
  expect(await leftOvers(pid)).toEqual([]);
  expect(next.digests.size).toBe(0);
});
