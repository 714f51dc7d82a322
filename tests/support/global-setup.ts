import { resolve } from 'node:path';
import { bringImages } from '../../harness/backends/engine-images.ts';
import { ensureEngine } from '../../harness/backends/engine.ts';

/** Tests that need containers find the engine running and every image there, also on a machine that has built nothing. */
export async function setup(): Promise<void> {
  const log = (line: string): void => console.error(line);
  await ensureEngine(log);
  await bringImages(resolve(import.meta.dirname, '../..'), 'all', log, new AbortController().signal);
}
