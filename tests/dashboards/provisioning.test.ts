import { describe, expect, it } from 'vitest';
import { grafanaProvisioning } from '../../harness/checkers/grafana-provisioning.ts';
import type { Block } from '../../harness/model/block.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { root } from '../checkers/check-fixture.ts';
import { smallDataset } from '../checkers/small-dataset.ts';
import { makeBlock } from '../rules/support.ts';

const exemplar = { labels: { trace_id: 'a', span_id: 'b' }, value: 1, timestampMs: smallDataset.startMs };
const dataset: Dataset = {
  ...smallDataset, series: [...smallDataset.series, { labels: { __name__: 'x_bucket' }, samples: [], histograms: [], exemplars: [exemplar] }],
  logs: [{ labels: { service: 'checkout' }, entries: [{ timestampNs: '1', line: '{"msg":"x","trace_id":"0af7"}' }] }],
};

async function said(text: string, more: readonly Block[] = [], own: Dataset | 'none' = dataset): Promise<string[]> {
  const block = makeBlock(text, {}, { title: 'datasources.yaml' });
  const context = { root, allBlocks: [block, ...more], tool: async () => undefined, datasetOf: () => (own === 'none' ? undefined : 'small'), dataset: () => own as Dataset };
  return (await grafanaProvisioning.check([block], context, new AbortController().signal)).map(({ rule, message }) => `${rule}: ${message}`);
}
const source = (name: string, type: string, lines = '', url = `http://${type}:${{ prometheus: 9090, loki: 3100, jaeger: 16686 }[type] ?? 80}`) => `  - name: ${name}\n    uid: ${name}\n    type: ${type}\n    url: ${url}\n${lines}`;
const file = (...sources: readonly string[]) => `apiVersion: 1\ndatasources:\n${sources.join('')}`;

describe('links', () => {
  const jaeger = source('traces', 'jaeger', '    isDefault: true\n');
  it('hang exemplars on a label that they carry', async () => {
    const withLabel = (name: string) => file(source('metrics', 'prometheus', `    jsonData: { exemplarTraceIdDestinations: [{ name: ${name}, datasourceUid: traces }] }\n`), jaeger);
    expect(await said(withLabel('trace_id'))).toEqual([]);
    expect(await said(withLabel('traceID'))).toEqual([expect.stringMatching(/^unmatched: Found the label `traceID`, which no exemplar of the dataset small has: no point gets a link\. Did you mean `trace_id`\?$/)]);
    // A dataset without exemplars, or none at all, says nothing about them.
    expect(await said(withLabel('traceID'), [], smallDataset)).toEqual([]);
    expect(await said(withLabel('traceID'), [], 'none')).toEqual([]);
  });
  it('find what stands in lines, and tell how these write it', async () => {
    const withRegex = (regex: string) => file(source('logs', 'loki', `    jsonData: { derivedFields: [{ name: TraceID, matcherRegex: '${regex}', datasourceUid: traces }] }\n`), jaeger);
    expect(await said(withRegex('"trace_id":"(\\w+)"'))).toEqual([]);
    expect(await said(withRegex('traceID=(\\w+)'))).toEqual([expect.stringContaining('Lines have `"trace_id":"0af7"`: write `"trace_id":"(\\w+)"`.')]);
    // A dollar that Grafana halves.
    expect(await said(withRegex('"trace_id":"(\\w+)"}$$'))).toEqual([]);
    expect(await said(withRegex('traceID=(\\w+)'), [], 'none')).toEqual([]);
  });
  it('lead to a data source of another file of the page', async () => {
    const text = file(source('logs', 'loki', "    jsonData: { derivedFields: [{ name: TraceID, matcherRegex: '\"trace_id\":\"(\\w+)\"', datasourceUid: traces }] }\n"));
    const other = makeBlock(file(jaeger), { name: 'other' }, { title: 'provisioning/datasources/traces.yaml' });
    expect(await said(text)).toEqual([expect.stringMatching(/^unresolved-link: Found `datasourceUid: traces`, which is the `uid` of no data source here/)]);
    expect(await said(text, [other])).toEqual([]);
  });
});

describe('addresses', () => {
  it('may be those of services that a Compose file of the page has', async () => {
    const compose = makeBlock('services:\n  metrics-db:\n    image: prom/prometheus:v3.14.0', { name: 'compose' }, { title: 'compose.yaml' });
    const text = file(source('metrics', 'prometheus', '', 'http://metrics-db:9091'));
    expect(await said(text)).toEqual([expect.stringContaining('expected `http://prometheus:9090`, where the course\'s stack has it, or a service that a Compose file of the page defines')]);
    expect(await said(text, [compose])).toEqual([]);
  });
  it('of products beyond the stack are left alone', async () => {
    expect(await said(file(source('traces', 'tempo', '', 'http://tempo:3200')))).toEqual([]);
    expect(await said(file(source('search', 'elasticsearch', '', 'http://prometheus:9200')))).toEqual([expect.stringMatching(/^wrong-url: Found `http:\/\/prometheus:9200`, and `prometheus` of the course's stack listens on 9090/)]);
    expect(await said(file(source('metrics', 'prometheus', '', '$PROMETHEUS_URL')))).toEqual([]);
  });
});

describe('dollar signs', () => {
  it.each([
    ['$${__value.raw}', 0], ['${__value.raw}', 1], ['$1', 1], ['$TOKEN', 0], ['${TOKEN}', 0], ['$__file{/run/secret}', 0], ['a$', 0], ['$$$${x}', 0], ['$$${x}', 1],
  ])('%s is taken for the environment in %i places', async (value, count) => {
    const found = await said(file(source('metrics', 'prometheus', `    user: '${value}'\n`)));
    expect(found.filter((one) => one.startsWith('unescaped-dollar'))).toHaveLength(count);
  });
});
