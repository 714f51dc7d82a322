import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandbox } from '../../harness/backends/sandbox.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { ProcessOutput } from '../../harness/model/transcript.ts';
import { makeBlock } from './block.ts';
import { openContext, runBlocks, startBackend } from './engine.ts';

const metric = "import { Counter, register } from 'prom-client';\nnew Counter({ name: 'hits_total', help: 'h' }).inc();\nconsole.log(await register.getSingleMetricAsString('hits_total'));";
const listener = "import { createServer } from 'node:http';\nconst server = createServer((_request, response) => response.end('mine')).listen(8080, async () => {\n  console.log(await (await fetch('http://localhost:8080')).text());\n  server.close();\n});";
const outside = (target: string): string => `const why: string = await fetch('${target}', { signal: AbortSignal.timeout(3_000) }).then(() => 'reached', (error: unknown) => 'unreachable');\nconsole.log(why);`;
const blocks = [
  makeBlock(metric, { name: 'metric-1' }),
  makeBlock(metric, { name: 'metric-2' }),
  makeBlock(listener, { name: 'port-1' }),
  makeBlock(listener, { name: 'port-2' }),
  makeBlock("interface A { b: string }\nconst a: A = { b: 'far' };\nif (a.b) throw new RangeError('too ' + a.b);", { name: 'throws' }),
  makeBlock('process.exit(4);', { name: 'exits' }),
  makeBlock("const kept: Buffer[] = [];\nfor (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1));", { name: 'eats-memory' }),
  makeBlock("import { tracer } from '../../../snippets/technow/telemetry.ts';\nconsole.log(typeof tracer.startSpan);", { name: 'imports' }),
  makeBlock(outside('http://192.0.2.1/'), { name: 'address' }),
  makeBlock(outside('http://example.org/'), { name: 'name' }),
  makeBlock(outside('http://172.17.0.1/'), { name: 'host' }),
  makeBlock("import { writeFileSync } from 'node:fs';\nfor (const path of ['/etc/x', '/course/x', '/usr/x']) {\n  try { writeFileSync(path, 'x'); console.log('wrote', path); } catch (error) { console.log((error as NodeJS.ErrnoException).code); }\n}", { name: 'writes' }),
  makeBlock("import { readFileSync } from 'node:fs';\nconsole.log(process.getuid?.(), /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);", { name: 'rights' }),
  makeBlock("console.log(Object.keys(process.env).sort().join(' '));", { name: 'environment' }),
  makeBlock("import { readFileSync } from 'node:fs';\nconsole.log(readFileSync('/proc/self/oom_score_adj', 'utf8').trim());", { name: 'first-to-go' }),
  makeBlock("console.log('still here');", { name: 'last' }),
];

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
beforeAll(async () => {
  results = await runBlocks(stack.use(await startBackend(sandbox, await openContext(stack))), blocks);
}, 120_000);
afterAll(() => stack.disposeAsync(), 30_000);

const stdout = (name: string): string => (results.get(name)?.output as ProcessOutput).stdout;

test.each(['metric-1', 'metric-2', 'port-1', 'port-2', 'imports', 'last'])('%s passes', (name) => {
  expect(results.get(name)).toMatchObject({ findings: [], output: { exitCode: 0, stderr: '' } });
});
test('the kernel ends a block rather than its runner when memory is used up', () => {
  expect(stdout('first-to-go')).toBe('1000\n');
});
test('a throw is found at its place in the block', () => {
  expect(results.get('throws')?.findings).toMatchObject([{ rule: 'threw', range: { offset: 68, length: 29 } }]);
});
test('a wrong exit code is found', () => {
  expect(results.get('exits')?.findings).toMatchObject([{ rule: 'exit' }]);
});
test('the memory limit ends the block that hits it and nothing else', () => {
  expect(results.get('eats-memory')?.findings).toMatchObject([{ rule: 'killed' }]);
  expect(stdout('last')).toBe('still here\n');
});
test.each(['address', 'name', 'host'])('no way out to an outside %s', (name) => {
  expect(stdout(name)).toBe('unreachable\n');
});
test('nothing can be written outside the scratch folder', () => {
  expect(stdout('writes')).toBe('EROFS\nEROFS\nEROFS\n');
});
test('not root, and no capability', () => {
  expect(stdout('rights')).toBe('10001 0000000000000000\n');
});
test('nothing of the environment of the harness', () => {
  expect(stdout('environment')).toBe('HOME LANG NO_COLOR PATH TMPDIR TZ\n');
});
