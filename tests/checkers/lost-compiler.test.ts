import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { makeCourse, repository } from '../support/course.ts';

const PAGE = '---\ntitle: One\n---\n\n```ts name=one\nexport const one: number = 1;\n```\n';

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

/** A check in a process group of its own, as a terminal starts one, whose compiler is held before it answers, and then killed. */
async function checkWithoutCompiler(interrupts: boolean, afterMs: number): Promise<{ readonly code: number | null; readonly said: string }> {
  using course = makeCourse({ one: PAGE });
  const run = spawn(process.execPath, [join(repository, 'harness/main.ts'), 'check', '--no-cache'], {
    cwd: course.root, env: { ...process.env, COURSE_ROOT: course.root, INIT_CWD: course.root }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const closed = once(run, 'close');
  const compiler = await vi.waitUntil(() => compilerOf(run), { timeout: 30_000, interval: 2 });
  await delay(afterMs);
  process.kill(compiler, 'SIGSTOP');
  // What is asked of it meanwhile stays in the pipe, and is lost with it.
  if (interrupts) process.kill(-(run.pid ?? 0), 'SIGINT');
  process.kill(compiler, 'SIGKILL');
  const [code] = await closed as [number | null];
  return { code, said };
}

// Before it has read what it is asked, and while it is at work.
describe.runIf(process.platform === 'linux').each([0, 20])('a compiler that is killed %i ms after it was started', (afterMs) => {
  test('is breakage, told as such', async () => {
    const { code, said } = await checkWithoutCompiler(false, afterMs);
    expect(said).toContain('broken checker-crashed the native TypeScript compiler');
    expect(said).not.toContain('node:internal');
    expect(code).toBe(2);
  });
  test('by the Ctrl-C that ends the run: the run ends as an interrupted one', async () => {
    const { code, said } = await checkWithoutCompiler(true, afterMs);
    expect(said).not.toContain('node:internal');
    expect(code).toBe(130);
  });
});
