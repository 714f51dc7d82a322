import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { HarnessError } from '../model/verdict.ts';
import type { Log } from './engine-cache.ts';
import { connectEngine } from './engine-client.ts';
import type { Docker } from './engine-client.ts';
import { absentImages, bringImages } from './engine-images.ts';
import { imageNames, readImageSpec } from './engine-specs.ts';
import { referenceOf, takeTools } from './engine-tools.ts';

export interface ArchiveOptions {
  /** The course's folder: all images of all its editions. */
  readonly root: string;
  /** Absolute path of the archive. `.tar.zst` and `.tar.gz` are compressed. */
  readonly file: string;
  readonly log: Log;
  /** Told of each piece, so that a wait of minutes can be seen to move. @param bytes done so far @param total of how many; of a save, at most so many */
  readonly onBytes: (bytes: number, total: number) => void;
  readonly signal: AbortSignal;
}
export interface SavedImage {
  readonly reference: string;
  /** Unpacked, layers that it shares with others included. */
  readonly bytes: number;
}

/** One answer for several images, in which layers that they share stand once; missing in the client's types. */
type WithImages = Docker & { getImages(options: { readonly names: readonly string[] }): Promise<Readable> };

/**
 * Writes all images to one archive, as an engine on another machine loads them. What is missing here is brought first. The file is there whole, or not at all.
 * Throws `io-failed` with a way out (disk full, no such folder), `image-not-built`, `cancelled`, `engine-missing`.
 */
export async function saveImages({ root, file, log, onBytes, signal }: ArchiveOptions): Promise<readonly SavedImage[]> {
  const found = await stat(file).catch(() => undefined);
  // It is moved into place at the end: over a file, and never over a folder or a device.
  if (found?.isFile() === false) throw new HarnessError('io-failed', `${file} is there and no file. Name a file, such as images.tar.zst.`);
  await bringImages(root, imageNames(root), log, signal);
  const docker = (await connectEngine(log)).container.dockerode;
  const images = await sizeUp(root, docker);
  const total = images.reduce((sum, { bytes }) => sum + bytes, 0);
  const part = `${file}.part`;
  try {
    const archive = await (docker as WithImages).getImages({ names: images.map(({ reference }) => reference) });
    await pipeline(archive, counting(total, onBytes), compressorFor(file), createWriteStream(part), { signal });
    await rename(part, file);
    return images;
  } catch (cause) {
    await rm(part, { force: true });
    throw signal.aborted ? new HarnessError('cancelled', `Interrupted while ${file} was written: nothing is left of it.`, { cause }) : new HarnessError('io-failed', describeWrite(cause, file, total), { cause });
  }
}

/** Every image that a run may start: also that which upstream ships in another one. */
async function sizeUp(root: string, docker: Docker): Promise<readonly SavedImage[]> {
  const specs = imageNames(root).map((name) => readImageSpec(root, name));
  const references = await Promise.all(specs.flatMap(({ reference, elsewhereWhenPulled = {} }) => [reference, ...Object.values(elsewhereWhenPulled).map((other) => referenceOf(docker, reference, other))]));
  return Promise.all([...new Set(references)].map(async (reference) => ({ reference, bytes: (await docker.getImage(reference).inspect()).Size })));
}

function counting(total: number, onBytes: ArchiveOptions['onBytes']) {
  return async function* (source: AsyncIterable<Buffer>) {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      onBytes(bytes, total);
      yield chunk;
    }
  };
}

function compressorFor(file: string) {
  if (/\.(?:zst|tzst)$/.test(file)) return createZstdCompress();
  return /\.(?:gz|tgz)$/.test(file) ? createGzip({ level: 4 }) : new PassThrough();
}

