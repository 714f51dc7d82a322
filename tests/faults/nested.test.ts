import { afterAll, beforeAll, expect, test } from 'vitest';
import { nestingDepth } from '../../harness/parse/index.ts';
import { makeCourse, type SmallCourse } from '../support/course.ts';
import { fence, judge, page, sound, saidOf, verdictsOf, type Judged } from './judged.ts';

/** As deep as a block of 32 KB can be. */
const DEPTH = 15_000;
const nest = (open: string, inner: string, close: string, depth = DEPTH): string => open.repeat(depth) + inner + close.repeat(depth);

/** Page → a block that is nested deeper than any parser's stack. */
const pages: Readonly<Record<string, string>> = {
  json: fence('json', nest('[', '1', ']')),
  jsonl: fence('jsonl', nest('[', '1', ']')),
  objects: fence('json', nest('{"a":', '1', '}', 5_000)),
  http: fence('http', `HTTP/1.1 200 OK\nContent-Type: application/json\n\n${nest('[', '1', ']')}`),
  jaeger: fence('jaeger name=a dataset=healthy', `service=checkout\ntags=${nest('[', '1', ']')}`),
  yaml: fence('yaml title="prometheus.yml"', `global: ${nest('[', '1', ']')}`),
  untitled: fence('yaml', `apiVersion: v1\nkind: ConfigMap\ndata: ${nest('[', '1', ']')}`),
  rules: fence('yaml title="a.rules.yml" no_run', `groups: ${nest('[', '1', ']')}`),
  compose: fence('yaml title="compose.yaml"', `services: ${nest('{a: ', '1', '}', 5_000)}`),
  promql: fence('promql name=a dataset=healthy', nest('(', 'up', ')')),
  logql: fence('logql name=a dataset=healthy', `{service="checkout"} | ${nest('(', 'a=1', ')')}`),
  ts: fence('ts name=a', `export const a = ${nest('(', '1', ')')};`),
  python: fence('python name=a', `a = ${nest('(', '1', ')')}`),
  sh: fence('sh name=a', nest('(', 'true', ')')),
  sql: fence('sql', `SELECT ${nest('(', '1', ')')}`),
  dockerfile: fence('dockerfile', `FROM debian:12\nRUN ${nest('(', 'true', ')')}`),
  prometheus: fence('prometheus name=a', nest('{', '', '}')),
  mermaid: fence('mermaid', `flowchart LR\n  accTitle: a\n  accDescr: b\n  a${nest('[', 'b', ']')}`),
  fluent: fence('ini title="fluent-bit.conf"', nest('[', 'SERVICE', ']')),
  sequences: fence('yaml title="prometheus.yml"', `global:\n${'- '.repeat(DEPTH)}1`),
  signs: fence('promql name=a dataset=healthy', `${'-'.repeat(DEPTH)}1`),
  chain: fence('promql name=a dataset=healthy', `1${' + 1'.repeat(7_000)}`),
  nots: fence('ts name=a', `export const a = ${'!'.repeat(DEPTH)}1;`),
  sums: fence('ts name=a', `export const a = 1${' + 1'.repeat(7_000)};`),
  pipes: fence('sh name=a', `true${' | cat'.repeat(5_000)}`),
  negations: fence('python name=a', `a = ${'not '.repeat(7_000)}1`),
  nines: fence('sql', `SELECT 1${' + 1'.repeat(7_000)}`),
  quotes: `${'> '.repeat(20_000)}deep\n`,
  items: `${'- '.repeat(20_000)}deep\n`,
  elements: `${'<b>'.repeat(2_000)}deep${'</b>'.repeat(2_000)}\n`,
  links: `${'['.repeat(5_000)}deep${']'.repeat(5_000)}\n`,
  xml: fence('xml title="fluent.conf"', nest('<a>', '', '</a>', 3_000)),
};

let course: SmallCourse;
let judged: Judged;
beforeAll(async () => {
  course = makeCourse({ sound });
  for (const [id, text] of Object.entries(pages)) course.write(`docs/content/docs/${id}.mdx`, page('Deep', text));
  judged = await judge(course, ['check', '--no-cache']);
}, 300_000);
afterAll(() => course[Symbol.dispose]());

test.each(Object.keys(pages))('%s, nested as deep as a block can be, has a verdict and breaks nothing of ours', (id) => {
  for (const { error, verdict } of judged.blocks.filter((one) => one.page === id)) {
    expect(error).toBeUndefined();
    expect(['failed', 'passed']).toContain(verdict);
  }
});
test.each(['json', 'jsonl', 'objects', 'http', 'ts', 'python', 'sh'])('%s is told where it stands, and why', (id) => {
  expect(saidOf(judged, id)).toEqual([expect.objectContaining({ ruleId: 'mdx/too-deep', line: 6, message: expect.stringMatching(/^Found \d+ brackets, each inside the one before it, expected at most 250/) })]);
});

test.each(['negations', 'nots', 'nines'])('%s has too many parts, though not brackets, for a parser, and is told so', (id) => {
  expect(saidOf(judged, id)).toEqual([expect.objectContaining({ ruleId: 'mdx/too-deep', line: 6, message: expect.stringContaining('no parser can follow to its end') })]);
});
test.each(['quotes', 'items'])('%s of a page are told at their line', (id) => {
  expect(saidOf(judged, id)).toEqual([expect.objectContaining({ ruleId: 'mdx/too-deep', line: 6 })]);
});

test('what is nested as people nest is no fault: brackets in quotes, and those that nobody opens', () => {
  expect(nestingDepth('{"a": "((((", "b": [{"c": 1}]}')).toBe(3);
  expect(nestingDepth('- [x] ) (a) b: c)')).toBe(1);
  expect(nestingDepth('case $1 in a) ;; b) ;; esac; f() { x=(1 2); }')).toBe(2);
});

test('a scan says that it does not know', async () => {
  const { code, stdout } = await course.run(['scan', '--explain', 'docs/content/docs/json.mdx', 'docs/content/docs/ts.mdx']);
  expect([code, stdout.match(/its brackets are nested 15000 deep/g)?.length], stdout).toEqual([0, 2]);
});

test('and all others are judged', () => {
  expect([judged.code, judged.errors, verdictsOf(judged, 'sound')]).toEqual([1, [], ['passed']]);
});
