import { BUNDLE_ADDRESS } from '../offline/client/model.ts';
import type { SiteEdition } from '../plugins/editions.ts';
import { volumesOf } from './list-volumes.ts';
import { addressOfBook, addressOfVolume } from './volume.ts';

/** What a page offers to be carried away. */
export interface OfferedVolume {
  readonly label: string;
  readonly address: string;
}
/** Address of a module's first page → its PDFs and EPUB, and the bundle. */
export type VolumesOnPages = Readonly<Record<string, readonly OfferedVolume[]>>;

const LABELS = { book: 'all pages (PDF)', handout: 'handout for participants (PDF)', handbook: 'handbook for instructors (PDF)' } as const;

/** What the first page of each module offers; nothing while pages are written, or when they are built without PDFs. */
export function describeVolumes(editions: readonly SiteEdition[]): VolumesOnPages {
  const offered: Record<string, OfferedVolume[]> = {};
  if (process.env['COURSE_PRINT'] === undefined) return offered;
  for (const { name, kind, parts } of volumesOf(editions)) {
    const first = parts[0]?.pages[0]?.address;
    if (first === undefined) continue;
    const here = (offered[first] ??= []);
    here.push({ label: LABELS[kind], address: addressOfVolume(name) });
    if (kind === 'book') here.push({ label: 'EPUB, for e-readers', address: addressOfBook(name) }, { label: 'everything as one zip, for a machine without network', address: BUNDLE_ADDRESS });
  }
  return offered;
}
