import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Ends compilers of this folder whose run was killed: one that had just asked its run for a file waits for the answer for ever
 * (typescript 7.0.2 notices a closed input only while it waits for a request). Linux only: elsewhere nobody can see whose they are.
 */
export function endOrphanedCompilers(root: string): void {
  // Its parent is no Node like ours.
  endCompilers(root, (parent) => programOf(parent) !== programOf('self'));
}

/** Ends compilers of this folder that we started ourselves: one that hangs when we are interrupted. Linux only, too. */
export function endOwnCompilers(root: string): void {
  endCompilers(root, (parent) => Number(parent) === process.pid);
}

function endCompilers(root: string, isMeant: (parent: string) => boolean): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) if (isCompiler(pid, root, isMeant)) end(Number(pid));
}

/** True for `…/lib/tsc --api … --cwd <root>` whose parent is meant. */
function isCompiler(pid: string, root: string, isMeant: (parent: string) => boolean): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (!words[0]?.endsWith('/lib/tsc') || !words.includes('--api') || words[words.indexOf('--cwd') + 1] !== root) return false;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return isMeant(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '');
  } catch {
    // It ended while we looked, or is not ours to read.
    return false;
  }
}

/** Empty for a process of another user, which no run of ours is. */
function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by then.
  }
}
