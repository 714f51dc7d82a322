import { inflateRawSync } from 'node:zlib';

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/**
 * Gives every file of a zip to `onFile`, in order of its directory. For the zips of the Go module proxy: stored or
 * deflated, below 4 GB (APPNOTE.TXT 4.3). Throws when the archive is no such zip.
 */
export async function unzip(zip: Buffer, onFile: (name: string, content: Buffer) => Promise<void>): Promise<void> {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endOfDirectory) end -= 1;
  if (end < 0) throw new Error('Not a zip: it has no directory.');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    if (zip.readUInt32LE(at) !== directoryEntry) throw new Error(`Not a zip: entry ${entry} of its directory is damaged.`);
    const [nameLength, extraLength, commentLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.split('/').includes('..')) throw new Error(`The zip wants to write outside its folder: ${name}`);
    if (!name.endsWith('/')) await onFile(name, readEntry(zip, at));
    at += 46 + nameLength + extraLength + commentLength;
  }
}

function readEntry(zip: Buffer, at: number): Buffer {
  const method = zip.readUInt16LE(at + 10);
  const compressed = zip.readUInt32LE(at + 20);
  const header = zip.readUInt32LE(at + 42);
  // The lengths in the file's own header may differ from those in the directory.
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const data = zip.subarray(start, start + compressed);
  return method === 0 ? data : inflateRawSync(data);
}
