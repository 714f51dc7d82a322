import { existsSync, statSync } from 'node:fs';
import type { Arguments } from './arguments.ts';
import { loadImages, saveImages } from './backends/engine-archive.ts';
import { bringImages } from './backends/engine-images.ts';

export interface ImagesOptions {
  readonly root: string;
  readonly archive: Arguments['archive'];
  /** A file as the command line names it → its absolute path. */
  readonly named: (file: string) => string;
  readonly stream: { readonly isTTY?: boolean | undefined; write(text: string): unknown };
  readonly signal: AbortSignal;
}

/** `npm run images`: brings the images, or carries them to another machine as one file. Returns the exit code; throws HarnessError as the two do. */
export async function bringOrCarryImages({ root, archive, named, stream, signal }: ImagesOptions): Promise<number> {
  const log = (line: string): void => void stream.write(`${line}\n`);
  if (archive === undefined) {
    await bringImages(root, 'all', log, signal);
    return 0;
  }
  const isSave = 'save' in archive;
  const file = named(isSave ? archive.save : archive.load);
  const meter = createMeter(stream, isSave ? 'saving' : 'loading');
  const options = { root, file, log, onBytes: meter.show, signal };
  try {
    const references = isSave ? (await saveImages(options)).map(({ reference, bytes }) => `${reference} (${megabytes(bytes)})`) : await loadImages(options);
    meter.end();
    for (const reference of references) log(`  ${reference}`);
    log(isSave ? `saved ${references.length} images to ${file}: ${existsSync(file) ? megabytes(statSync(file).size) : '0 MB'}. On the other machine: npm run images -- --load FILE` : `loaded ${references.length} images: verify has nothing to pull or build`);
    return 0;
  } finally {
    meter.end();
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** How far it is: one live line on a terminal, elsewhere a line for each tenth. */
function createMeter(stream: ImagesOptions['stream'], doing: string) {
  const isLive = stream.isTTY === true;
  let shown = -1;
  let isOpen = false;
  return {
    show: (bytes: number, total: number): void => {
      const step = Math.floor((total === 0 ? 1 : Math.min(bytes / total, 1)) * (isLive ? 100 : 10));
      if (step === shown) return;
      shown = step;
      isOpen = isLive;
      stream.write(isOpen ? `\r\u001b[K${doing}: ${step} %, ${megabytes(bytes)}` : `${doing}: ${step * 10} %, ${megabytes(bytes)}\n`);
    },
    end: (): void => {
      if (isOpen) stream.write('\r\u001b[K');
      isOpen = false;
    },
  };
}
