import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCourse, type Finished, type SmallCourse } from '../support/course.ts';

const PAGE = `---
title: No engine
description: A mistake, and a query that nobody can answer here.
dataset: healthy
---

\`\`\`json
{"a": }
\`\`\`

\`\`\`promql name=up expect="count > 0"
up
\`\`\`
`;

let course: SmallCourse;
let verified: Finished;
beforeAll(async () => {
  course = makeCourse({ 'no-engine': PAGE });
  // Set and silent, it is the only one asked: no engine is found, none is started.
  verified = await course.run(['verify', '--report', 'terminal', '--report', 'json=report.json'], { env: { DOCKER_HOST: `unix://${join(course.root, 'no.sock')}` } });
});
afterAll(() => course[Symbol.dispose]());

test('where no engine answers, what static checks found is reported all the same, and the exit code is that of breakage', () => {
  expect(verified.code, verified.stderr).toBe(2);
  expect(verified.stdout).toContain('json/syntax-error');
  expect(verified.stdout).toContain('engine-missing');
});

test('each block has exactly one verdict, and none says more than what happened', () => {
  const { blocks } = JSON.parse(readFileSync(join(course.root, 'report.json'), 'utf8')) as { blocks: { id: string; verdict: string; depth: string }[] };
  expect(blocks.map(({ id, verdict, depth }) => [id, verdict, depth])).toEqual([['no-engine#0', 'failed', 'checked'], ['no-engine#up', 'errored', 'checked']]);
});
