import { expect, test } from 'vitest';
import { judgeProcess, rangeAt } from '../../harness/backends/sandbox/findings.ts';
import { buildJobs, touchesNetwork } from '../../harness/backends/sandbox/jobs.ts';
import type { ProcessResult } from '../../harness/images/sandbox/runner/protocol.ts';
import { makeBlock } from './block.ts';

const files = [
  { path: 'snippets/technow/service.ts', text: "import { createServer } from 'node:http';" },
  { path: 'snippets/technow/size.ts', text: 'export const size = 4;' },
  { path: 'pages/a.ts', text: "import { size } from '../snippets/technow/size.ts';" },
  { path: 'pages/b.ts', text: "import '../snippets/technow/service.ts';" },
  { path: 'pages/c.ts', text: "const answer = await fetch('http://localhost:8080');" },
  { path: 'pages/loop.ts', text: "import './loop.ts';" },
  { path: 'snippets/technow/traffic.py', text: 'from urllib.request import urlopen' },
  { path: 'snippets/technow/first.py', text: 'from traffic import send' },
  { path: 'pages/d.py', text: 'from datetime import UTC\nimport re' },
  { path: 'pages/e.py', text: 'from prometheus_client import start_http_server' },
];
test.each([
  ['snippets/technow/first.py', true], ['pages/d.py', false], ['pages/e.py', true],
  ['pages/a.ts', false], ['pages/b.ts', true], ['pages/c.ts', true], ['pages/loop.ts', false]])('%s touches the network: %s', (path, expected) => {
  expect(touchesNetwork(path, files)).toBe(expected);
});

test('a block of Python is a file of Python', () => {
  const jobs = buildJobs(files, [{ ...makeBlock('1', { name: 'one' }), language: 'python' }, { ...makeBlock('1', { name: 'two' }), language: 'py' }]);
  expect(jobs.blocks.map((job) => job.path)).toEqual(['pages/day-1/page/one.py', 'pages/day-1/page/two.py']);
});
test('a block stands at its own file, or beside the others of its page', () => {
  const jobs = buildJobs(files, [makeBlock('export const size = 5;', { source: 'snippets/technow/size.ts' }), makeBlock('1;', { name: 'one' })]);
  expect(jobs.blocks.map((job) => job.path)).toEqual(['snippets/technow/size.ts', 'pages/day-1/page/one.ts']);
  expect(jobs.files.filter((file) => file.path === 'snippets/technow/size.ts').map((file) => file.text)).toEqual(['export const size = 5;']);
});
test('a block may find another text in the place of a file', () => {
  const jobs = buildJobs(files, [{ ...makeBlock('1;', { name: 'one' }), overlay: [{ path: 'snippets/technow/size.ts', text: 'export const size = 6;' }] }]);
  expect(jobs.files.filter((file) => file.path === 'snippets/technow/size.ts').map((file) => file.text)).toEqual(['export const size = 6;']);
});

const ended: ProcessResult = { stdout: '', stderr: '', lines: [], exitCode: 0, signal: undefined, timedOut: false, truncated: false, thrown: undefined, elapsedMs: 5 };
const block = makeBlock("const a = 1;\n  throw new Error('é');", { name: 'bad' });

test('a block that ends with 0 is fine', () => {
  expect(judgeProcess(block, ended)).toEqual([]);
});
test('a throw is placed where it happened in the block', () => {
  const [finding] = judgeProcess(block, { ...ended, exitCode: 1, thrown: { name: 'Error', message: 'é', frames: [{ path: 'pages/day-1/page/bad.ts', line: 2, column: 9 }] } });
  expect(finding).toMatchObject({ rule: 'threw', range: { offset: 21, length: 15 } });
  expect(finding?.message).toMatch(/^Found an uncaught Error, expected .* It says: é\. /);
});
test('a throw outside the block says where, and covers the block', () => {
  const [finding] = judgeProcess(block, { ...ended, exitCode: 1, thrown: { name: 'TypeError', message: 'closed', frames: [{ path: 'snippets/technow/pool.ts', line: 2, column: 9 }] } });
  expect(finding).toMatchObject({ rule: 'threw', range: { offset: 0, length: block.text.length } });
  expect(finding?.message).toContain('at snippets/technow/pool.ts:2:9');
});
test('an exit code is compared with the one that the author gave', () => {
  const expecting = makeBlock('process.exit(2)', { attributes: { exit: '2' } });
  expect(judgeProcess(expecting, { ...ended, exitCode: 2 })).toEqual([]);
  expect(judgeProcess(expecting, ended)).toMatchObject([{ rule: 'exit', message: expect.stringContaining('exit code 0, expected 2') }]);
  expect(judgeProcess(block, { ...ended, exitCode: 2, stderr: 'no such file\n' })).toMatchObject([{ rule: 'exit', message: expect.stringContaining('Last words: no such file') }]);
});
test('a timeout, a kill and a flood are told apart', () => {
  expect(judgeProcess(block, { ...ended, exitCode: undefined, signal: 'SIGKILL', timedOut: true, elapsedMs: 10_000 })).toMatchObject([{ rule: 'timed-out', message: expect.stringContaining('still running') }]);
  expect(judgeProcess(block, { ...ended, exitCode: undefined, signal: 'SIGKILL' })).toMatchObject([{ rule: 'killed' }]);
  expect(judgeProcess(block, { ...ended, truncated: true })).toMatchObject([{ rule: 'too-much-output' }]);
});
test('a range begins at the point and ends with its line', () => {
  expect(rangeAt('ab\ncde  \nf', 2, 2)).toEqual({ offset: 4, length: 2 });
});
