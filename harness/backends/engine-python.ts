import { rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';
import type { Log } from './engine-cache.ts';
import { installPackages, mayInstall } from './engine-daemon.ts';
import { run } from './engine-process.ts';

/** Python of Debian 12, which the sandbox is made of. */
const PYTHON_VERSION = '3.11';
/** Its glibc is 2.36: wheels for that or an older one. Packaging.python.org, "Platform compatibility tags". */
const GLIBC_TAGS = ['manylinux_2_34', 'manylinux_2_28', 'manylinux_2_17', 'manylinux2014'];
const MACHINES = { amd64: 'x86_64', arm64: 'aarch64' } as const;

/**
 * Puts the locked Python packages into `stage/python`: wheels only, each held against its hash, for the sandbox's system and not for this one.
 * @throws HarnessError `image-not-built` where there is no pip and none may be installed, or when pip fails
 */
export async function installPythonPackages(stage: string, requirements: string, architecture: 'amd64' | 'arm64', log: Log, signal: AbortSignal): Promise<void> {
  await ensurePip(log);
  const target = join(stage, 'python');
  const platforms = GLIBC_TAGS.flatMap((tag) => ['--platform', `${tag}_${MACHINES[architecture]}`]);
  const abis = [`cp${PYTHON_VERSION.replace('.', '')}`, 'abi3', 'none'].flatMap((abi) => ['--abi', abi]);
  await run('python3', [
    '-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:', '--no-compile', '--disable-pip-version-check',
    '--implementation', 'cp', '--python-version', PYTHON_VERSION, ...abis, ...platforms, '--target', target, '--requirement', requirements,
  ], { signal });
  // Start scripts of this machine's Python.
  await rm(join(target, 'bin'), { recursive: true, force: true });
}

async function ensurePip(log: Log): Promise<void> {
  if (hasPip()) return;
  if (mayInstall()) await installPackages(['python3', 'python3-pip'], log);
  if (!hasPip()) throw new HarnessError('image-not-built', 'Found no pip for python3, expected one: it fetches the Python packages of the sandbox. Install it (python3 -m ensurepip, or your system\'s package python3-pip), then run this again.');
}

function hasPip(): boolean {
  return spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
}
