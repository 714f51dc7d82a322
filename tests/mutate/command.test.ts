import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { hashFiles } from '../../harness/cache.ts';
import { makeCourse, type Finished, type SmallCourse } from '../support/course.ts';

/** One query that is bounded on both sides and one that is not, beside a block of which only its syntax is checked. */
const PAGE = `---
title: Bounds
description: Two queries.
dataset: healthy
---

\`\`\`promql name=bounded expect="value == 6"
count(up == 1)
\`\`\`

\`\`\`promql name=unbounded
count(up == 1)
\`\`\`

\`\`\`ts no_run
export const port: number = Number('8080');
console.log(port === 8080);
\`\`\`

\`\`\`sh name=setup
n=3
\`\`\`

\`\`\`sh name=end continues=setup expect="contains='three'"
[ "$n" -eq 3 ] && echo three
\`\`\`
`;
interface Json {
  readonly seed: string;
  readonly kinds: readonly { readonly name: string; readonly mutants: number }[];
  readonly mutants: readonly { readonly id: string; readonly outcome: { readonly kind: string; readonly depth?: string } }[];
}

let course: SmallCourse;
const mutate = (...args: string[]): Promise<Finished> => course.run(args, { program: 'mutate.ts' });
const outcomes = (): Record<string, string> => Object.fromEntries((JSON.parse(readFileSync(join(course.root, 'out.json'), 'utf8')) as Json).mutants.map(({ id, outcome }) => [id, [outcome.kind, outcome.depth].filter(Boolean).join(' ')]));

beforeAll(async () => {
  course = makeCourse({ bounds: PAGE });
  const { code, stdout } = await course.run(['verify', '--update']);
  expect([code, stdout.includes('error')]).toEqual([0, false]);
}, 180_000);
afterAll(() => course[Symbol.dispose]());

test('says which mutants are caught, by what, and what would catch the others; writes nothing of the course', async () => {
  const before = hashFiles(course.root, ['docs', 'snippets', 'harness/mutate']);
  const { code, stdout } = await mutate('--json', 'out.json', '--all');
  expect(code).toBe(1);
  expect(outcomes()).toMatchObject({
    'bounds#bounded threshold "1" → "2"': 'caught expect', 'bounds#bounded comparison "==" → "!="': 'caught expect',
    'bounds#unbounded comparison "==" → "!="': 'caught expect', 'bounds#unbounded aggregation "count" → "sum"': 'survived',
    'bounds#2 type "number" → "string"': 'caught type', 'bounds#2 comparison "===" → "!=="': 'survived',
    'bounds#end comparison "-eq" → "-ne"': 'caught behaviour',
  });
  expect(stdout).toMatch(/bounds#unbounded .*\n.*aggregation "count" → "sum"/);
  expect(stdout).toContain('kind of block');
  expect(stdout).toContain('seed 1');
  expect(hashFiles(course.root, ['docs', 'snippets', 'harness/mutate'])).toBe(before);
}, 180_000);

test('--publish writes the figures of the page, and nothing else', async () => {
  using other = makeCourse({ bounds: PAGE });
  const { stdout } = await other.run(['--publish', '--per-fault', '1'], { program: 'mutate.ts' });
  // Without stored answers the page proves nothing.
  expect(stdout).toContain('docs/mutations.json says what was found of 0 of these 1 pages.');
  const before = hashFiles(course.root, ['docs/content', 'docs/transcripts', 'snippets', 'harness/mutate']);
  await mutate('--publish', '--per-fault', '1');
  const { pages } = JSON.parse(readFileSync(join(course.root, 'docs/mutations.json'), 'utf8')) as { pages: { page: string; blocks: number; kinds: { kind: string }[] }[] };
  expect(pages).toMatchObject([{ page: 'bounds', blocks: 5, kinds: [{ kind: 'promql' }, { kind: 'shell' }, { kind: 'typescript' }] }]);
  expect(hashFiles(course.root, ['docs/content', 'docs/transcripts', 'snippets', 'harness/mutate'])).toBe(before);
}, 180_000);

test('a page that does not pass as it stands proves nothing', async () => {
  using broken = makeCourse({ bounds: PAGE.replace('value == 6', 'value == 7') });
  const { code, stdout } = await broken.run(['--json', 'out.json'], { program: 'mutate.ts' });
  expect(code).toBe(1);
  expect(stdout).toContain('bounds#bounded does not pass as it stands: answer/unmet-expectation');
  expect(stdout).toContain('Nobody knows');
}, 180_000);

test('two static runs of one seed say the same, byte for byte', async () => {
  const run = async (): Promise<string> => (await mutate('--static', '--seed', 'x', '--per-fault', '1')).stdout.replace(/^.* mutants checked in .*$/m, '');
  expect(await run()).toBe(await run());
  expect(await run()).toContain('seed x');
}, 120_000);

test.each([
  [['--per-fault', 'many'], 'expected a number'], [['--all', '--per-fault', '3'], '--all takes every mutant'], [['--publish', '--static'], 'publish what was run'], [['nowhere'], 'nowhere'], [['--sideways'], 'sideways'],
])('%j means nothing', async (args, words) => {
  const { code, stderr } = await mutate(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('--help says what it does', async () => {
  expect(await mutate('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: npm run mutate') as string });
});

test('interrupted, it leaves nothing', async () => {
  let pid = 0;
  const { code } = await course.run([], { program: 'mutate.ts', onStderr: (text, id) => {
    // Its first line: handlers are there, and it is at work.
    if (pid === 0 && text.includes('0/')) process.kill(pid = id, 'SIGINT');
  } });
  const { container: { dockerode } } = await connectEngine(() => {});
  const filters = { label: [`course.pid=${pid}`] };
  expect([code, await dockerode.listContainers({ all: true, filters }), await dockerode.listNetworks({ filters })]).toEqual([130, [], []]);
}, 120_000);
