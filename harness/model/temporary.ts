import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names its process, so that the next one knows whose it was. */
const OURS = /^observability-course-(\d+)-/;
const swept = new Set<string>();

/** A folder for files that a program reads or writes. What a killed process left is removed by the first of the next. @param purpose part of its name: `check-rules` */
export async function makeTemporaryFolder(purpose: string): Promise<string> {
  const parent = tmpdir();
  if (!swept.has(parent)) removeAbandoned(parent);
  swept.add(parent);
  return mkdtemp(join(parent, `observability-course-${process.pid}-${purpose}-`));
}

export async function removeTemporaryFolder(folder: string): Promise<void> {
  // A program that was just ended may still write into it.
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = OURS.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's, or being removed by another run.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
