import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { compile } from '../../harness/checkers/support/native-compiler.ts';

const root = mkdtempSync(join(tmpdir(), 'course-orphans-'));
const tsc = resolve(import.meta.dirname, `../../node_modules/@typescript/typescript-linux-${process.arch}/lib/tsc`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A compiler that waits; its parent, a shell, has ended. @returns its process id */
function orphan(folder: string): number {
  const file = join(root, 'pid');
  execFileSync('mkfifo', [join(root, 'input')]);
  // Both ends are its own: its input is never closed.
  execFileSync('sh', ['-c', `"$1" --api --async --cwd "$2" <>"$3" >/dev/null 2>&1 & echo $! >"$4"`, 'sh', tsc, folder, join(root, 'input'), file]);
  rmSync(join(root, 'input'));
  return Number(readFileSync(file, 'utf8'));
}

/** One that ended and waits to be reaped has no command any more. */
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';

it.runIf(process.platform === 'linux')('a compiler whose run was killed is ended by the next run in its folder; others are left alone', async () => {
  writeFileSync(join(root, 'package.json'), '{}');
  const [own, other] = [orphan(root), orphan(tmpdir())];
  const ours = spawn(tsc, ['--api', '--async', '--cwd', root], { stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    await vi.waitUntil(() => readFileSync(`/proc/${own}/cmdline`, 'utf8').includes('--api') && readFileSync(`/proc/${other}/cmdline`, 'utf8').includes('--api'));
    await compile([{ path: 'one.ts', text: 'export const one = 1;\n' }], root, new AbortController().signal).catch(() => undefined);
    await vi.waitUntil(() => !isThere(own));
    expect([isThere(other), isThere(ours.pid ?? 0)]).toEqual([true, true]);
  } finally {
    ours.kill('SIGKILL');
    for (const pid of [own, other]) if (isThere(pid)) process.kill(pid, 'SIGKILL');
  }
});
