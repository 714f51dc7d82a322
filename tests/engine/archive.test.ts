import { Readable } from 'node:stream';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { zstdDecompressSync } from 'node:zlib';
import { loadImages, saveImages } from '../../harness/backends/engine-archive.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { hashInputs } from '../../harness/backends/engine-specs.ts';
import { bringOrCarryImages } from '../../harness/images-command.ts';
import { errorOf, never } from './with-engine.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A course of two images, made here as a build would leave them: labelled with what they are made of. */
let course: string;
const references = ['course-test/archived-one:1', 'course-test/archived-two:1'];
const docker = async () => (await connectEngine(() => undefined)).container.dockerode;
const isThere = async (reference: string): Promise<boolean> => (await docker()).getImage(reference).inspect().then(() => true, () => false);
async function forget(): Promise<void> {
  for (const reference of references) await (await docker()).getImage(reference).remove({ force: true }).catch(() => undefined);
}
const carry = (file: string, more: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number, total: number) => void } = {}) => ({ root: course, file, log: () => undefined, onBytes: more.onBytes ?? (() => undefined), signal: more.signal ?? never });

/** A tar of one file, as `docker import` takes it. */
function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content.padEnd(512, '\0')), Buffer.alloc(1024)]);
}

async function make(name: string, reference: string): Promise<void> {
  mkdirSync(join(course, 'harness/images', name), { recursive: true });
  writeFileSync(join(course, 'harness/images', name, 'image.json'), JSON.stringify({ reference, version: '1', programs: {}, tools: [], go: { packages: [], tags: [], stamps: {} } }));
  const [repo, tag] = reference.split(':');
  const stream = await (await docker()).importImage(Readable.from([tarOf(`${name}.txt`, name)]), { repo, tag, changes: `LABEL course.inputs=${hashInputs(course, name)}` });
  await new Promise((resolve) => stream.on('end', resolve).resume());
}

beforeAll(async () => {
  course = mkdtempSync(join(tmpdir(), 'course-archive-'));
});
beforeEach(async () => {
  await make('one', references[0] as string);
  await make('two', references[1] as string);
});
afterAll(async () => {
  await forget();
  rmSync(course, { recursive: true, force: true });
});

describe('images as one archive', () => {
  it.each(['images.tar', 'images.tar.gz', 'images.tar.zst'])('come back as they were, out of %s', async (name) => {
    const file = join(course, name);
    const seen: number[] = [];
    const saved = await saveImages(carry(file, { onBytes: (bytes) => seen.push(bytes) }));
    expect(saved.map(({ reference }) => reference)).toEqual(references);
    expect(seen.at(-1)).toBeGreaterThan(1000);
    await forget();
    expect(await isThere(references[0] as string)).toBe(false);
    expect((await loadImages(carry(file))).toSorted()).toEqual(references);
    expect(await Promise.all(references.map(isThere))).toEqual([true, true]);
  });
  it('are compressed as the name of the file says', async () => {
    await saveImages(carry(join(course, 'a.tar')));
    await saveImages(carry(join(course, 'a.tar.zst')));
    expect(zstdDecompressSync(readFileSync(join(course, 'a.tar.zst'))).length).toBe(statSync(join(course, 'a.tar')).size);
  });
  it('are there whole or not at all: interrupted', async () => {
    const cancel = new AbortController();
    const error = await errorOf(saveImages(carry(join(course, 'cut.tar'), { signal: cancel.signal, onBytes: () => cancel.abort() })));
    expect([error.code, error.message]).toEqual(['cancelled', expect.stringContaining('nothing is left of it')]);
    expect(readdirSync(course).filter((name) => name.startsWith('cut'))).toEqual([]);
  });
  it('say that the folder is not there, or that there is something else', async () => {
    expect((await errorOf(saveImages(carry(join(course, 'none/images.tar'))))).message).toContain('its folder is not there. Make it');
    expect((await errorOf(saveImages(carry(course)))).message).toContain('is there and no file. Name a file, such as images.tar.zst.');
  });
  it.runIf(existsSync('/dev/full'))('say that the disk is full, and leave nothing on it', async () => {
    // A device that takes nothing, where the archive is written until it is whole.
    symlinkSync('/dev/full', join(course, 'full.tar.part'));
    const error = await errorOf(saveImages(carry(join(course, 'full.tar'))));
    expect([error.code, error.message]).toEqual(['io-failed', expect.stringMatching(/^The disk is full: .*full\.tar needs up to \d+\.\d GB, and about a third of that as \.tar\.zst\. Make room, or name a file on another disk\./)]);
    expect(readdirSync(course).filter((name) => name.startsWith('full'))).toEqual([]);
  });
});

describe('an archive that is none', () => {
  const refused = async (name: string, content: Buffer | string): Promise<string> => {
    writeFileSync(join(course, name), content);
    const error = await errorOf(loadImages(carry(join(course, name))));
    expect(error.code).toBe('io-failed');
    return error.message;
  };
  it('is missing', async () => {
    expect((await errorOf(loadImages(carry(join(course, 'missing.tar'))))).message).toMatch(/^There is no file .*missing\.tar\. Name one that `npm run images -- --save FILE` has written\.$/);
  });
  it('is a folder', async () => {
    expect((await errorOf(loadImages(carry(course)))).message).toContain('is a folder. Name the archive in it.');
  });
  it('is something else', async () => {
    expect(await refused('book.tar', '%PDF-1.7 and so on')).toContain('is no archive of images: found neither tar nor gzip nor zstd at its beginning');
  });
  it.each(['.tar', '.tar.gz', '.tar.zst'])('is cut off: %s', async (ending) => {
    const file = join(course, `whole${ending}`);
    await saveImages(carry(file));
    await forget();
    const whole = readFileSync(file);
    expect(await refused(`cut-off${ending}`, whole.subarray(0, Math.floor(whole.length * 0.6)))).toMatch(/is damaged or cut off \(.*\)\. Copy it again/);
  });
  it('is of another state of the repository', async () => {
    const file = join(course, 'other.tar');
    await saveImages(carry(file));
    writeFileSync(join(course, 'harness/images/two/Dockerfile'), 'FROM scratch\n');
    const error = await errorOf(loadImages(carry(file)));
    expect([error.code, error.message]).toEqual(['image-not-built', expect.stringMatching(/^Found no course-test\/archived-two:1 in .*other\.tar, expected all images of this checkout/)]);
    rmSync(join(course, 'harness/images/two/Dockerfile'));
  });
});

it('the command says how far it is, what it carried, and what comes next', async () => {
  const lines: string[] = [];
  const run = (archive: { save: string } | { load: string }) => bringOrCarryImages({ root: course, archive, named: (file) => join(course, file), stream: { write: (text) => lines.push(text) }, signal: never });
  expect(await run({ save: 'all.tar.gz' })).toBe(0);
  expect(await run({ load: 'all.tar.gz' })).toBe(0);
  const said = lines.join('');
  expect(said).toMatch(/^saving: \d+ %, \d+ MB$/m);
  expect(said).toMatch(/^ {2}course-test\/archived-one:1 \(\d+ MB\)$/m);
  expect(said).toMatch(/saved 2 images to .*all\.tar\.gz: \d+ MB\. On the other machine: npm run images -- --load FILE/);
  expect(said).toContain('loaded 2 images: verify has nothing to pull or build');
});
