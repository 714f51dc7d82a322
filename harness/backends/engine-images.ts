import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../model/verdict.ts';
import { buildBackendImage, forgetGoCaches } from './engine-build.ts';
import { formatElapsed, withLock } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { connectEngine } from './engine-client.ts';
import type { Docker } from './engine-client.ts';
import { buildSandboxImage } from './engine-sandbox.ts';
import { hashInputs, imageNames, readImageSpec } from './engine-specs.ts';
import type { ImageSpec, ImageTags } from './engine-specs.ts';
import { inputsLabel, takeTools } from './engine-tools.ts';

/** A registry that does not begin to answer within this is taken as absent. */
const registryTimeoutMs = 8000;
/** Once a registry failed to answer, it is not asked again by this process. */
let registryAnswers = true;

const bringing = new Map<string, Promise<string>>();

/** Brings images, and the programs that are copied out of them: present ones cost one question to the engine, the others are pulled or built. `all`: those that every course needs. */
export async function bringImages(root: string, names: readonly string[] | 'all', log: Log, signal: AbortSignal): Promise<void> {
  for (const name of names === 'all' ? imageNames(root).filter((name) => readImageSpec(root, name).onDemand !== true) : names) {
    await ensureImage(root, name, log, signal);
    // The image may be older than the wish for one of its programs.
    await takeTools(root, readImageSpec(root, name), (await connectEngine(log)).container.dockerode);
  }
}

/**
 * Reference of an image that is present: found, pulled, or built when no registry answers.
 * Throws `image-not-built` with the cause, `cancelled`, `engine-missing`.
 */
export function ensureImage(root: string, name: string, log: Log, signal: AbortSignal, tags?: ImageTags): Promise<string> {
  const key = `${name}:${tags?.get(name) ?? ''}`;
  const under = bringing.get(key);
  if (under !== undefined) return under;
  const spec = readImageSpec(root, name, tags);
  const work = spec.otherTag ? bringOther(spec, log, signal) : bring(root, spec.name, log, signal);
  bringing.set(key, work);
  work.catch(() => bringing.delete(key));
  return work;
}

/** References of the course's images that a run would have to pull or build. Brings nothing. */
export async function absentImages(root: string, docker: Docker): Promise<readonly string[]> {
  const specs = imageNames(root).map((name) => readImageSpec(root, name));
  const isThere = await Promise.all(specs.map((spec) => isPresent(docker, spec, hashInputs(root, spec.name))));
  return specs.filter((_, index) => isThere[index] === false).map(({ reference }) => reference);
}

/** An image under another tag than the pinned one: as it is found here, or pulled. */
async function bringOther({ name, reference }: ImageSpec, log: Log, signal: AbortSignal): Promise<string> {
  const docker = (await connectEngine(log)).container.dockerode;
  if (await inspectImage(docker, reference) !== undefined || await pull(docker, reference, log, signal, 'and it is not here')) return reference;
  throw new HarnessError('image-not-built', `Found no image ${reference}, neither on this machine nor in a registry that answers. Only the pinned version of ${name} can be built here: bring the other one first (docker pull ${reference}, or docker load where there is no registry), or name a tag that exists.`);
}

async function bring(root: string, name: string, log: Log, signal: AbortSignal): Promise<string> {
  const spec = readImageSpec(root, name);
  const docker = (await connectEngine(log)).container.dockerode;
  const inputs = hashInputs(root, name);
  if (await isPresent(docker, spec, inputs)) return spec.reference;
  for (const needed of spec.needs ?? []) await ensureImage(root, needed, log, signal);
  await withLock('images', log, signal, async () => {
    if (await isPresent(docker, spec, inputs)) return;
    if (spec.go !== undefined && (await pull(docker, spec.reference, log, signal))) {
      for (const other of Object.values(spec.elsewhereWhenPulled ?? {})) await pull(docker, other, log, signal);
    } else if (spec.go === undefined) {
      await buildSandboxImage({ root, spec, inputs, docker, log, signal }, (reference) => pull(docker, reference, log, signal));
      await forgetOldBuilds(docker, spec.reference);
    } else {
      await buildBackendImage({ root, spec, inputs, docker, log, signal });
      if (await areAllBuilt(root, docker)) await forgetGoCaches(log);
    }
  });
  await takeTools(root, spec, docker);
  return spec.reference;
}

/** Builds of one image that are kept: those of a few clones and branches. */
const KEPT_BUILDS = 4;

/** Removes the oldest builds of an image that goes by its inputs. One that a container uses stays. */
async function forgetOldBuilds(docker: Docker, reference: string): Promise<void> {
  const prefix = reference.slice(0, reference.lastIndexOf('-') + 1);
  const builds = (await docker.listImages()).flatMap(({ RepoTags, Created }) => (RepoTags ?? []).filter((tag) => tag.startsWith(prefix)).map((tag) => ({ tag, Created })));
  const old = builds.sort((a, b) => b.Created - a.Created).slice(KEPT_BUILDS);
  for (const { tag } of old) await docker.getImage(tag).remove().catch(() => undefined);
}

/** A pulled image has no label of ours: its tag says what it is. A built one must come from the inputs of now. */
async function isPresent(docker: Docker, { reference, go }: ImageSpec, inputs: string): Promise<boolean> {
  const image = await inspectImage(docker, reference);
  if (image === undefined) return false;
  const label = image.Config.Labels?.[inputsLabel];
  return label === inputs || (label === undefined && go !== undefined);
}

async function inspectImage(docker: Docker, reference: string) {
  return docker.getImage(reference).inspect().catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404) throw error;
    return undefined;
  });
}

/** One that is brought on demand may never be: it is not waited for. */
async function areAllBuilt(root: string, docker: Docker): Promise<boolean> {
  for (const name of imageNames(root)) {
    const spec = readImageSpec(root, name);
    if (spec.go !== undefined && spec.onDemand !== true && !(await isPresent(docker, spec, hashInputs(root, name)))) return false;
  }
  return true;
}

/** True when the image was pulled; false when it has to be built. */
async function pull(docker: Docker, reference: string, log: Log, signal: AbortSignal, otherwise = 'building it instead'): Promise<boolean> {
  if (!registryAnswers) return false;
  const startMs = Date.now();
  const answered = new AbortController();
  const timer = delay(registryTimeoutMs, undefined, { signal: answered.signal }).then(() => 'silent' as const, () => 'answered' as const);
  const pulling = pullOnce(docker, reference, () => answered.abort(), signal);
  try {
    const first = await Promise.race([pulling, timer.then((state) => (state === 'silent' ? state : pulling))]);
    if (first === 'silent') throw new Error(`no answer within ${registryTimeoutMs / 1000} s`);
    log(`pulled ${reference} in ${formatElapsed(Date.now() - startMs)}`);
    return true;
  } catch (error) {
    pulling.catch(() => undefined);
    if (signal.aborted) throw new HarnessError('cancelled', `Interrupted while ${reference} was pulled.`, { cause: error });
    registryAnswers = /not found|manifest unknown|denied/i.test(String(error));
    log(`${reference} cannot be pulled (${shorten(String(error))}): ${otherwise}`);
    return false;
  } finally {
    answered.abort();
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}

async function pullOnce(docker: Docker, reference: string, onAnswer: () => void, signal: AbortSignal): Promise<'pulled'> {
  const stream = await docker.pull(reference, { abortSignal: signal });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), onAnswer);
  });
  return 'pulled';
}
