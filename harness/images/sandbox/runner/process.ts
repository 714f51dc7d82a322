import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { launchOf } from './launch.ts';
import type { ProcessResult, Thrown } from './protocol.ts';
import type { Tree } from './tree.ts';

/** Of each stream. A transcript with more is of no use to a reader. */
const MAX_OUTPUT_BYTES = 256 * 1024;

/** Time limits are counted in ticks: where the whole machine is starved, ticks come late and a block is not blamed for it. */
const TICK_MS = 100;

export interface StartedProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessResult>;
}

/**
 * Starts one file of the tree in a process of its own, with an empty folder to work in and nothing of our environment.
 * It and what it started are gone when `ended` resolves.
 */
export function startProcess(tree: Tree, path: string, env: Readonly<Record<string, string>>, timeoutMs: number): StartedProcess {
  const startedMs = performance.now();
  const home = mkdtempSync(join(tree.root, '..', 'work-'));
  const launch = launchOf(join(tree.root, path));
  const child = spawn(launch.program, launch.args, {
    cwd: home,
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1', COURSE_ROOT: tree.root, COURSE_STRIPPED: tree.stripped, ...launch.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  offerToKernel(child.pid);
  const streams = child.stdio.slice(1, 4) as readonly Readable[];
  const [stdout, stderr, thrown] = streams.map((stream) => collect(stream)) as [Collected, Collected, Collected];
  let timedOut = false;
  let ticksLeft = Math.ceil(timeoutMs / TICK_MS);
  const timer = setInterval(() => {
    ticksLeft -= 1;
    if (ticksLeft > 0 || timedOut) return;
    timedOut = true;
    killGroup(child.pid);
    for (const stream of streams) stream.destroy();
  }, TICK_MS);
  child.on('exit', () => killGroup(child.pid));
  const ended = new Promise<ProcessResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      clearInterval(timer);
      rmSync(home, { recursive: true, force: true });
      resolve({
        stdout: stdout.text(),
        stderr: stderr.text(),
        lines: stdout.lines(),
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        timedOut,
        truncated: stdout.truncated() || stderr.truncated(),
        thrown: readThrown(thrown.text()),
        elapsedMs: Math.round(performance.now() - startedMs),
      });
    });
  });
  return { pid: child.pid ?? -1, ended };
}

interface Collected {
  text(): string;
  lines(): readonly { timestampNs: string; line: string }[];
  truncated(): boolean;
}

function collect(stream: Readable): Collected {
  const lines: { timestampNs: string; line: string }[] = [];
  let text = '';
  let rest = '';
  let bytes = 0;
  let lastNs = 0n;
  const addLine = (line: string): void => {
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    lastNs = nowNs > lastNs ? nowNs : lastNs + 1n;
    lines.push({ timestampNs: String(lastNs), line });
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    bytes += Buffer.byteLength(chunk);
    if (bytes > MAX_OUTPUT_BYTES) return;
    text += chunk;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) addLine(part);
  });
  stream.on('error', () => undefined);
  return {
    text: () => text,
    lines: () => {
      if (rest !== '') addLine(rest);
      rest = '';
      return lines;
    },
    truncated: () => bytes > MAX_OUTPUT_BYTES,
  };
}

function readThrown(text: string): Thrown | undefined {
  const first = text.split('\n', 1)[0];
  if (!first) return undefined;
  try {
    return JSON.parse(first) as Thrown;
  } catch {
    // Only our preload writes JSON there; a block may write anything to any descriptor that it finds.
    return undefined;
  }
}

/** When memory is used up, the kernel shall end a block, not us: while the one that used it up dies slowly, it may look for another. */
function offerToKernel(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // It has ended already, or there is no such file here.
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody left in the group.
  }
}
