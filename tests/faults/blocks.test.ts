import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandbox } from '../../harness/backends/sandbox.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import type { ProcessOutput } from '../../harness/model/transcript.ts';
import { makeBlock } from '../sandbox/block.ts';
import { openContext, runBlocks, startBackend } from '../sandbox/engine.ts';

const SECRET = 'of-the-host-alone';
const python = (name: string, text: string): Block => ({ ...makeBlock(text, { name }), language: 'python' });
const blocks = [
  makeBlock('for (;;) {}', { name: 'endless' }),
  makeBlock("import { writeSync } from 'node:fs';\nconst chunk = 'x'.repeat(1024 * 1024);\nfor (let written = 0; written < 1024; written += 1) writeSync(1, chunk);", { name: 'gigabyte' }),
  makeBlock("import { openSync } from 'node:fs';\nfor (let file = 0; file < 10_000; file += 1) openSync(`${process.env['HOME']}/${file}`, 'w');\nconsole.log('opened');", { name: 'many-files' }),
  python('forks', "import os, time\nfor _ in range(400):\n    if os.fork() == 0:\n        time.sleep(1000)"),
  makeBlock("import { writeFileSync } from 'node:fs';\nwriteFileSync(`${process.env['HOME']}/full`, Buffer.alloc(200 * 1024 * 1024));", { name: 'fills-disk' }),
  python('reads', `import os, glob
def look(path):
    try:
        return open(path, 'rb').read()
    except OSError as error:
        return type(error).__name__.encode()
print(*[look(path).decode() for path in ('/etc/shadow', '/etc/gshadow')])
print(any(b'${SECRET.slice(0, 7)}' + b'${SECRET.slice(7)}' in look(path) for path in glob.glob('/proc/*/environ')))`),
  python('calls', `import socket
def call(host, port):
    try:
        socket.create_connection((host, port), 2).close()
        return 'reached'
    except OSError as error:
        return 'unreachable'
print(*[call(*to) for to in (('192.0.2.1', 80), ('172.17.0.1', 22), ('169.254.169.254', 80))])
try:
    socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')
except OSError as error:
    print(type(error).__name__)`),
  makeBlock("console.log('still here');", { name: 'last' }),
];

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
beforeAll(async () => {
  process.env['COURSE_TEST_SECRET'] = SECRET;
  results = await runBlocks(stack.use(await startBackend(sandbox, await openContext(stack))), blocks);
}, 120_000);
afterAll(async () => {
  delete process.env['COURSE_TEST_SECRET'];
  await stack.disposeAsync();
}, 30_000);

const stdout = (name: string): string => (results.get(name)?.output as ProcessOutput).stdout;
const rulesOf = (name: string): string[] => results.get(name)?.findings.map(({ rule }) => rule) ?? [];

test.each([
  ['endless', ['timed-out']], ['gigabyte', ['too-much-output']], ['forks', ['threw']], ['fills-disk', ['threw']], ['many-files', []], ['last', []],
])('%s is told as %s', (name, rules) => {
  expect(rulesOf(name)).toEqual(rules);
});
test('of a gigabyte only what a transcript can hold is kept', () => {
  expect(stdout('gigabyte').length).toBeLessThanOrEqual(256 * 1024);
});
test('a full disk and no more processes are named', () => {
  expect(results.get('fills-disk')?.findings[0]?.message).toContain('ENOSPC');
  expect(results.get('forks')?.findings[0]?.message).toContain('BlockingIOError');
});
test('nothing of another user is read, and no secret of the host is there', () => {
  expect(stdout('reads')).toBe('PermissionError PermissionError\nFalse\n');
});
test('nothing outside is reached, the container engine neither', () => {
  expect(stdout('calls')).toBe('unreachable unreachable unreachable\nFileNotFoundError\n');
});
test('others are judged as ever', () => {
  expect(stdout('last')).toBe('still here\n');
});
