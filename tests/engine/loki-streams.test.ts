import { expect, it, vi } from 'vitest';
import { loadLines, startLokiServer } from '../../harness/backends/loki.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { never, open, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });

const LINES = 40_000;
const startMs = Date.UTC(2026, 0, 5, 12);

/** One stream, heavier than any of the course: what comes in faster than a few megabytes a second, Loki would split. */
const heavy: Dataset = {
  name: 'heavy', startMs, endMs: startMs + LINES, stepMs: 15_000, faultStartMs: undefined, faultEndMs: undefined, series: [], traces: [],
  logs: [{
    labels: { service: 'checkout' },
    entries: Array.from({ length: LINES }, (_, index) => ({ timestampNs: `${startMs + index}000000`, line: `{"n":${index},"pad":"${'x'.repeat(600)}"}` })),
  }],
};

it('keeps a stream whole, however fast its lines come: an answer has the labels that were pushed and no others', async () => {
  await using engine = await open();
  const network = await engine.network();
  await using server = await startLokiServer({ root, engine, network, sandboxNetwork: network, progress: () => undefined }, { aliases: [], networks: [network] }, never);
  const url = server.url(3100);
  await loadLines(url, new Map([[heavy, 'heavy']]), never);
  const query = new URLSearchParams({ query: 'count_over_time({service="checkout"}[1m])', time: `${startMs + LINES}000000` });
  const response = await fetch(`${url}/loki/api/v1/query?${query}`, { headers: { 'X-Scope-OrgID': 'heavy' } });
  const { data } = (await response.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
  expect(data.result.map(({ metric, value }) => [metric, value[1]])).toEqual([[{ service: 'checkout' }, String(LINES)]]);
});
