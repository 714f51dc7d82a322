import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboard } from '../../harness/backends/dashboard.ts';
import type { Block } from '../../harness/model/block.ts';
import type { BackendContext, RunResult } from '../../harness/model/backend.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import type { DashboardOutput } from '../../harness/model/transcript.ts';
import { openContext, runConfigs, saidOf, signal as never } from '../configs/run-configs.ts';
import { smallDataset } from '../checkers/small-dataset.ts';
import { gauge, queueDataset, START_MS } from '../rules/queue-dataset.ts';
import { makeBlock } from '../rules/support.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

/** Two queues, of which one is never full, and a line a minute of one of them. */
const dataset: Dataset = {
  ...queueDataset('queues', [[0, 0], [2, 5]], { more: [gauge('queue_length', [[0, 1]], { service: 'gateway' }), gauge('nan', [[0, Number.NaN]])] }),
  traces: smallDataset.traces.map((trace) => trace.map((span, index) => ({ ...span, spanId: `da26cd096146eeb${index}`, startUs: (START_MS + 300_000) * 1_000 }))),
  logs: [{ labels: { service: 'checkout' }, entries: Array.from({ length: 10 }, (_, minute) => ({ timestampNs: `${START_MS + minute * 60_000}000000`, line: `{"n":${minute}}` })) }],
};
const PROMETHEUS = { type: 'prometheus', uid: 'p' };
const panel = (title: string, expr: string, more: object = {}) => ({ title, type: 'timeseries', datasource: PROMETHEUS, targets: [{ refId: 'A', expr }], ...more });
const board = (name: string, panels: readonly object[], variables: readonly object[] = [], attributes: Readonly<Record<string, string>> = {}) => ({
  ...makeBlock(JSON.stringify({ title: name, schemaVersion: 42, time: { from: 'now-5m', to: 'now' }, templating: { list: variables }, panels }, undefined, 1), { name, ...attributes }, { title: `dashboards/${name}.json` }), language: 'json',
});
const SERVICE = { name: 'service', type: 'query', datasource: PROMETHEUS, query: 'label_values(queue_length, service)' };
const JAEGER = { type: 'jaeger', uid: 'j' };
const LOGS = { type: 'loki', uid: 'l' };

const boards = [
  board('queues', [
    panel('Length', 'queue_length{service=~"$service"}', { fieldConfig: { defaults: { unit: 'short' } }, targets: [{ refId: 'A', expr: 'queue_length{service=~"$service"}', legendFormat: '{{service}} now' }] }),
    panel('Window', 'max_over_time(queue_length{service="checkout"}[$__range])', { targets: [{ refId: 'A', expr: 'count_over_time(queue_length{service="checkout"}[$__rate_interval])', instant: true }] }),
    panel('Never', 'queue_length > 100', { fieldConfig: { defaults: { noValue: 'none' } } }),
    { title: 'Lines', type: 'logs', datasource: LOGS, targets: [{ refId: 'A', expr: '{service="checkout"} | json' }] },
    { title: 'Slow', type: 'table', datasource: JAEGER, targets: [{ refId: 'A', queryType: 'search', service: 'checkout', operation: 'All', minDuration: '2s', limit: 1 }] },
    { title: 'Profiles', type: 'flamegraph', datasource: { type: 'grafana-pyroscope-datasource', uid: 'y' }, targets: [{ refId: 'A' }] },
    panel('Hidden', '', { targets: [{ refId: 'A', expr: 'nobody_has_this', hide: true }] }),
  ], [{ ...SERVICE, includeAll: true }], { at: '14:08' }),
  board('wrong', [
    panel('Full', 'queue_length{service="$service"} > 4'), panel('Ratio', 'nan'), panel('Refused', 'queue_length + on () queue_length'), panel('Bad', 'queue_length{'),
  ], [SERVICE]),
  board('drawn', [
    { title: 'Drawn', type: 'timeseries', datasource: LOGS, targets: [{ refId: 'A', expr: '{service="checkout"}' }] },
    panel('Listed', 'queue_length', { type: 'logs' }),
    { title: 'Counted', type: 'stat', datasource: JAEGER, targets: [{ refId: 'A', queryType: 'search', service: 'checkout', tags: 'user.role=vip' }] },
    { title: 'None', type: 'table', datasource: JAEGER, targets: [{ refId: 'A', queryType: 'search', service: 'checkout', operation: 'GET /quote' }] },
    panel('Named', '', { targets: [{ refId: 'A', expr: 'sum by (service) (queue_length)', legendFormat: '{{service}} {{instance}}' }, { refId: 'B', expr: 'sum(queue_length)', legendFormat: '{{ service }}' }] }),
  ]),
  board('choices', [panel('Any', 'queue_length{service="$none"}'), panel('Fine', 'queue_length')], [{ ...SERVICE, name: 'none', query: 'label_values(queue_length, host)' }, { ...SERVICE, name: 'odd', query: 'labels(queue_length)' }]),
];

