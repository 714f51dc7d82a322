import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../model/verdict.ts';
import { cacheFolder, formatElapsed, isAlive, processStart, withLock } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { findEngine } from './engine-socket.ts';

const startTimeoutMs = 60_000;
/** Held while an engine is started or ended. */
const LOCK = 'engine-daemon';
const never = new AbortController().signal;

/** A daemon that we started: the only thing that may stay after a run. */
interface OwnDaemon {
  readonly pid: number;
  readonly started: string;
}

/** How an engine is started where none answers, and where it shows that it is there. Tests have a place of their own. */
export interface DaemonPlace {
  readonly program: string;
  readonly args: readonly string[];
  /** Of the daemon and of what it starts, with the name of the process. The daemon's own comes first. */
  readonly pidFiles: readonly (readonly [file: string, process: string])[];
  readonly find: () => Promise<{ readonly dockerHost?: string }>;
}
const machine: DaemonPlace = {
  program: 'dockerd', args: [], find: findEngine,
  pidFiles: [['/var/run/docker.pid', 'dockerd'], ['/var/run/docker/containerd/containerd.pid', 'containerd']],
};

const pidFile = (): string => cacheFolder('engine', 'dockerd.json');
const logFile = (): string => cacheFolder('engine', 'dockerd.log');

/**
 * Address of a running container engine. Where none answers and we are root on Debian or Ubuntu, the engine is installed
 * and started, and `log` says so. Throws `engine-missing` with what to do elsewhere.
 */
export async function ensureEngine(log: Log): Promise<{ readonly dockerHost: string }> {
  // One that is being ended still answers for a moment.
  if (existsSync(cacheFolder(`${LOCK}.lock`))) await withLock(LOCK, log, never, async () => undefined);
  const found = await findEngine();
  if (found.dockerHost !== undefined) return { dockerHost: found.dockerHost };
  if (found.denied !== undefined) {
    throw new HarnessError('engine-missing', `A container engine listens on ${found.denied}, but this user may not open it. Add the user to the group docker and log in again, or run as root.`);
  }
  if (!mayInstall()) {
    throw new HarnessError('engine-missing', 'No container engine answers. Install and start Docker Engine, Docker Desktop or Podman, or set DOCKER_HOST to a running one.');
  }
  const fromPackage = await ensureInstalled(log);
  return { dockerHost: fromPackage ?? (await startDaemon(log)) };
}

/** Whether the engine that answers was started by us, on this machine. */
export async function isOwnEngine(): Promise<boolean> {
  return await readOwnDaemon() !== undefined;
}

/** Ends the daemon that we started, if it still runs. Nobody starts another meanwhile. */
export async function stopDaemon(log: Log): Promise<void> {
  if (await readOwnDaemon() !== undefined) await withLock(LOCK, log, never, () => endDaemon(log));
}

async function endDaemon(log: Log): Promise<void> {
  const daemon = await readOwnDaemon();
  if (daemon === undefined) return;
  process.kill(daemon.pid, 'SIGTERM');
  for (let waitedMs = 0; isAlive(daemon.pid, daemon.started); waitedMs += 100) {
    if (waitedMs > 30_000) throw new HarnessError('timed-out', `The container engine (process ${daemon.pid}) did not end within 30 s of SIGTERM. Its log: ${logFile()}`);
    await delay(100);
  }
  await rm(pidFile(), { force: true });
  log(`stopped the container engine that we had started (process ${daemon.pid})`);
}

async function readOwnDaemon(): Promise<OwnDaemon | undefined> {
  try {
    const daemon = JSON.parse(await readFile(pidFile(), 'utf8')) as OwnDaemon;
    return isAlive(daemon.pid, daemon.started) ? daemon : undefined;
  } catch {
    return undefined;
  }
}

/** Root on Debian, Ubuntu or a child of theirs: the only place where we install system packages. */
export function mayInstall(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs system packages that are missing. Throws `engine-missing` with the end of apt's output. */
export async function installPackages(packages: readonly string[], log: Log): Promise<void> {
  const startMs = Date.now();
  log(`installing ${packages.join(', ')} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update', '-q'], ['install', '-q', '-y', '--no-install-recommends', ...packages]]) {
    const { code, output } = await runQuietly('apt-get', args, env);
    // A failed update of some third-party source must not stop an install that can do without it.
    if (code !== 0 && args[0] === 'install') {
      throw new HarnessError('engine-missing', `apt-get could not install ${packages.join(', ')} (exit ${code}). Install them by hand, then run this again.`, { logTail: output.slice(-2000) });
    }
  }
  log(`installed ${packages.join(', ')} in ${formatElapsed(Date.now() - startMs)}`);
}

/** An engine outlives the run that starts it, whose folder for temporary files may go, and which may run in a time zone or with limits of its own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|\w+_PROXY)$/i.test(name)));
}

function runQuietly(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ code: -1, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** True when a program is on PATH. */
export function hasProgram(name: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v "$1" >/dev/null`, 'sh', name]).status === 0;
}

