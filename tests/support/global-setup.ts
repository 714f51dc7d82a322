import { resolve } from 'node:path';
import { bringImages } from '../../harness/backends/engine-images.ts';
import { imageNames } from '../../harness/backends/engine-specs.ts';

/** Tests that need containers or tools find them, also on a machine that has built nothing. */
export async function setup(): Promise<void> {
  const root = resolve(import.meta.dirname, '../..');
  await bringImages(root, imageNames(root), (line) => console.error(line), new AbortController().signal);
}
