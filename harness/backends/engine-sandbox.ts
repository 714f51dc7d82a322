import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { HarnessError } from '../model/verdict.ts';
import { bootstrapDebian } from './engine-debian.ts';
import { buildImage, engineArchitecture } from './engine-build.ts';
import type { Build } from './engine-build.ts';
import { cacheFolder, formatElapsed } from './engine-cache.ts';
import { run } from './engine-process.ts';
import { installPythonPackages } from './engine-python.ts';
import { readImageSpec } from './engine-specs.ts';
import { inputsLabel, referenceOf } from './engine-tools.ts';

/** What `harness/images/sandbox/image.json` says about the system underneath. */
export interface BaseSpec {
  readonly reference: string;
  readonly pull: string;
  readonly suite: string;
  readonly packages: readonly string[];
}

/** Pulls an image; false when no registry has it. */
export type Pull = (reference: string) => Promise<boolean>;

/** Builds the image in which lessons' code runs. The images that it `needs` are present. */
export async function buildSandboxImage(build: Build, pull: Pull): Promise<void> {
  const { root, spec, docker, log, signal } = build;
  const startMs = Date.now();
  const { base } = spec as unknown as { readonly base: BaseSpec };
  await ensureBase(build, base, pull);
  const stage = cacheFolder('stage', spec.name);
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  try {
    for (const file of ['Dockerfile', 'package.json', 'package-lock.json', 'runner']) {
      await cp(join(spec.folder, file), join(stage, file), { recursive: true });
    }
    const architecture = await engineArchitecture(docker);
    await installPackages(stage, architecture, signal);
    await installPythonPackages(stage, join(spec.folder, 'python', 'requirements.txt'), architecture, log, signal);
    const loki = readImageSpec(root, 'loki');
    await buildImage(build, stage, ['Dockerfile', 'package.json', 'node', 'node_modules', 'python', 'runner'], {
      BASE: base.reference,
      PROMETHEUS: readImageSpec(root, 'prometheus').reference,
      ALERTMANAGER: readImageSpec(root, 'alertmanager').reference,
      LOGCLI: await referenceOf(docker, loki.reference, loki.elsewhereWhenPulled?.['logcli']),
    }, { networkmode: 'none' });
    log(`${spec.name}: built ${spec.reference} in ${formatElapsed(Date.now() - startMs)}`);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Locked packages for Linux, without their install scripts, and Node itself, which is one of them. */
async function installPackages(stage: string, architecture: 'amd64' | 'arm64', signal: AbortSignal): Promise<void> {
  const cpu = architecture === 'amd64' ? 'x64' : 'arm64';
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${cpu}`, '--libc=glibc'], { cwd: stage, env, signal });
  const node = join(stage, 'node_modules', `node-linux-${cpu}`);
  await rename(join(node, 'bin', 'node'), join(stage, 'node'));
  await rm(node, { recursive: true, force: true });
  await rm(join(stage, 'node_modules', '.bin'), { recursive: true, force: true });
}

async function ensureBase(build: Build, base: BaseSpec, pull: Pull): Promise<void> {
  const { spec, docker, log, signal } = build;
  const inputs = createHash('sha256').update(JSON.stringify(base)).update(readFileSync(join(spec.folder, 'base.Dockerfile'))).digest('hex');
  const present = await docker.getImage(base.reference).inspect().catch(() => undefined);
  if (present?.Config.Labels?.[inputsLabel] === inputs) return;
  if (await pull(base.pull)) {
    const buildargs = { BASE: base.pull, PACKAGES: base.packages.join(' ') };
    await buildImage({ ...build, inputs }, spec.folder, ['base.Dockerfile'], buildargs, { t: base.reference, dockerfile: 'base.Dockerfile' });
    return;
  }
  const startMs = Date.now();
  log(`${spec.name}: making a Debian ${base.suite} system with debootstrap`);
  await bootstrapDebian(base, log, signal, async (tar) => {
    const changes = [`LABEL ${inputsLabel}=${inputs}`, 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
    const stream = await docker.importImage(tar, { repo: base.reference.split(':')[0], tag: base.reference.split(':')[1], changes });
    await new Promise<void>((resolve, reject) => docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())));
  }).catch((cause: unknown) => {
    throw cause instanceof HarnessError ? cause : new HarnessError('image-not-built', `The Debian system could not be imported: ${String(cause)}`, { cause });
  });
  log(`${spec.name}: made the Debian system in ${formatElapsed(Date.now() - startMs)}`);
}