/** Where systemd runs, installing the package starts the service: then that engine is the machine's, not ours. */
async function ensureInstalled(log: Log): Promise<string | undefined> {
  if (hasProgram('dockerd')) return undefined;
  await installPackages(['docker.io'], log);
  for (let tries = 0; existsSync('/run/systemd/system') && tries < 50; tries += 1) {
    const { dockerHost } = await findEngine();
    if (dockerHost !== undefined) return dockerHost;
    await delay(200);
  }
  return undefined;
}

/** A daemon that was killed leaves its pid files. Where such a number belongs to another process by now, dockerd would not start. */
function removeStalePidFiles({ pidFiles }: DaemonPlace): void {
  for (const one of pidFiles) if (existsSync(one[0]) && !isRunning(one)) rmSync(one[0], { force: true });
}

function isRunning([file, program]: DaemonPlace['pidFiles'][number]): boolean {
  try {
    return readFileSync(`/proc/${readFileSync(file, 'utf8').trim()}/comm`, 'utf8').trim() === program;
  } catch {
    return false;
  }
}

/** A daemon that is ending takes no more requests and lets no other begin: until it is gone, or answers after all. */
async function awaitEnding(place: DaemonPlace, endMs: number): Promise<{ readonly dockerHost?: string }> {
  const [own] = place.pidFiles;
  let found = await place.find();
  while (found.dockerHost === undefined && own !== undefined && isRunning(own) && performance.now() < endMs) {
    await delay(100);
    found = await place.find();
  }
  return found;
}

/**
 * Starts the engine, unless another run has by then; waits for one that is ending, whoever ended it.
 * @throws HarnessError `engine-missing` with its last words
 */
export function startDaemon(log: Log, place = machine): Promise<string> {
  return withLock(LOCK, log, never, async () => (await awaitEnding(place, performance.now() + startTimeoutMs)).dockerHost ?? launchDaemon(log, place));
}

async function launchDaemon(log: Log, place: DaemonPlace): Promise<string> {
  const startMs = performance.now();
  removeStalePidFiles(place);
  await mkdir(cacheFolder('engine'), { recursive: true });
  const output = openSync(logFile(), 'w');
  const child = spawn(place.program, place.args, { detached: true, stdio: ['ignore', output, output], cwd: '/', env: ownEnvironment() });
  closeSync(output);
  let ended: string | undefined;
  child.on('error', (error) => (ended = String(error)));
  child.on('exit', (code) => (ended = `exit ${code}`));
  child.unref();
  while (performance.now() - startMs < startTimeoutMs) {
    const { dockerHost } = await place.find();
    if (dockerHost !== undefined) {
      // One that is not ours may have won the race: then that answers, and ours has ended.
      if (child.pid !== undefined && ended === undefined) await rememberDaemon(child.pid, log, startMs);
      return dockerHost;
    }
    if (ended !== undefined) break;
    await delay(100);
  }
  if (ended === undefined && child.pid !== undefined) process.kill(child.pid, 'SIGTERM');
  const logTail = readFileSync(logFile(), 'utf8').slice(-2000);
  const lastWords = logTail.trim().split('\n').at(-1);
  throw new HarnessError('engine-missing', `The container engine did not start (${ended ?? `no answer within ${startTimeoutMs / 1000} s`}).${lastWords ? ` Its last words: ${lastWords}` : ''} Mend that, or start one by hand and set DOCKER_HOST; its log: ${logFile()}`, { logTail });
}

async function rememberDaemon(pid: number, log: Log, startMs: number): Promise<void> {
  await writeFile(pidFile(), JSON.stringify({ pid, started: processStart(pid) ?? '' } satisfies OwnDaemon));
  log(`started a container engine in ${formatElapsed(performance.now() - startMs)} (process ${pid}); it stays until: npm run stop`);
}
