import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureEngine } from '../../harness/backends/engine.ts';
import { readRuleText, pageOf } from '../../docs/rule-pages/rule-text.ts';
import { leftOvers } from '../engine/with-engine.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';
import { fence, judge, page, sound } from './judged.ts';

const repaired = (rule: string): string => pageOf(readRuleText(rule, readFileSync(join(repository, `docs/rules/${rule}.md`), 'utf8')), 'repaired')?.source ?? '';
const JUMP = `--import=${join(import.meta.dirname, 'jump-clock.mjs')}`;

let course: SmallCourse;
beforeAll(async () => {
  await ensureEngine(() => undefined);
  course = makeCourse({
    sound,
    one: page('One', fence('promql name=up expect="count > 0"', 'up'), 'dataset: healthy\n'),
    two: page('Two', fence('promql name=lag expect="count > 0"', 'up'), 'dataset: checkout-lag\n'),
    // A live service, and an alert that is carried: both happen at the time of day.
    live: page('Live', repaired('mdx/missing-file')),
    alert: page('Alert', repaired('rules/never-fired')),
  });
  const stored = await judge(course, ['verify', '--update', 'live', 'alert']);
  expect(stored.code, stored.stdout + stored.stderr).toBe(0);
}, 120_000);
afterAll(() => course[Symbol.dispose]());

const halfWritten = (): string[] => readdirSync(course.root, { recursive: true, encoding: 'utf8' }).filter((name) => !name.includes('node_modules') && /\.tmp$|\.busy$/.test(name));

test('two runs at once in one checkout each store theirs, and lose nothing of the other’s', async () => {
  const both = await Promise.all([['one'], ['two']].map((pages) => course.run(['verify', '--update', '--no-cache', ...pages])));
  for (const { code, stdout, stderr } of both) expect(code, stdout + stderr).toBe(0);
  const after = await judge(course, ['verify', '--no-cache', 'one', 'two']);
  expect([after.code, after.blocks.map(({ verdict }) => verdict)], after.stdout).toEqual([0, ['passed', 'passed']]);
  expect(halfWritten()).toEqual([]);
});

test.each([['forward', 3_600_000], ['back', -3_600_000]])('a clock that is set an hour %s in the middle changes no verdict and no answer', async (_direction, jumpMs) => {
  const judged = await judge(course, ['verify', '--no-cache', 'live', 'alert'], { env: { NODE_OPTIONS: JUMP, CLOCK_JUMP_MS: String(jumpMs), CLOCK_JUMP_AFTER_MS: '1500' } });
  expect([judged.code, judged.blocks.map(({ verdict }) => verdict)], judged.stdout).toEqual([0, ['passed', 'passed']]);
});

test('Ctrl-C twice ends the run as once does: 130, and nothing is left', async () => {
  let pid = 0;
  const { code, stderr } = await course.run(['verify', '--no-cache', 'one', 'two', 'alert'], {
    onSpawn: (id) => {
      pid = id;
      for (const afterMs of [3_000, 3_100]) setTimeout(() => process.kill(id, 'SIGINT'), afterMs);
    },
  });
  expect(code, stderr).toBe(130);
  expect(await leftOvers(pid)).toEqual([]);
  expect(halfWritten()).toEqual([]);
});
