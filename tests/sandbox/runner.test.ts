import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlockResult } from '../../harness/images/sandbox/runner/protocol.ts';

const blocks = {
  environment: "console.log(Object.keys(process.env).sort().join(' '), import.meta.main);",
  'metric-1': "import { Counter, register } from 'prom-client';\nconst hits: Counter = new Counter({ name: 'hits_total', help: 'h' });\nhits.inc();\nconsole.log(await register.getSingleMetricAsString('hits_total'));",
  'metric-2': "import { Counter, register } from 'prom-client';\nconst hits: Counter = new Counter({ name: 'hits_total', help: 'h' });\nhits.inc(2);\nconsole.log(await register.getSingleMetricAsString('hits_total'));",
  'port-1': listener('one'),
  'port-2': listener('two'),
  pino: "import pino from 'pino';\npino({ base: null, timestamp: false }).info({ order: 1 }, 'placed');",
  thrown: "interface Order { id: string }\nfunction price(order: Order): number {\n  throw new RangeError(`no price for ${order.id}`);\n}\nprice({ id: 'o-1' });",
  rejected: "const reason: string = 'lost';\nvoid Promise.reject(new Error(reason));\nawait new Promise(() => setTimeout(() => {}, 60_000));",
  'in-snippet': "import { open } from '../../../snippets/technow/pool.ts';\nopen();",
  exits: "process.on('exit', () => console.log('leaving'));\nprocess.exit(3);",
  'after-exit': "console.log('still here');",
  loop: 'for (;;) {}',
  leaves: "import { spawn } from 'node:child_process';\nconst child = spawn('sleep', ['1000'], { stdio: 'inherit' });\nconsole.log(child.pid);\nchild.unref();",
  floods: "for (let line = 0; line < 100; line++) console.log('x'.repeat(10_000));",
  'killed-beside': "import { existsSync, writeFileSync } from 'node:fs';\nconst mark = `${process.env['HOME']}/../killed`;\nif (existsSync(mark)) {\n  console.log('alone');\n} else {\n  writeFileSync(mark, '');\n  process.kill(process.pid, 'SIGKILL');\n}",
  'kills-itself': "process.kill(process.pid, 'SIGKILL');",
  uncapped: "console.log(new Array(5).fill('y').join(''));",
};

const pythonBlocks = {
  environment: "import os\nprint(' '.join(sorted(os.environ)), __name__)",
  thrown: 'class LostError(ValueError): ...\ndef price(order):\n    raise LostError(f"no price for {order}")\nprice("o-1")',
  cause: 'try:\n    {}["sku"]\nexcept KeyError as error:\n    raise RuntimeError("no stock") from error',
  'in-snippet': 'import shelf\nshelf.open_it()',
  syntax: 'print("a")\nprint((1)',
  exits: 'import sys\nprint("leaving")\nsys.exit(3)',
  loop: 'while True: pass',
  beside: 'print("still here")',
};

function listener(word: string): string {
  return `import { createServer } from 'node:http';
const server = createServer((_request, response) => response.end('${word}')).listen(18_080, async () => {
  console.log(await (await fetch('http://localhost:18080')).text());
  server.close();
});`;
}

let results: Map<string, BlockResult>;
const base = mkdtempSync(join(tmpdir(), 'runner-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
beforeAll(async () => {
  const path = (id: string): string => `pages/day-1/page/${id}.ts`;
  const python = Object.entries(pythonBlocks).map(([id, text]) => ({ id: `python-${id}`, path: `pages/python/page/${id}.py`, text }));
  const jobs = {
    files: [
      { path: 'snippets/technow/pool.ts', text: 'export function open(): never {\n  throw new TypeError("closed");\n}' },
      { path: 'pages/python/page/shelf.py', text: 'def open_it():\n    raise TypeError("closed")' },
      ...Object.entries(blocks).map(([id, text]) => ({ path: path(id), text })),
      ...python.map(({ path: at, text }) => ({ path: at, text })),
    ],
    blocks: [
      ...Object.keys(blocks).map((id) => ({ id, path: path(id), networked: id.startsWith('port') })),
      ...python.map(({ id, path: at }) => ({ id, path: at, networked: false })),
    ],
    parallel: 2,
    timeoutMs: 4_000,
  };
  writeFileSync(join(base, 'jobs.json'), JSON.stringify(jobs));
  const run = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'harness/images/sandbox/runner/run.ts', join(base, 'jobs.json'), base, join(process.cwd(), 'node_modules')], { maxBuffer: 1e8 });
  results = new Map((JSON.parse(run.stdout) as BlockResult[]).map((result) => [result.id, result]));
}, 60_000);