function describeWrite(cause: unknown, file: string, total: number): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `The disk is full: ${file} needs up to ${gigabytes(total)}, and about a third of that as .tar.zst. Make room, or name a file on another disk. What was written is removed.`;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `${file} cannot be written: its folder is not there. Make it, or name a file in a folder that exists.`;
  if (code === 'EACCES' || code === 'EROFS') return `${file} may not be written there. Name a file in a folder of yours.`;
  if (code === 'EFBIG') return `${file} is too big for its disk's file system (FAT32 takes 4 GB at most). Name a .tar.zst, or format the stick as exFAT.`;
  return `The images could not be saved to ${file}: ${String(cause)}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/**
 * Loads an archive of images into the engine, and takes from them the programs that checks use: nothing has to be pulled or built for this
 * checkout afterwards. Returns the references that were loaded, as the engine tells them.
 * Throws `io-failed` for a file that is missing, damaged or no archive, `image-not-built` when it lacks images of this checkout, `cancelled`, `engine-missing`.
 */
export async function loadImages({ root, file, log, onBytes, signal }: ArchiveOptions): Promise<readonly string[]> {
  const decompressor = await openArchive(file);
  const { size } = await stat(file);
  const docker = (await connectEngine(log)).container.dockerode;
  const loaded = new Set<string>();
  const failed = new AbortController();
  try {
    const unpacked = new PassThrough();
    const reading = pipeline(createReadStream(file), counting(size, onBytes), decompressor, whole, unpacked, { signal });
    await Promise.all([reading, sendToEngine(docker, unpacked, (reference) => loaded.add(reference), AbortSignal.any([signal, failed.signal]))]);
  } catch (cause) {
    // The engine waits for the rest of a damaged file, and we would wait for the engine.
    failed.abort();
    throw signal.aborted ? new HarnessError('cancelled', `Interrupted while ${file} was loaded. Load it again: what is there already is not loaded twice.`, { cause }) : new HarnessError('io-failed', describeRead(cause, file), { cause });
  }
  const absent = await absentImages(root, docker);
  if (absent.length > 0) throw new HarnessError('image-not-built', `Found no ${absent.join(', no ')} in ${file}, expected all images of this checkout: it was saved from another state of the repository. Save it anew where the repository is as it is here.`);
  for (const name of imageNames(root)) await takeTools(root, readImageSpec(root, name), docker);
  return [...loaded];
}

/** A tar ends in two empty blocks of 512 bytes. The engine takes one that is cut off between two files for a whole one. */
async function* whole(source: AsyncIterable<Buffer>) {
  let end = Buffer.alloc(0);
  for await (const chunk of source) {
    end = Buffer.concat([end, chunk.subarray(-1024)]).subarray(-1024);
    yield chunk;
  }
  if (end.length < 1024 || end.some((byte) => byte !== 0)) throw new Error('unexpected end of file');
}

async function sendToEngine(docker: Docker, archive: Readable, onLoaded: (reference: string) => void, signal: AbortSignal): Promise<void> {
  const answer = await docker.loadImage(archive, { abortSignal: signal, quiet: true });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()), ({ stream = '' }: { readonly stream?: string }) => {
      const reference = /^Loaded image: (.+?)\s*$/.exec(stream)?.[1];
      if (reference !== undefined) onLoaded(reference);
    });
  });
}

/** How to unpack an archive, told by its first bytes. @throws HarnessError `io-failed` for what is none */
async function openArchive(file: string) {
  const head = Buffer.alloc(512);
  try {
    await using handle = await open(file);
    await handle.read(head);
  } catch (cause) {
    throw new HarnessError('io-failed', describeRead(cause, file), { cause });
  }
  if (head.readUInt32BE(0) === 0x28b52ffd) return createZstdDecompress();
  if (head.readUInt16BE(0) === 0x1f8b) return createGunzip();
  // POSIX, pax: the words `ustar` stand at a fixed place of the first header.
  if (head.toString('latin1', 257, 262) === 'ustar') return new PassThrough();
  throw new HarnessError('io-failed', `${file} is no archive of images: found neither tar nor gzip nor zstd at its beginning, expected what \`npm run images -- --save ${file}\` writes.`);
}

function describeRead(cause: unknown, file: string): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no file ${file}. Name one that \`npm run images -- --save FILE\` has written.`;
  if (code === 'EISDIR') return `${file} is a folder. Name the archive in it.`;
  if (code === 'EACCES') return `${file} may not be read. Give yourself the right to, or copy it.`;
  if (/no space left/i.test(message)) return `The engine's disk is full. Make room on it (docker system df says what takes it), and load ${file} again.`;
  if (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR' || code?.startsWith('ZSTD_') === true || /unexpected EOF|invalid tar|premature|end of file/i.test(message)) return `${file} is damaged or cut off (${message}). Copy it again, and compare its size with that of the original.`;
  return `${file} could not be loaded: ${message}`;
}
