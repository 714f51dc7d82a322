import { afterAll, beforeAll, expect, test } from 'vitest';
import { exposition } from '../../harness/backends/exposition.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { RejectionOutput, VectorOutput } from '../../harness/model/transcript.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { makeBlock } from '../sandbox/block.ts';
import { openContext, root, runBlocks, signal } from '../sandbox/engine.ts';

const page = (language: 'prometheus' | 'openmetrics', name: string, text: string, attributes: Readonly<Record<string, string>> = {}): Block => ({ ...makeBlock(text, { name, attributes }), language });
/** What the static checker takes for clean, with every construct of both formats. */
const [cleanText = '', cleanOpenMetrics = ''] = parsePage({ root, file: 'tests/checkers/fixtures/exposition.mdx', knownAttributes: ['rejects'] }).blocks.map(({ text }) => text);
const blocks = [
  page('prometheus', 'clean', cleanText),
  page('openmetrics', 'clean-openmetrics', cleanOpenMetrics),
  page('prometheus', 'histogram', '# TYPE took_seconds histogram\ntook_seconds_bucket{le="0.5"} 2\ntook_seconds_bucket{le="1"} 3\ntook_seconds_bucket{le="+Inf"} 3\ntook_seconds_sum 1.25\ntook_seconds_count 3'),
  page('openmetrics', 'created', '# TYPE http_requests counter\nhttp_requests_total{job="mine"} 7 # {trace_id="a"} 1\nhttp_requests_created{job="mine"} 1773237720.5\n# EOF'),
  page('prometheus', 'dots', '{"http.server.up","server.name"="a"} NaN'),
  page('prometheus', 'yesterday', `old_thing 3 ${Date.now() - 86_400_000}\nnew_thing 4`),
  page('openmetrics', 'backfill', '# TYPE warm gauge\nwarm 1 1773237720\nwarm 2 1773237735\n# EOF'),
  page('prometheus', 'tomorrow', `late_thing 3 ${Date.now() + 86_400_000}\nnew_thing 4`),
  page('prometheus', 'nonsense', 'fine 1\nhttp-requests{a="\\"b\\""} 1\nalso_fine 1'),
  page('openmetrics', 'cut-off', '# TYPE a gauge\na 1', { rejects: 'does not end with # EOF' }),
  page('prometheus', 'other-words', 'a b', { rejects: 'does not end with # EOF' }),
  page('prometheus', 'fine', 'a 1', { rejects: 'does not end with # EOF' }),
];

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
beforeAll(async () => {
  results = await runBlocks(stack.use(await exposition.start(await openContext(stack), signal)), blocks);
}, 120_000);
afterAll(() => stack.disposeAsync(), 30_000);

const checkout = { instance: 'checkout:8080', job: 'checkout', service: 'checkout' };
const samples = (name: string): VectorOutput['samples'] => (results.get(name)?.output as VectorOutput).samples;
const found = (name: string): string[] => (results.get(name)?.findings ?? []).map(({ rule, message }) => `${rule}: ${message}`);
/** What every scrape adds: how many values the page had, and that it was scraped. */
const scraped = (read: number): VectorOutput['samples'][number] => ({ labels: { __name__: 'scrape_samples_scraped', ...checkout }, value: String(read) });
const up: VectorOutput['samples'][number] = { labels: { __name__: 'up', ...checkout }, value: '1' };

test('what the static checker takes, the real Prometheus takes, every value of it', () => {
  expect([...found('clean'), ...found('clean-openmetrics')]).toEqual([]);
  expect(samples('clean')).toContainEqual({ labels: { __name__: 'http_requests_total', ...checkout, route: 'say "hi" \\ \n', status: '500' }, value: '0' });
  expect(samples('clean-openmetrics')).toContainEqual(scraped(15));
});

test('a histogram is stored with the bounds as Prometheus writes them', () => {
  expect(samples('histogram')).toEqual([
    scraped(5),
    ...['+Inf', '0.5', '1.0'].map((le) => ({ labels: { __name__: 'took_seconds_bucket', ...checkout, le }, value: le === '0.5' ? '2' : '3' })),
    { labels: { __name__: 'took_seconds_count', ...checkout }, value: '3' },
    { labels: { __name__: 'took_seconds_sum', ...checkout }, value: '1.25' },
    up,
  ]);
});

test('OpenMetrics: a label of the target moves that of the page aside, and a _created line is a series', () => {
  expect(samples('created')).toEqual([
    { labels: { __name__: 'http_requests_created', exported_job: 'mine', ...checkout }, value: '1773237720.5' },
    { labels: { __name__: 'http_requests_total', exported_job: 'mine', ...checkout }, value: '7' },
    scraped(2),
    up,
  ]);
});

test('names with dots are stored as they are, and NaN is a value', () => {
  expect(samples('dots')).toContainEqual({ labels: { __name__: 'http.server.up', ...checkout, 'server.name': 'a' }, value: 'NaN' });
});

test('values with times of their own are found at those times', () => {
  expect(found('yesterday')).toEqual([]);
  expect(samples('yesterday').map(({ labels, value }) => `${labels['__name__']} ${value}`)).toEqual(['new_thing 4', 'old_thing 3', 'scrape_samples_scraped 2', 'up 1']);
  expect(found('backfill')).toEqual([]);
  expect(samples('backfill')).toContainEqual({ labels: { __name__: 'warm', ...checkout }, value: '2' });
});

test('a value that Prometheus read and dropped is a finding', () => {
  expect(found('tomorrow')).toEqual([expect.stringContaining('values-dropped: Prometheus read 2 values and stored 1: it drops a value whose time lies years back or ahead of now')]);
});

test('what is refused says so in the words of Prometheus', () => {
  expect(found('nonsense')).toEqual([expect.stringMatching(/^rejected: Prometheus refused this page, and said: .*http-.*Correct the text, or say with rejects=/)]);
  expect(results.get('nonsense')?.findings.map(({ range }) => range)).toEqual([{ offset: 7, length: 26 }]);
  expect(results.get('cut-off')?.output).toMatchObject({ kind: 'rejection', tool: 'Prometheus', message: expect.stringContaining('does not end with # EOF') } satisfies Partial<RejectionOutput> | { message: unknown });
  expect(found('other-words')).toEqual([expect.stringMatching(/^other-rejection: .*with other words than rejects="does not end with # EOF". It said: /)]);
  expect(found('fine')).toEqual([expect.stringContaining('not-rejected: Prometheus took this page')]);
});

test('answers differ from run to run only in when they were scraped', () => {
  const output = results.get('histogram')?.output as VectorOutput;
  expect(output.atMs).toBeGreaterThan(Date.now() - 120_000);
  expect(exposition.normalise?.(output)).toEqual({ kind: 'vector', atMs: undefined, samples: output.samples });
});