const of = (id: keyof typeof blocks): BlockResult => results.get(id) as BlockResult;

test('a block sees nothing of our environment and is the main module', () => {
  expect(of('environment').stdout).toBe('HOME LANG NO_COLOR PATH TMPDIR TZ true\n');
});
test('two blocks may register the same metric', () => {
  expect(of('metric-1').stdout).toContain('hits_total 1');
  expect(of('metric-2').stdout).toContain('hits_total 2');
});
test('two blocks may listen on the same port, and each reaches itself', () => {
  expect([of('port-1').stdout, of('port-2').stdout]).toEqual(['one\n', 'two\n']);
});
test('what a logger writes past process.stdout belongs to its block', () => {
  expect(of('pino').stdout).toBe('{"level":30,"order":1,"msg":"placed"}\n');
});
test('an uncaught error stands at its line and column, types or not', () => {
  expect(of('thrown')).toMatchObject({ exitCode: 1, thrown: { name: 'RangeError', message: 'no price for o-1', frames: [{ path: 'pages/day-1/page/thrown.ts', line: 3, column: 9 }, { line: 5, column: 1 }] } });
});
test('a rejection that nobody handles ends the block at once', () => {
  expect(of('rejected')).toMatchObject({ exitCode: 1, timedOut: false, thrown: { message: 'lost', frames: [{ line: 2, column: 21 }] } });
});
test('an error in an imported snippet names the snippet first, then the block', () => {
  expect(of('in-snippet').thrown?.frames.slice(0, 2)).toEqual([{ path: 'snippets/technow/pool.ts', line: 2, column: 9 }, { path: 'pages/day-1/page/in-snippet.ts', line: 2, column: 1 }]);
});
test('process.exit ends only its block', () => {
  expect(of('exits')).toMatchObject({ exitCode: 3, stdout: 'leaving\n' });
  expect(of('exits').thrown).toBeUndefined();
  expect(of('after-exit').stdout).toBe('still here\n');
});
test('an endless loop is ended', () => {
  expect(of('loop')).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
});
test('who was killed beside another is asked again alone, since that one may have used up the memory', () => {
  expect(of('killed-beside')).toMatchObject({ exitCode: 0, stdout: 'alone\n' });
  expect(of('kills-itself')).toMatchObject({ signal: 'SIGKILL', timedOut: false });
});
test('what a block started is gone with it', () => {
  const pid = of('leaves').stdout.trim();
  // A killed process may wait as a zombie for its new parent.
  const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] : 'gone';
  expect(['gone', 'Z']).toContain(state);
});
test('output beyond the cap is cut and said to be', () => {
  expect(of('floods').truncated).toBe(true);
  expect(of('floods').stdout.length).toBeLessThanOrEqual(256 * 1024);
  expect(of('uncapped')).toMatchObject({ truncated: false, stdout: 'yyyyy\n' });
});

const ofPython = (id: keyof typeof pythonBlocks): BlockResult => results.get(`python-${id}`) as BlockResult;

test('a block of Python sees nothing of our environment and is the main module', () => {
  expect(ofPython('environment').stdout).toBe('HOME LANG NO_COLOR PATH PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED TMPDIR TZ __main__\n');
});
test('an uncaught exception stands at its line and column', () => {
  expect(ofPython('thrown')).toMatchObject({ exitCode: 1, thrown: { name: 'LostError', message: 'no price for o-1', frames: [{ path: 'pages/python/page/thrown.py', line: 3, column: 5 }, { line: 4, column: 1 }] } });
  expect(ofPython('thrown').stderr).toContain('Traceback (most recent call last)');
});
test('an exception is told with its cause, and one in an imported file names that file first', () => {
  expect(ofPython('cause').thrown?.message).toBe("no stock: 'sku'");
  expect(ofPython('in-snippet').thrown?.frames.map(({ path, line }) => [path, line])).toEqual([['pages/python/page/shelf.py', 2], ['pages/python/page/in-snippet.py', 2]]);
});
test('a text that is not Python stands where the parser gave up', () => {
  expect(ofPython('syntax')).toMatchObject({ exitCode: 1, stdout: '', thrown: { name: 'SyntaxError', frames: [{ path: 'pages/python/page/syntax.py', line: 2 }] } });
});
test('sys.exit ends only its block, and an endless loop is ended', () => {
  expect(ofPython('exits')).toMatchObject({ exitCode: 3, stdout: 'leaving\n' });
  expect(ofPython('exits').thrown).toBeUndefined();
  expect(ofPython('loop')).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
  expect(ofPython('beside').stdout).toBe('still here\n');
});
