import { expect, it } from 'vitest';
import { readContract } from '../../harness/checkers/support/contract.ts';
import { compile } from '../../harness/checkers/support/native-compiler.ts';
import { utf16Offset } from '../../harness/checkers/support/ranges.ts';
import { suggest } from '../../harness/checkers/support/suggest.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { root } from './check-fixture.ts';

const never = new AbortController().signal;
function blocksOf(code: string): ReturnType<typeof parsePage>['blocks'] {
  return parsePage({ root, file: 'page.mdx', source: code }).blocks;
}

it('suggests the nearest name, and none that is far', () => {
  expect(suggest('http_request_total', ['http_requests_total', 'http_requests_in_flight'])).toBe('http_requests_total');
  expect(suggest('raet', ['date', 'rate'])).toBe('rate');
  expect(suggest('user_id', ['status', 'route'])).toBeUndefined();
  expect(suggest('up', ['up'])).toBeUndefined();
});

it('turns bytes of UTF-8 into UTF-16 units', () => {
  const text = 'a{é="🎉"} b';
  expect(utf16Offset(text, 0)).toBe(0);
  expect(utf16Offset(text, Buffer.byteLength('a{é="'))).toBe(5);
  expect(utf16Offset(text, Buffer.byteLength('a{é="🎉"} '))).toBe(text.indexOf('b'));
  expect(utf16Offset(text, Buffer.byteLength('a{é="') + 2)).toBe(5);
  expect(utf16Offset(text, 999)).toBe(text.length);
});

it('reads metrics, labels and spans out of code', async () => {
  const contract = await readContract(blocksOf(`
\`\`\`ts
import client, { Gauge } from 'prom-client';
const labelNames = ['peer'] as const;
const NAME = 'calls_seconds';
new client.Histogram({ name: NAME, help: 'x', labelNames });
new Gauge({ name: 'queue_length', help: 'x' });
new client.Summary({ name: \`sizes_bytes\`, help: 'x', labelNames: ['kind', 'peer'] });
new Map([['name', 'no_metric']]);
client.register.setDefaultLabels({ region: 'eu', 'zone': 'a' });
tracer.startActiveSpan('POST /checkout', { kind: 1 }, async () => tracer.startSpan('db.query stock'));
\`\`\``), root);
  expect([...contract.metrics].map(([name, { type, labels }]) => [name, type, labels])).toEqual([
    ['calls_seconds', 'histogram', ['peer']],
    ['queue_length', 'gauge', []],
    ['sizes_bytes', 'summary', ['kind', 'peer']],
  ]);
  expect([...contract.spans]).toEqual(['POST /checkout', 'db.query stock']);
  expect(contract.defaultLabels).toEqual(['region', 'zone']);
  expect(contract).toMatchObject({ hasProcessMetrics: false, hasComputedMetrics: false, hasComputedSpans: false });
});

it('says when names are computed', async () => {
  const contract = await readContract(blocksOf('```ts\nnew Counter({ name: prefix + "_total" }); tracer.startSpan(names[0]);\n```'), root);
  expect(contract).toMatchObject({ hasComputedMetrics: true, hasComputedSpans: true });
});

it('follows the imports of a real file', async () => {
  const contract = await readContract(blocksOf('```ts file=technow/checkout.ts#handler\n```'), root);
  expect([...contract.metrics.keys()]).toContain('http_requests_total');
  expect([...contract.spans]).toContain('POST /checkout');
});

it('compiles nothing it was not given, and places what it finds by repository path', async () => {
  const found = await compile([
    { path: 'snippets/not-there/a.ts', text: "import { b } from './b.ts';\nexport const c: string = b;" },
    { path: 'snippets/not-there/b.ts', text: 'export const b = 1;' },
  ], root, never);
  expect(found.map(({ path, code, offset }) => [path, code, offset])).toEqual([['snippets/not-there/a.ts', 'TS2322', 41]]);
});

it('is cancelled before it starts and in the middle', async () => {
  await expect(compile([{ path: '.cache/blocks/a.ts', text: 'fetch("x");' }], root, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  const controller = new AbortController();
  const compiling = compile([{ path: '.cache/blocks/a.ts', text: 'fetch("x");' }], root, controller.signal);
  queueMicrotask(() => controller.abort());
  await expect(compiling).rejects.toMatchObject({ code: 'cancelled' });
});
