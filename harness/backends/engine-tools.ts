import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from './engine-cache.ts';
import type { Docker } from './engine-client.ts';
import { run } from './engine-process.ts';
import { hashInputs, readImageSpec, toolsOf } from './engine-specs.ts';
import type { ImageSpec, ImageTags } from './engine-specs.ts';
import { ownerLabels } from './engine-sweep.ts';

/** Inputs of the image stand for the image: `check` must find its tools without asking an engine. */
function toolPath(root: string, { name, version, otherTag }: ImageSpec, program: string): string {
  return cacheFolder('tools', `${name}-${otherTag ? version : hashInputs(root, name).slice(0, 16)}`, program);
}

/** Path of a program that was taken out of an image before; never starts or asks an engine. */
export function presentTool(root: string, image: string, program: string, tags?: ImageTags): Promise<string | undefined> {
  // A tag may be moved to another image at any time: its tools are taken anew by each process.
  const spec = readImageSpec(root, image, tags);
  if (spec.otherTag) return Promise.resolve(undefined);
  const path = toolPath(root, spec, program);
  return Promise.resolve(existsSync(path) ? path : undefined);
}

const taking = new Map<string, Promise<string | undefined>>();

/**
 * Copies a program, or a folder of packages, out of an image that is present. Undefined where it cannot run: images hold Linux programs.
 * Several checkers may ask for the same one at once: it is copied once.
 */
export function takeTool(root: string, image: string, program: string, docker: Docker, tags?: ImageTags): Promise<string | undefined> {
  const spec = readImageSpec(root, image, tags);
  if (process.platform !== 'linux' && !spec.portable?.includes(program)) return Promise.resolve(undefined);
  const path = toolPath(root, spec, program);
  if (existsSync(path) && !spec.otherTag) return Promise.resolve(path);
  const taken = taking.get(path) ?? copyTool(spec, program, path, docker);
  taking.set(path, taken);
  return taken;
}

/** Copies what an image that is present has for this machine. */
export async function takeTools(root: string, spec: ImageSpec, docker: Docker): Promise<void> {
  for (const program of toolsOf(spec)) await takeTool(root, spec.name, program, docker);
}

async function copyTool(spec: ImageSpec, program: string, path: string, docker: Docker): Promise<string | undefined> {
  const inside = spec.programs[program];
  if (inside === undefined) throw new Error(`The image ${spec.name} has no program "${program}": expected one of ${Object.keys(spec.programs).join(', ')}.`);
  const reference = await referenceOf(docker, spec.reference, spec.elsewhereWhenPulled?.[program]);
  const part = `${path}.${process.pid}.part`;
  await mkdir(part, { recursive: true });
  try {
    await unpack(docker, reference, inside, part);
    const taken = join(part, basename(inside));
    if (!(await canBeUsed(taken))) return undefined;
    await mkdir(dirname(path), { recursive: true });
    await rename(taken, path);
    return path;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function canBeUsed(taken: string): Promise<boolean> {
  if ((await stat(taken)).isDirectory()) return true;
  await chmod(taken, 0o755);
  return spawnSync(taken, ['--version'], { timeout: 10_000, env: {} }).status === 0;
}

/** Where a program is: a built image has it, a pulled one may leave it to another image. */
export async function referenceOf(docker: Docker, reference: string, elsewhere: string | undefined): Promise<string> {
  if (elsewhere === undefined) return reference;
  const { Config } = await docker.getImage(reference).inspect();
  return Config.Labels?.[inputsLabel] === undefined ? elsewhere : reference;
}

/** On built images: hash of what they were built of. */
export const inputsLabel = 'course.inputs';

async function unpack(docker: Docker, reference: string, inside: string, folder: string): Promise<void> {
  // Never started: an image without a shell can be read only through a container made of it.
  const container = await docker.createContainer({ Image: reference, Cmd: ['none'], Labels: ownerLabels(`tool-${process.pid}`) });
  try {
    const archive = await container.getArchive({ path: inside });
    await run('tar', ['-x', '-f', '-', '-C', folder], { stdin: archive });
  } finally {
    await container.remove({ force: true, v: true });
  }
}
