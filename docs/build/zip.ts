import { zipSync, type Zippable } from 'fflate';

/** A file of an archive: its name inside, with slashes, and its bytes. */
export interface ArchivedFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Every file's date. fflate writes it as the clock on the wall shows it, so that it is the same in every time zone. */
const WRITTEN = new Date(2026, 0, 1);
/** Deflating these again costs time and gains nothing. */
const compressed = /\.(?:epub|pdf|png|woff2|zip)$/;

/**
 * A zip of the files in the order given: the same files, the same bytes, whenever and wherever it is made.
 * @throws Error for two files of one name
 */
export function zipFiles(files: readonly ArchivedFile[]): Uint8Array {
  const zippable: Zippable = {};
  for (const { name, content } of files) {
    if (Object.hasOwn(zippable, name)) throw new Error(`Found two files named ${name} for one zip, expected each name once.`);
    // What is read first by its bytes, at a fixed place, is not deflated: an EPUB's `mimetype` (OCF 4.2).
    zippable[name] = [typeof content === 'string' ? new TextEncoder().encode(content) : content, { level: name === 'mimetype' || compressed.test(name) ? 0 : 6, mtime: WRITTEN }];
  }
  return zipSync(zippable);
}
