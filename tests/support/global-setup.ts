import { resolve } from 'node:path';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { bringImages } from '../../harness/backends/engine-images.ts';
import { imageNames, readImageSpec } from '../../harness/backends/engine-specs.ts';
import { takeTool } from '../../harness/backends/engine-tools.ts';

/** Tests that need containers or tools find them, also on a machine that has built nothing. */
export async function setup(): Promise<void> {
  const root = resolve(import.meta.dirname, '../..');
  const log = (line: string): void => console.error(line);
  const client = await connectEngine(log);
  await bringImages(root, imageNames(root), log, new AbortController().signal);
  for (const image of imageNames(root)) {
    for (const program of readImageSpec(root, image).tools) await takeTool(root, image, program, client.container.dockerode);
  }
}
