import { chmod, copyFile, mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';
import { cacheFolder, formatElapsed } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import type { Docker } from './engine-client.ts';
import { prepareGo } from './engine-go.ts';
import { run } from './engine-process.ts';
import type { ImageSpec } from './engine-specs.ts';
import { inputsLabel } from './engine-tools.ts';

export interface Build {
  readonly root: string;
  readonly spec: ImageSpec;
  /** Hash of the inputs, which the image is labelled with. */
  readonly inputs: string;
  readonly docker: Docker;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const gigabyte = 1e9;
/** Module and build caches of all four backends, their programs and images, measured on linux/amd64. */
const neededBytes = 12 * gigabyte;
const progressMs = 15_000;

/** Folder of Go's caches while images are built. */
const goFolder = (): string => cacheFolder('go');

/**
 * Builds a backend's image FROM scratch out of its pinned Go modules. A killed build is taken up where it stopped: Go's
 * cache keeps what was compiled, and the image gets its name only when it is whole.
 */
export async function buildBackendImage(build: Build): Promise<void> {
  const { spec, log, signal } = build;
  const startMs = Date.now();
  await mkdir(goFolder(), { recursive: true });
  await checkDisk(log);
  const env = await prepareGo(await engineArchitecture(build.docker), log, signal);
  const stage = cacheFolder('stage', spec.name);
  await rm(stage, { recursive: true, force: true });
  await mkdir(join(stage, 'bin'), { recursive: true });
  await mkdir(join(stage, 'empty'), { recursive: true });
  await chmod(join(stage, 'empty'), 0o755);
  try {
    await compile(build, env, join(stage, 'bin'), startMs);
    await copyFile(join(spec.folder, 'Dockerfile'), join(stage, 'Dockerfile'));
    await buildImage(build, stage, ['Dockerfile', 'bin', 'empty'], {});
    log(`${spec.name}: built ${spec.reference} in ${formatElapsed(Date.now() - startMs)}`);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** `amd64` or `arm64`: what the engine runs, which need not be what this machine is. */
export async function engineArchitecture(docker: Docker): Promise<'amd64' | 'arm64'> {
  const { Architecture } = (await docker.info()) as { Architecture: string };
  return /aarch64|arm64/.test(Architecture) ? 'arm64' : 'amd64';
}

async function compile({ spec, log, signal }: Build, env: NodeJS.ProcessEnv, to: string, startMs: number): Promise<void> {
  const { packages, tags, stamps } = spec.go!;
  const ldflags = ['-s', '-w', ...Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`)].join(' ');
  log(`${spec.name}: building ${Object.keys(spec.programs).join(' and ')} ${spec.version} from source (some minutes the first time)`);
  let current = 'downloading modules';
  let compiled = 0;
  const ticker = setInterval(() => log(`${spec.name}: ${current}, ${formatElapsed(Date.now() - startMs)}`), progressMs);
  try {
    await run('go', ['build', '-v', '-trimpath', '-tags', tags.join(','), '-ldflags', ldflags, '-o', `${to}/`, ...packages], {
      cwd: spec.folder, env, signal,
      onLine: (line) => {
        // With -v, Go prints a package's path as it compiles it, and `go: downloading …` before.
        if (line.startsWith('go: ')) return;
        compiled += 1;
        current = `${compiled} packages compiled`;
      },
    });
  } finally {
    clearInterval(ticker);
  }
}

/** Builds with the engine's own API: the `docker` program need not be there. */
export async function buildImage({ spec, inputs, docker, signal }: Pick<Build, 'spec' | 'inputs' | 'docker' | 'signal'>, context: string, src: string[], buildargs: Record<string, string>, more: { readonly t?: string; readonly networkmode?: string; readonly dockerfile?: string } = {}): Promise<void> {
  const labels = { [inputsLabel]: inputs };
  const options = { t: spec.reference, labels, buildargs, rm: true, forcerm: true, abortSignal: signal, ...more };
  const output: string[] = [];
  try {
    const stream = await docker.buildImage({ context, src }, options);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        ({ stream: text, error }: { stream?: string; error?: string }) => {
          if (text) output.push(text);
          if (error) reject(new Error(error));
        },
      );
    });
  } catch (cause) {
    if (signal.aborted) throw new HarnessError('cancelled', `Interrupted while the image ${spec.reference} was built.`, { cause });
    throw new HarnessError('image-not-built', `The image ${spec.reference} could not be built: ${String(cause)}`, { cause, logTail: output.join('').slice(-2000) });
  }
}

async function folderBytes(folder: string): Promise<number> {
  const output = await run('du', ['-sk', folder]).catch(() => '0');
  return Number.parseInt(output, 10) * 1024;
}

/** Throws `image-not-built` before a build that could not end. */
async function checkDisk(log: Log): Promise<void> {
  const { bavail, bsize } = await statfs(goFolder());
  const stillNeeded = Math.max(gigabyte, neededBytes - (await folderBytes(goFolder())));
  const free = bavail * bsize;
  const figures = `up to ${(stillNeeded / gigabyte).toFixed(0)} GB of disk while images are built (removed afterwards but for about 1 GB), ${(free / gigabyte).toFixed(0)} GB free in ${goFolder()}`;
  if (free < stillNeeded) {
    throw new HarnessError('image-not-built', `Building images takes ${figures}. Free some, or set XDG_CACHE_HOME to a larger disk, or use a machine where images can be pulled.`);
  }
  log(`building needs ${figures}`);
}

/** Removes Go's caches once every image is built: they are the large part, and of no more use. */
export async function forgetGoCaches(log: Log): Promise<void> {
  const bytes = await folderBytes(goFolder());
  await rm(goFolder(), { recursive: true, force: true });
  log(`all images are built: removed Go's caches (${(bytes / gigabyte).toFixed(1)} GB)`);
}
