import { afterAll, beforeAll, expect, test } from 'vitest';
import { live } from '../../harness/backends/live.ts';
import { sandbox } from '../../harness/backends/sandbox.ts';
import { shell } from '../../harness/backends/shell.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import { makeBlock } from '../sandbox/block.ts';
import { openContext, runBlocks, startBackend } from '../sandbox/engine.ts';

const greeting = "console.log('still here');";
/** Blocks that end whoever runs them, among blocks that do not. */
const blocks = [
  makeBlock(greeting, { name: 'first' }),
  makeBlock("process.kill(process.ppid, 'SIGKILL');", { name: 'kills-runner' }),
  makeBlock(greeting, { name: 'last' }),
];

const shellBlock = (name: string, text: string): Block => ({ ...makeBlock(text, { name: `shell-${name}` }), language: 'sh' });
const commands = [shellBlock('first', 'echo still here'), shellBlock('kills-all', 'kill -9 -1'), shellBlock('last', 'echo still here')];

/** A service that ends whoever runs it once it has been scraped, and a query that asks for what it was scraped of. */
const service = makeBlock(`import { createServer } from 'node:http';
createServer((_, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4').end('orders_total 1\\n');
  process.kill(process.ppid, 'SIGKILL');
}).listen(8080);`, { name: 'live-vandal', attributes: { scrapes: '2' } });
const continuing: Block = { ...makeBlock('orders_total', { name: 'live-query', attributes: { continues: 'live-vandal' } }), language: 'promql' };

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
let again: Map<string, RunResult>;
beforeAll(async () => {
  const context = await openContext(stack);
  const started = stack.use(await startBackend(sandbox, context));
  const shellStarted = stack.use(await startBackend(shell, context));
  results = new Map([...await runBlocks(started, blocks), ...await runBlocks(shellStarted, commands)]);
  const liveStarted = stack.use(await startBackend(live, context));
  results = new Map([...results, ...await runBlocks(liveStarted, [service, continuing])]);
  again = await runBlocks(started, blocks.slice(0, 1));
}, 300_000);
afterAll(() => stack.disposeAsync(), 30_000);

test.each(['first', 'last', 'shell-first', 'shell-last'])('%s is judged as ever', (name) => {
  expect(results.get(name)).toMatchObject({ findings: [], output: { exitCode: 0, stdout: 'still here\n' } });
});
test.each(['kills-runner', 'shell-kills-all', 'live-vandal'])('%s is told as what it is, and has no answer', (name) => {
  expect(results.get(name)).toMatchObject({ output: undefined, findings: [{ rule: 'killed', message: expect.stringContaining('ended the program that runs blocks') }] });
});
test('a query that continues one of them is told why there is nothing to ask', () => {
  expect(results.get('live-query')).toMatchObject({ output: undefined, findings: [{ message: expect.stringContaining('live-vandal') }] });
});
test('what runs next runs as ever', () => {
  expect(again.get('first')).toMatchObject({ findings: [], output: { stdout: 'still here\n' } });
});
