import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Folder of what we keep on this machine outside the repository. XDG_CACHE_HOME is honoured. */
export function cacheFolder(...parts) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'observability-course', ...parts);
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two commands may be started at once on a fresh clone: only one of them brings a thing, the other waits. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    await delay(200);
    let owner = '';
    try {
      owner = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    if (!isRunning(Number(owner))) rmSync(file, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
