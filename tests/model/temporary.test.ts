import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/model/temporary.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'course-temporary-'));
  vi.stubEnv('TMPDIR', parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true, force: true });
});

it('removes what a killed process left, and nothing of one that lives or of anybody else', async () => {
  const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
  const others = [`observability-course-${process.ppid}-check-rules-x`, 'observability-course-notes', `rules-${dead}-x`];
  for (const name of [`observability-course-${dead}-check-rules-x/0`, ...others]) mkdirSync(join(parent, name), { recursive: true });
  const own = await makeTemporaryFolder('check-rules');
  expect(readdirSync(parent).sort()).toEqual([...others, own.slice(parent.length + 1)].sort());
  await removeTemporaryFolder(own);
  expect(existsSync(own)).toBe(false);
});
