import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SCAN_TOOLS } from '../model/scan-tools.ts';
import { HarnessError } from '../model/verdict.ts';

/** `harness/images/<name>/image.json`. */
export interface ImageSpec {
  /** Folder under `harness/images/`. */
  readonly name: string;
  readonly folder: string;
  /** Name of the image, whether pulled or built: `prom/prometheus:v3.14.0`. Of one that is always built, its inputs' hash is part. */
  readonly reference: string;
  /** Version of its main program, as the program itself says it. */
  readonly version: string;
  /** Program → path in the image. */
  readonly programs: Readonly<Record<string, string>>;
  /** Programs that upstream ships in an image of their own; a built image has them all. */
  readonly elsewhereWhenPulled?: Readonly<Record<string, string>>;
  /** Programs that static checks of the course use on this machine. */
  readonly tools: readonly string[];
  /** Tools that are read, not run, and so are of use on any system. */
  readonly portable?: readonly string[];
  /** How it is built where it cannot be pulled; undefined: the sandbox, which is always built. */
  readonly go?: {
    readonly packages: readonly string[];
    readonly tags: readonly string[];
    /** Linker variable → version that the program shall state. */
    readonly stamps: Readonly<Record<string, string>>;
  };
  /** Brought when a block first needs it, not with the images that every course needs. */
  readonly onDemand?: true;
  /** Images whose programs it takes: they are brought first. */
  readonly needs?: readonly string[];
  /** The image whose place it takes where an edition's stack names this version: `prometheus-2.42` stands for `prometheus`. */
  readonly standsFor?: string;
  /** Asked for instead of the pinned one: found or pulled, never built. */
  readonly otherTag?: true;
}

/** Programs that are copied out of an image when it is brought: for checks of the course, and for a scan. */
export function toolsOf({ tools, programs }: ImageSpec): readonly string[] {
  return [...new Set([...tools, ...SCAN_TOOLS.filter((name) => Object.hasOwn(programs, name))])];
}

/** Image → tag or version that stands in for the pinned one, e.g. `prometheus` → `v3.13.0` or `3.13.0`. */
export type ImageTags = ReadonlyMap<string, string>;

/** An edition that lies in a folder of its own has no images of its own. */
function imagesFolder(root: string): string {
  const own = join(root, 'harness', 'images');
  return existsSync(own) ? own : join(import.meta.dirname, '../images');
}

/** Names of all images of the course, those first that others need. */
export function imageNames(root: string): readonly string[] {
  const names = readdirSync(imagesFolder(root)).filter((name) => existsSync(join(imagesFolder(root), name, 'image.json'))).sort();
  const needsOthers = (name: string): number => Number((readSpecFile(root, name).needs ?? []).length > 0);
  return names.sort((a, b) => needsOthers(a) - needsOthers(b));
}

/** Names by which backends ask for images: without those that stand for another one. */
export function serviceNames(root: string): readonly string[] {
  return imageNames(root).filter((name) => readSpecFile(root, name).standsFor === undefined);
}

/**
 * What is known of an image: of the pinned one, of another version that has its Go modules here, or of any other tag, which
 * can only be found or pulled. Its `name` is the folder that it comes from. Throws `image-not-built` when there is no such image.
 */
export function readImageSpec(root: string, name: string, tags?: ImageTags): ImageSpec {
  const tag = tags?.get(name);
  const spec = readPinnedSpec(root, name);
  if (tag === undefined || isVersion(spec, tag)) return spec;
  const other = imageNames(root).map((one) => readSpecFile(root, one)).find(({ standsFor, ...one }) => standsFor === name && isVersion(one, tag));
  return other === undefined ? retag(spec, tag) : readPinnedSpec(root, other.name);
}

function isVersion({ version, reference }: Pick<ImageSpec, 'version' | 'reference'>, tag: string): boolean {
  return tag === version || reference.endsWith(`:${tag}`);
}

function retag(spec: ImageSpec, tag: string): ImageSpec {
  const under = (reference: string): string => `${reference.slice(0, reference.lastIndexOf(':'))}:${tag}`;
  const elsewhere = Object.entries(spec.elsewhereWhenPulled ?? {}).map(([program, reference]) => [program, under(reference)]);
  return { ...spec, reference: under(spec.reference), version: tag.replace(/^v(?=\d)/, ''), elsewhereWhenPulled: Object.fromEntries(elsewhere), otherTag: true };
}

function readPinnedSpec(root: string, name: string): ImageSpec {
  const spec = readSpecFile(root, name);
  // Nobody else's name: what it is made of tells clones apart that differ in it, and none rebuilds what another just built.
  return spec.go === undefined ? { ...spec, reference: `${spec.reference}-${hashInputs(root, name).slice(0, 12)}` } : spec;
}

function readSpecFile(root: string, name: string): ImageSpec {
  const folder = join(imagesFolder(root), name);
  try {
    return { ...(JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as ImageSpec), name, folder };
  } catch (cause) {
    throw new HarnessError('image-not-built', `There is no image "${name}": expected harness/images/${name}/image.json. Known: ${readdirSync(imagesFolder(root)).join(', ')}.`, { cause });
  }
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('node_modules') && statSync(join(folder, file)).isFile())
    .sort();
}

/** SHA-256 over every file of the image's folder and of the images that it needs: what a built image is labelled with. */
export function hashInputs(root: string, name: string): string {
  const { folder, needs = [] } = readSpecFile(root, name);
  const hash = createHash('sha256');
  for (const file of listFiles(folder)) {
    const content = readFileSync(join(folder, file));
    hash.update(`${file.replaceAll('\\', '/')}\0${content.length}\0`).update(content);
  }
  for (const needed of needs) hash.update(hashInputs(root, needed));
  return hash.digest('hex');
}
