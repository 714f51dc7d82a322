// node run.ts JOBS.json [BASE]: runs shell blocks one after another as a reader would type them, prints the results as JSON.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { openFront, type Front } from './front.ts';
import type { ShellBlock, ShellJobs, ShellResult } from './protocol.ts';

/** Of each stream. A transcript with more is of no use to a reader. */
const MAX_OUTPUT_BYTES = 256 * 1024;
/** Time limits are counted in ticks: where the whole machine is starved, ticks come late and a block is not blamed for it. */
const TICK_MS = 100;

/** Runs every block in turn: they share the ports of localhost. */
export async function runShell(jobs: ShellJobs, base: string, front: Front): Promise<ShellResult[]> {
  const results: ShellResult[] = [];
  for (const block of jobs.blocks) results.push(await runBlock(block, jobs, base, front));
  return results;
}

async function runBlock(block: ShellBlock, jobs: ShellJobs, base: string, front: Front): Promise<ShellResult> {
  const startedMs = performance.now();
  const { home, folder, begun, setup } = furnish(block, jobs, base);
  front.begin(block.nowMs, () => existsSync(begun));
  // What a block continues may end badly on purpose; what it asked was judged where it stands.
  const before = block.setup === '' ? '' : `{ set +e; . '${setup}'; : > '${begun}'; set -e; } > /dev/null 2>&1\n`;
  const child = spawn('/bin/bash', ['--noprofile', '--norc', '-e', '-c', before + block.text], {
    cwd: folder,
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1', TERM: 'dumb', ...stoppedClock(block.nowMs) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const flood = (): void => killGroup(child.pid);
  const [stdout, stderr] = [collect(child.stdout, flood), collect(child.stderr, flood)];
  let timedOut = false;
  let ticksLeft = Math.ceil(jobs.timeoutMs / TICK_MS);
  const timer = setInterval(() => {
    ticksLeft -= 1;
    if (ticksLeft > 0 || timedOut) return;
    timedOut = true;
    killGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }, TICK_MS);
  child.on('exit', () => killGroup(child.pid));
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (code, name) => resolve([code, name]));
  });
  clearInterval(timer);
  return {
    id: block.id, stdout: stdout.text(), stderr: stderr.text(), exitCode: exitCode ?? undefined, signal: signal ?? undefined, timedOut,
    truncated: stdout.truncated() || stderr.truncated(), exchanges: [...front.exchanges], elapsedMs: Math.round(performance.now() - startedMs),
  };
}

/**
 * What makes `date`, jq and Python say the dataset's now, and it stands still: however slowly a block runs, it asks for the same times.
 * Programs that are linked statically (promtool, logcli) do not notice; `moveClock` moves their times.
 */
function stoppedClock(nowMs: number): Readonly<Record<string, string>> {
  const library = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`).find((file) => existsSync(file));
  if (library === undefined) return {};
  const now = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ');
  // Waiting and time limits go by the machine's clock, and files keep their own times.
  return { LD_PRELOAD: library, FAKETIME: now, DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' };
}

interface Furniture {
  readonly home: string;
  readonly folder: string;
  /** Exists once the block itself runs, and no longer what it continues. */
  readonly begun: string;
  readonly setup: string;
}

/** Every block finds the same folder, at the same path, whatever ran before it. */
function furnish(block: ShellBlock, { files }: ShellJobs, base: string): Furniture {
  const [home, folder, own] = [join(base, 'home'), join(base, 'technow'), join(base, 'own')];
  for (const path of [home, folder, own]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  // curl draws its meter where its output is no terminal; a reader's is one.
  writeFileSync(join(home, '.curlrc'), 'no-progress-meter\n');
  const [begun, setup] = [join(own, 'begun'), join(own, 'setup.sh')];
  if (block.setup === '') writeFileSync(begun, '');
  else writeFileSync(setup, `${block.setup}\n`);
  return { home, folder, begun, setup };
}

/** @param flood called once there is more than can be kept */
function collect(stream: Readable, flood: () => void): { text(): string; truncated(): boolean } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
    else flood();
  });
  stream.on('error', () => undefined);
  return { text: () => Buffer.concat(chunks).toString(), truncated: () => bytes > MAX_OUTPUT_BYTES };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody left in the group.
  }
}

if (import.meta.main) {
  const [, , jobsFile = '/scratch/shell.json', base = '/scratch'] = process.argv;
  const jobs = JSON.parse(readFileSync(jobsFile, 'utf8')) as ShellJobs;
  const front = await openFront(jobs.doors, jobs.gate);
  const results = await runShell(jobs, base, front);
  await front.close();
  process.stdout.write(JSON.stringify(results));
}