describe('a dashboard', () => {
  let results: ReadonlyMap<string, RunResult>;
  beforeAll(async () => { results = await runConfigs(dashboard, context, boards, [], dataset); }, 120_000);
  const answered = (): DashboardOutput => results.get('queues')?.output as DashboardOutput;
  const panelOf = (title: string) => answered().panels.find((one) => one.title === title);

  it('is answered panel by panel, as it opens and with every other choice, over its own time', () => {
    expect(saidOf(results.get('queues'))).toEqual([]);
    expect(answered()).toMatchObject({ kind: 'dashboard', title: 'queues', startMs: START_MS + 180_000, endMs: START_MS + 480_000, variables: [{ name: 'service', values: ['checkout', 'gateway'] }] });
    expect(panelOf('Length')).toMatchObject({ type: 'timeseries', unit: 'short' });
    expect(panelOf('Length')?.answers.map(({ query, variables, series }) => [query, variables, series.map(({ legend, value }) => `${legend} ${value}`)])).toEqual([
      ['queue_length{service=~"(checkout|gateway)"}', { service: 'checkout, gateway' }, ['checkout now 5', 'gateway now 1']],
      ['queue_length{service=~"checkout"}', { service: 'checkout' }, ['checkout now 5']],
      ['queue_length{service=~"gateway"}', { service: 'gateway' }, ['gateway now 1']],
    ]);
    // Four scrapes of 15 s.
    expect(panelOf('Window')?.answers.map(({ query, series }) => [query, series[0]?.value])).toEqual([['count_over_time(queue_length{service="checkout"}[1m])', '4']]);
    expect(panelOf('Slow')?.answers).toEqual([{ refId: 'A', query: 'service=checkout\nminDuration=2s', variables: {}, of: 'traces', total: 1, series: [] }]);
    expect(panelOf('Lines')?.answers).toMatchObject([{ of: 'lines', total: 6, last: '{"n":8}', series: [] }]);
  });
  it('says what was not asked, and lets nothing be an answer where the panel says so', () => {
    expect(panelOf('Never')?.answers).toMatchObject([{ total: 0 }]);
    expect(panelOf('Profiles')).toEqual({ title: 'Profiles', type: 'flamegraph', unasked: 'grafana-pyroscope-datasource is not asked', answers: [] });
    expect(panelOf('Hidden')?.unasked).toBe('its queries are hidden');
    expect(results.get('queues')?.versions?.map(({ name }) => name)).toEqual(['prometheus', 'loki', 'jaeger']);
  });
  it('fails where a panel is empty, with the choices that leave it so, or refused', () => {
    expect(results.get('wrong')?.output).toBeUndefined();
    expect(saidOf(results.get('wrong'))).toEqual([
      expect.stringMatching(/^no-data: Found no data for query A of the panel `Full` with service=gateway, expected at least one number\. Asked was `queue_length\{service="gateway"\} > 4`\./),
      expect.stringMatching(/^no-data: Found no data for query A of the panel `Ratio`, expected at least one number: it answers NaN only/),
      expect.stringMatching(/^refused: Found a query of the panel `Refused` that Prometheus refuses.*many-to-many.* Asked was `queue_length \+ on \(\) queue_length`\. Correct it\.$/),
      expect.stringMatching(/^refused: Found a query of the panel `Bad` that Prometheus refuses.*parse error/),
    ]);
    const [full] = results.get('wrong')?.findings ?? [];
    const block = boards[1];
    expect(block?.text.slice(full?.range.offset, (full?.range.offset ?? 0) + (full?.range.length ?? 0))).toBe('"queue_length{service=\\"$service\\"} > 4"');
    expect(results.get('wrong')?.versions?.map(({ name }) => name)).toEqual(['prometheus']);
  });
  it('fails where lines are drawn, numbers listed, or a legend names a label that is not there', () => {
    expect(saidOf(results.get('drawn'))).toEqual([
      expect.stringMatching(/^wrong-panel: Found a query for lines in a panel of type `timeseries`, expected one for numbers\./),
      expect.stringMatching(/^wrong-panel: Found a query for numbers in a panel of type `logs`/),
      expect.stringMatching(/^wrong-panel: Found a query for traces in a panel of type `stat`, expected one for numbers\. Make the panel a `table`\./),
      expect.stringMatching(/^no-data: Found no data for query A of the panel `None`, expected at least one trace\. Asked was `service=checkout operation=GET \/quote`\./),
      expect.stringMatching(/^unknown-legend: Found `\{\{instance\}\}` in the legend of this query, and none of its series has that label: they have `service`\./),
      expect.stringMatching(/^unknown-legend: Found `\{\{service\}\}` .* it answers without labels\./),
    ]);
  });
  it('fails where a variable has nothing to choose from, and does not ask what needs it', () => {
    expect(saidOf(results.get('choices'))).toEqual([
      expect.stringMatching(/^no-values: Found the query `label_values\(queue_length, host\)` of the variable `none`, which yields no value/),
      expect.stringMatching(/^no-values: Found the query `labels\(queue_length\)` of the variable `odd`, expected one such as `label_values\(metric, label\)`/),
    ]);
  });
  it('says which of several was not answered, after the others were', async () => {
    const isLost = new Error('lost');
    const engine: BackendContext['engine'] = {
      digests: new Map(), version: (image) => context.engine.version(image), tool: (image, program) => context.engine.tool(image, program), network: (options) => context.engine.network(options),
      start: (request, signal) => (request.image === 'loki' ? Promise.reject(isLost) : context.engine.start(request, signal)), [Symbol.asyncDispose]: async () => undefined,
    };
    const results = new Map<string, RunResult>();
    await using started = await dashboard.start({ ...context, engine }, never);
    const named = (name: string): never => { throw new Error(`no dataset ${name}`); };
    const run = started.run([boards[0], boards[1]].map((block) => ({ block: block as Block, dataset, named, allBlocks: boards })), (result) => void results.set(String(result.block.name), result), never);
    await expect(run).rejects.toBe(isLost);
    expect([...results.keys()]).toEqual(['wrong']);
  }, 60_000);
  it('answers with the same bytes each time', async () => {
    const again = await runConfigs(dashboard, context, boards.slice(0, 1), [], dataset);
    expect(JSON.stringify(again.get('queues')?.output)).toBe(JSON.stringify(answered()));
  }, 60_000);
});
