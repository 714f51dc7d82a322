import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { freezeEdition } from '../../harness/edition.ts';
import { listEditions } from '../../harness/editions.ts';
import { makeCourse } from '../support/course.ts';

vi.setConfig({ testTimeout: 300_000 });

const lesson = '---\ntitle: T\n---\n\n```promql name=up dataset=healthy expect="value > 3"\ncount(up)\n```\n';

test('a frozen edition keeps its answers while the course goes on', async () => {
  using course = makeCourse({ 'day-1/metrics': lesson });
  expect((await course.run(['verify', '--update'])).code).toBe(0);
  expect(freezeEdition(course.root, '2.0')).toContain('docs/content is now edition 3.0');
  expect(listEditions(course.root).map(({ id, isCurrent }) => [id, isCurrent])).toEqual([['3.0', true], ['2.0', false]]);
  // The course goes on: another question, over a dataset that is not the same any more.
  course.write('docs/content/docs/day-1/metrics.mdx', lesson.replace('count(up)', 'sum(up)'));
  const incident = readFileSync(join(course.root, 'snippets/incidents/healthy.yaml'), 'utf8');
  course.write('snippets/incidents/healthy.yaml', incident.replace(/^seed: .*$/m, 'seed: 4711'));
  const frozen = await course.run(['verify', '2.0', '--no-cache']);
  expect([frozen.code, frozen.stdout]).toEqual([0, expect.stringContaining('1 block: 1 passed')]);
  const current = await course.run(['verify', '--report', 'json']);
  expect((JSON.parse(current.stdout) as { blocks: { id: string; verdict: string }[] }).blocks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(['day-1/metrics#up failed', '2.0/day-1/metrics#up passed']);
});

test.each([
  ['1.0', undefined, '1.0 is not the current edition: that is 2.0'],
  ['2.0', '2.0', 'there is an edition 2.0 already'],
  ['2.0', 'next', '--next next is no edition'],
])('freezing %s with %s is refused, and nothing is left', (id, next, why) => {
  using course = makeCourse({ 'day-1/metrics': lesson });
  const before = readFileSync(join(course.root, 'docs/editions.json'), 'utf8');
  expect(() => freezeEdition(course.root, id, next)).toThrow(why);
  expect(readFileSync(join(course.root, 'docs/editions.json'), 'utf8')).toBe(before);
  expect(existsSync(join(course.root, 'docs/editions')) ? readdirSync(join(course.root, 'docs/editions')) : []).toEqual([]);
});
