import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../model/verdict.ts';

/** Where lines for people go: one line per thing brought, never per poll. */
export type Log = (line: string) => void;

/** Folder of everything that we keep on this machine outside the repository. XDG_CACHE_HOME is honoured. */
export function cacheFolder(...parts: readonly string[]): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'observability-course', ...parts);
}

/**
 * When a process began, in words that only this process can have (pids are reused).
 * Undefined: no such process.
 */
export function processStart(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name and may hold spaces: count from behind its closing bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Ended, and nobody has asked for its exit code: in containers, where nobody may ever ask.
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** True while the process that wrote `pid` and `started` still runs. */
export function isAlive(pid: number, started: string): boolean {
  return processStart(pid) === started;
}

/** `4s`, `1m40s`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.round(elapsedMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

async function takeLock(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(JSON.stringify({ pid: process.pid, started: processStart(process.pid) }));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function lockOwner(file: string): Promise<number | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(file, 'utf8')) as { pid: number; started: string };
    return isAlive(pid, started) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs `work` while no other process of ours holds the lock `name`; a lock whose owner is dead is taken over.
 * Throws `cancelled` when the signal ends the wait.
 */
export async function withLock<T>(name: string, log: Log, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const file = cacheFolder(`${name}.lock`);
  await mkdir(dirname(file), { recursive: true });
  let announced = false;
  let ownerless = 0;
  while (!(await takeLock(file))) {
    const owner = await lockOwner(file);
    // A file that was just created has no text yet: only a second look may call it ownerless.
    ownerless = owner === undefined ? ownerless + 1 : 0;
    if (ownerless > 2) await rm(file, { force: true });
    // Waiting for ourselves is not news: two backends of one run may need the same image.
    if (owner !== undefined && owner !== process.pid && !announced) log(`waiting for process ${owner}, which holds "${name}"`);
    announced ||= owner !== undefined;
    await delay(200, undefined, { signal }).catch((cause: unknown) => {
      throw new HarnessError('cancelled', `Interrupted while waiting for the lock "${name}".`, { cause });
    });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
