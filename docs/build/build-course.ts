import { BUNDLE_ADDRESS } from '../offline/client/model.ts';
import { listVolumes } from '../print/list-volumes.ts';
import { printCourse } from '../print/print-course.ts';
import { addressOfBook, addressOfVolume } from '../print/volume.ts';
import { siteAddress } from '../site-address.ts';
import { buildSite, type BuildOptions } from './build-site.ts';
import { carryAway } from './carry-away.ts';

export const usage = `Usage: npm run build [-- --no-print]

Builds the site into dist/. Of its modules it makes PDFs (a book, a handout, a handbook for instructors) and EPUBs in dist/print/, and of
all that one zip in dist/offline/ that a browser opens from a folder, without a network.

  --no-print   the site alone: for whoever writes
`;

/** The site, then what is made of its pages. Returns the exit code: 0 built, 1 an author's mistake, 2 ours. */
export async function buildCourse(options: BuildOptions & { readonly print: boolean }): Promise<number> {
  const { root, say, print } = options;
  const coming = print ? [BUNDLE_ADDRESS, ...listVolumes(root).flatMap(({ name, kind }) => [addressOfVolume(name), ...(kind === 'book' ? [addressOfBook(name)] : [])])] : [];
  const exitCode = await buildSite({ root, say, coming });
  if (exitCode !== 0 || !print) return exitCode;
  try {
    await printCourse({ root, site: siteAddress, say });
  } catch (error) {
    say(`The site is built, its PDFs are not: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  // Last, for it takes along what was printed.
  return carryAway({ root, say });
}
