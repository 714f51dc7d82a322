import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../model/verdict.ts';
import { cacheFolder, formatElapsed, isAlive, processStart } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { findEngine } from './engine-socket.ts';

const startTimeoutMs = 60_000;

/** A daemon that we started: the only thing that may stay after a run. */
interface OwnDaemon {
  readonly pid: number;
  readonly started: string;
}

const pidFile = (): string => cacheFolder('engine', 'dockerd.json');
const logFile = (): string => cacheFolder('engine', 'dockerd.log');

/**
 * Address of a running container engine. Where none answers and we are root on Debian or Ubuntu, the engine is installed
 * and started, and `log` says so. Throws `engine-missing` with what to do elsewhere.
 */
export async function ensureEngine(log: Log): Promise<{ readonly dockerHost: string }> {
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

/** Ends the daemon that we started, if it still runs. */
export async function stopDaemon(log: Log): Promise<void> {
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

/** Of a default dockerd and the containerd that it starts, with the name of the process. */
const pidFiles = [['/var/run/docker.pid', 'dockerd'], ['/var/run/docker/containerd/containerd.pid', 'containerd']] as const;

/** A daemon that was killed leaves its pid files. Where such a number belongs to another process by now, dockerd would not start. */
function removeStalePidFiles(): void {
  for (const [file, program] of pidFiles) {
    if (!existsSync(file)) continue;
    const name = `/proc/${readFileSync(file, 'utf8').trim()}/comm`;
    if (!existsSync(name) || readFileSync(name, 'utf8').trim() !== program) rmSync(file, { force: true });
  }
}

async function startDaemon(log: Log): Promise<string> {
  const startMs = performance.now();
  removeStalePidFiles();
  await mkdir(cacheFolder('engine'), { recursive: true });
  const output = openSync(logFile(), 'w');
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output], cwd: '/' });
  closeSync(output);
  let ended: string | undefined;
  child.on('error', (error) => (ended = String(error)));
  child.on('exit', (code) => (ended = `exit ${code}`));
  child.unref();
  while (performance.now() - startMs < startTimeoutMs) {
    const { dockerHost } = await findEngine();
    if (dockerHost !== undefined) {
      // Another process of ours may have won the race: then its daemon answers, and ours has ended.
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
