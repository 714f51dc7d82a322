import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listEditions, splitByEdition } from '../../harness/editions.ts';
import { makeCourse, repository } from '../support/course.ts';

/** A course of two editions: the older one in its folder, with snippets of its own. */
const page = (text: string): string => `---\ntitle: T\n---\n\n${text}\n`;
const query = (text: string): string => `\`\`\`promql name=q dataset=healthy\n${text}\n\`\`\``;
const course = makeCourse({ 'day-1/metrics': page(query('up')), 'day-1/new': page(query('sum(up)')) });
const folder = 'docs/editions/1.0';
const pinned = JSON.parse(readFileSync(join(repository, 'docs/editions.json'), 'utf8')) as { current: string; editions: Record<string, object> };

function write(file: string, text: string): void {
  mkdirSync(join(course.root, file, '..'), { recursive: true });
  writeFileSync(join(course.root, file), text);
}

rmSync(join(course.root, 'docs/editions.json'));
write('docs/editions.json', JSON.stringify({ current: pinned.current, editions: { [pinned.current]: pinned.editions[pinned.current], '1.0': { title: 'Edition 1.0', stack: { prometheus: '2.42.0' } } } }));
write(`${folder}/docs/content/docs/day-1/metrics.mdx`, page(query('count(up)')));
write(`${folder}/docs/content/docs/day-1/old.mdx`, page(query('count(up')));
cpSync(join(repository, 'docs/glossary.yml'), join(course.root, folder, 'docs/glossary.yml'));
cpSync(join(course.root, 'snippets/incidents'), join(course.root, folder, 'snippets/incidents'), { recursive: true });


afterAll(() => course[Symbol.dispose]());

test('what is found in an edition is told at its place in the repository, under an id that says whose it is', async () => {
  const { code, stdout } = await course.run(['check', '--report', 'json']);
  const report = JSON.parse(stdout) as { blocks: { id: string; verdict: string; diagnostics: { file: string; line: number }[] }[]; stack: Record<string, { version: string }> };
  expect(code).toBe(1);
  expect(report.blocks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(['day-1/metrics#q passed', 'day-1/new#q passed', '1.0/day-1/metrics#q passed', '1.0/day-1/old#q failed']);
  expect(report.blocks.at(-1)?.diagnostics[0]).toMatchObject({ file: `${folder}/docs/content/docs/day-1/old.mdx`, line: 6 });
  expect(report.stack['1.0/prometheus']?.version).toBe('2.42.0');
  expect(report.stack['prometheus']?.version).toMatch(/^3\./);
});

test.each([
  ['an id', ['day-1/metrics'], ['day-1/metrics#q']],
  ['an id of an older edition', ['1.0/day-1/metrics'], ['1.0/day-1/metrics#q']],
  ['the edition', ['1.0'], ['1.0/day-1/metrics#q', '1.0/day-1/old#q']],
  ['a path into it', [`${folder}/docs/content/docs/day-1/metrics.mdx`], ['1.0/day-1/metrics#q']],
  ['pages of both', ['day-1/new', '1.0/day-1/metrics'], ['day-1/new#q', '1.0/day-1/metrics#q']],
])('%s means its pages and no others', async (_, words, ids) => {
  const { stdout } = await course.run(['check', ...words, '--report', 'json']);
  expect((JSON.parse(stdout) as { blocks: { id: string }[] }).blocks.map(({ id }) => id)).toEqual(ids);
});

test('a counterpart is a page of another edition, also for a page of an older one', async () => {
  write(`${folder}/docs/content/docs/day-1/pair.mdx`, page('Text.').replace('title: T', `title: T\ncounterpart: ${pinned.current}/day-1/metrics`));
  write(`${folder}/docs/content/docs/day-1/odd.mdx`, page('Text.').replace('title: T', `title: T\ncounterpart: ${pinned.current}/day-1/metric`));
  const { stdout } = await course.run(['check', '1.0', '--report', 'json']);
  const { pageDiagnostics: pages } = JSON.parse(stdout) as { pageDiagnostics: { ruleId: string; message: string; file: string }[] };
  for (const name of ['pair', 'odd']) rmSync(join(course.root, `${folder}/docs/content/docs/day-1/${name}.mdx`));
  expect(pages.filter(({ ruleId }) => ruleId === 'page/counterpart')).toEqual([expect.objectContaining({ file: `${folder}/docs/content/docs/day-1/odd.mdx`, message: expect.stringContaining(`Did you mean \`${pinned.current}/day-1/metrics\`?`) })]);
});

test('a page that an edition lacks is told with the nearest of that edition', async () => {
  const { code, stderr } = await course.run(['check', '1.0/day-1/metric']);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no page or folder "day-1/metric"');
});

test('shards of a course with editions are one run again', async () => {
  for (const index of [1, 2]) await course.run(['check', '--shard', `${index}/2`, '--report', `json=${index}.json`]);
  const merged = await course.run(['merge', '1.json', '2.json', '--report', 'json']);
  const whole = await course.run(['check', '--report', 'json']);
  const ids = (text: string): string[] => (JSON.parse(text) as { blocks: { id: string; verdict: string }[] }).blocks.map(({ id, verdict }) => `${id} ${verdict}`);
  expect(ids(merged.stdout)).toEqual(ids(whole.stdout));
  expect(merged.code).toBe(1);
});

test('an entry without its folder is told', () => {
  using broken = makeCourse({ 'day-1/metrics': page('Text.') });
  rmSync(join(broken.root, 'docs/editions.json'));
  broken.write('docs/editions.json', JSON.stringify({ current: '2.0', editions: { '2.0': { title: 'Two', stack: {} }, '1.0': { title: 'One', stack: {} } } }));
  expect(() => listEditions(broken.root)).toThrow('docs/editions.json names the edition 1.0, but there is no folder docs/editions/1.0/');
});

test('what is only tried, and what services live through, is for the current edition', async () => {
  const { code, stderr } = await course.run(['verify', '1.0', '--live']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--live is for the current edition: pages of edition 1.0 stay with the stack of their time')]);
});

test('no page named: every edition, the current one first', () => {
  expect(splitByEdition(listEditions(course.root), [], course.root).map(({ edition }) => edition.id)).toEqual([pinned.current, '1.0']);
});
