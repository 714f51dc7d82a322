import { once } from 'node:events';
import { cacheFolder } from '../backends/engine-cache.ts';
import { ended, startChild, treeMb, type Measured } from './child.ts';
import type { Corpus } from './corpus.ts';
import { median } from './rounds.ts';

/** What a watching run prints when it has judged everything. */
const READY = 'Waiting for a save.';
/** The first edit starts what it needs; the others meet a stack that is up. */
const EDITS = 4;

/**
 * Edits one block under `verify --watch`, again and again.
 * @returns the median from the save to everything judged, the first edit apart
 * @throws Error when the watching run ends by itself; the signal's reason
 */
export async function measureEdits(corpus: Corpus, signal: AbortSignal): Promise<Pick<Measured, 'wallS' | 'peakMb'>> {
  signal.throwIfAborted();
  const env = { COURSE_ROOT: corpus.root, INIT_CWD: corpus.root, NODE_COMPILE_CACHE: cacheFolder('compiled') };
  const child = startChild(process.execPath, ['harness/main.ts', 'verify', '--watch', '--update'], { cwd: corpus.root, env, signal });
  const end = ended(child);
  let gone = false;
  void end.finally(() => { gone = true; });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  child.stderr?.resume();
  /** Until it has been ready so many times. */
  const ready = async (times: number): Promise<void> => {
    while (said.split(READY).length - 1 < times) {
      signal.throwIfAborted();
      if (gone) throw new Error(`verify --watch ended by itself: ${said.slice(-1_000)}`);
      await Promise.race([child.stdout && once(child.stdout, 'data'), end]);
    }
  };
  try {
    await ready(1);
    const took: number[] = [];
    for (let edit = 1; edit <= EDITS; edit++) {
      const began = performance.now();
      corpus.edit();
      await ready(edit + 1);
      took.push((performance.now() - began) / 1000);
    }
    return { wallS: median(took.slice(1)), peakMb: treeMb(child.pid) };
  } finally {
    if (!gone) child.kill('SIGINT');
    await end;
  }
}
