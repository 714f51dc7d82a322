import { writeEpubs } from '../epub/write-epubs.ts';
import { writeOfflineBundle } from '../offline/write-bundle.ts';
import type { BuildOptions } from './build-site.ts';

/** What is made of the built pages for who has no network. Returns the exit code: 0 made, 2 not, which has been said; the site itself is built. */
export async function carryAway(options: BuildOptions): Promise<number> {
  try {
    writeEpubs(options);
    // Last, for it holds what else was made.
    await writeOfflineBundle(options);
    return 0;
  } catch (error) {
    options.say(`The site is built, what is carried away is not: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}
