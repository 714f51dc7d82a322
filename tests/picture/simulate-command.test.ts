import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import type { Series } from '../../harness/model/dataset.ts';
import { toOpenMetrics } from '../../harness/picture/open-metrics.ts';
import { simulate } from '../../harness/simulate/index.ts';
import { makeCourse, repository, type Finished, type SmallCourse } from '../support/course.ts';

const dataset = simulate('first-light', repository);
let course: SmallCourse;
let ran: Finished;
beforeAll(async () => {
  course = makeCourse({});
  ran = await course.run(['simulate', 'first-light', '--html', '--out', 'here']);
});
afterAll(() => course[Symbol.dispose]());
const written = (file: string): string => readFileSync(join(course.root, 'here/first-light', file), 'utf8');

describe('npm run simulate', () => {
  test('prints the dataset at a glance, and says where its files are', () => {
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('First light (first-light) · 2026-03-02, 09:00 to 09:03 UTC');
    expect(ran.stdout).toMatch(/metrics\.txt \(\d+ KiB\), logs\.jsonl \(\d+ KiB\), traces\.json \(\d+ KiB\), picture\.html \(\d+ KiB\) in here\/first-light\//);
    expect(readdirSync(join(course.root, 'here/first-light')).sort()).toEqual(['logs.jsonl', 'metrics.txt', 'picture.html', 'traces.json']);
  });
  test('the lines are those of the services, oldest first', () => {
    const times = written('logs.jsonl').trimEnd().split('\n').map((line) => (JSON.parse(line) as { readonly ts: string }).ts);
    expect(times.length).toBe(dataset.logs.reduce((sum, { entries }) => sum + entries.length, 0));
    expect(times).toEqual(times.toSorted());
  });
  test('the traces are OTLP/JSON as its protobuf mapping has it: ids in hexadecimal, times as text, every span once', () => {
    const { resourceSpans } = JSON.parse(written('traces.json')) as { resourceSpans: { resource: { attributes: { key: string; value: unknown }[] }; scopeSpans: { spans: { traceId: string; spanId: string; startTimeUnixNano: string; endTimeUnixNano: string; kind: number }[] }[] }[] };
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    expect(spans.length).toBe(dataset.traces.flat().length);
    expect(spans.filter(({ traceId, spanId }) => !/^[0-9a-f]{32}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId))).toEqual([]);
    expect(spans.filter(({ startTimeUnixNano, endTimeUnixNano }) => !/^\d{19}$/.test(startTimeUnixNano) || BigInt(endTimeUnixNano) < BigInt(startTimeUnixNano))).toEqual([]);
    expect(resourceSpans.map(({ resource }) => resource.attributes.find(({ key }) => key === 'service.name')?.value)).toEqual([{ stringValue: 'gateway' }]);
  });
  test('a variant has a folder of its own; a path means its incident', async () => {
    const { code } = await course.run(['simulate', 'checkout-lag(discount.latency=0.9s)', 'snippets/incidents/first-light.yaml', '--out', 'variants']);
    expect([code, readdirSync(join(course.root, 'variants')).sort()]).toEqual([0, ['checkout-lag(discount.latency=0.9s)', 'first-light']]);
  });
  test.each([
    [['simulate'], 'simulate needs an incident'],
    [['simulate', 'first-lihgt'], 'no incident "first-lihgt" under snippets/incidents/: did you mean "first-light"?'],
    [['verify', '--html'], '--html and --out belong to simulate'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await course.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('metrics.txt', () => {
  test('is accepted by promtool, with every sample', async () => {
    await using engine = await openEngine({ root: repository, log: () => undefined, signal: new AbortController().signal });
    const promtool = await engine.tool('prometheus', 'promtool') as string;
    const blocks = mkdtempSync(join(tmpdir(), 'blocks-'));
    try {
      const { status, stdout, stderr } = spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(course.root, 'here/first-light/metrics.txt'), blocks], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const samples = stdout.trim().split('\n').slice(1).reduce((sum, line) => sum + Number(line.trim().split(/ {2,}/)[4]), 0);
      expect(samples).toBe(dataset.series.reduce((sum, one) => sum + one.samples.filter(([, value]) => value !== null).length, 0));
    } finally {
      rmSync(blocks, { recursive: true });
    }
  }, 120_000);
  test('families stand together, histograms point by point; exemplars beside the scrape that carried them; stale markers are gaps', () => {
    const one = (name: string, labels: Readonly<Record<string, string>>, values: readonly (number | null)[], exemplars: Series['exemplars'] = []): Series => ({ labels: { __name__: name, ...labels }, samples: values.map((value, index) => [1000 + index * 15_000, value] as const), histograms: [], exemplars });
    expect(toOpenMetrics([
      one('h_seconds_sum', {}, [0.5, 1.5]), one('h_seconds_bucket', { le: '+Inf' }, [1, 2]), one('h_seconds_count', {}, [1, 2]),
      one('h_seconds_bucket', { le: '1.0' }, [1, 1], [{ labels: { trace_id: 'ab' }, value: 0.5, timestampMs: 900 }]),
      one('n_total', { path: 'a"b\\c' }, [3, null]), one('up', {}, [1, 0]),
      { labels: { __name__: 'native' }, samples: [], histograms: [], exemplars: [] },
    ]).split('\n')).toEqual([
      '# TYPE h_seconds histogram',
      'h_seconds_bucket{le="1.0"} 1 1 # {trace_id="ab"} 0.5 0.9', 'h_seconds_bucket{le="+Inf"} 1 1', 'h_seconds_count 1 1', 'h_seconds_sum 0.5 1',
      'h_seconds_bucket{le="1.0"} 1 16', 'h_seconds_bucket{le="+Inf"} 2 16', 'h_seconds_count 2 16', 'h_seconds_sum 1.5 16',
      '# TYPE n counter', 'n_total{path="a\\"b\\\\c"} 3 1',
      '# TYPE up gauge', 'up 1 1', 'up 0 16',
      '# EOF', '',
    ]);
  });
});
