import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { makeCourse, repository } from '../support/course.ts';

const PAGE = '---\ntitle: One\n---\n\n```ts name=one\nexport const one: number = 1;\n```\n';

/** Keeps a run busy for 0.3 s at a time: what happens meanwhile, it learns at once, and of a signal last. */
const BUSY = "data:text/javascript,import{isMainThread}from'node:worker_threads';if(isMainThread)setInterval(()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,300),1).unref()";

/** The compiler that a run has started; undefined before. */
function compilerOf(run: ChildProcess): number | undefined {
  const pid = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === run.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--api');
    } catch {
      // It ended while we looked.
      return false;
    }
  });
  return pid === undefined ? undefined : Number(pid);
}

/** A check in a process group of its own, as a terminal starts one, and what is done to it once its compiler is held before it answers. */
async function checkWithHeldCompiler(afterMs: number, act: (pids: { readonly run: number; readonly compiler: number }) => void, env: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number | null; readonly said: string; readonly compiler: number }> {
  using course = makeCourse({ one: PAGE });
  const run = spawn(process.execPath, [join(repository, 'harness/main.ts'), 'check', '--no-cache'], {
    cwd: course.root, env: { ...process.env, ...env, COURSE_ROOT: course.root, INIT_CWD: course.root }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const closed = once(run, 'close');
  const compiler = await vi.waitUntil(() => compilerOf(run), { timeout: 30_000, interval: 2 });
  await delay(afterMs);
  process.kill(compiler, 'SIGSTOP');
  // What is asked of it meanwhile stays in the pipe.
  act({ run: run.pid ?? 0, compiler });
  const [code] = await closed as [number | null];
  return { code, said, compiler };
}

// Before it has read what it is asked, and while it is at work.
describe.runIf(process.platform === 'linux').each([0, 20])('a compiler that is killed %i ms after it was started', (afterMs) => {
  test('is breakage, told as such', async () => {
    const { code, said } = await checkWithHeldCompiler(afterMs, ({ compiler }) => process.kill(compiler, 'SIGKILL'));
    expect(said).toContain('broken checker-crashed the native TypeScript compiler');
    expect(said).not.toContain('node:internal');
    expect(code, said).toBe(2);
  });
  test('by the Ctrl-C that ends the run: the run ends as an interrupted one', async () => {
    const { code, said } = await checkWithHeldCompiler(afterMs, ({ run, compiler }) => {
      process.kill(-run, 'SIGINT');
      process.kill(compiler, 'SIGKILL');
    });
    expect(said).not.toContain('node:internal');
    expect(code, said).toBe(130);
  });
});

test.runIf(process.platform === 'linux')('a run that is busy learns of its compiler\'s death and of the Ctrl-C at once, and ends as an interrupted one', async () => {
  const { code, said } = await checkWithHeldCompiler(0, ({ run, compiler }) => {
    process.kill(-run, 'SIGINT');
    process.kill(compiler, 'SIGKILL');
  }, { NODE_OPTIONS: `--import "${BUSY}"` });
  expect(code, said).toBe(130);
});

test.runIf(process.platform === 'linux')('a compiler that hangs is not left behind by a run that is ended', async () => {
  const { code, compiler } = await checkWithHeldCompiler(20, ({ run }) => process.kill(run, 'SIGTERM'));
  // One that ended and waits to be reaped has no command any more.
  const isThere = existsSync(`/proc/${compiler}`) && readFileSync(`/proc/${compiler}/cmdline`, 'utf8') !== '';
  if (isThere) process.kill(compiler, 'SIGKILL');
  expect([code, isThere]).toEqual([130, false]);
});
