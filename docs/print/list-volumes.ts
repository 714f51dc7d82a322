import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeStack } from '../edition-pages/edition.ts';
import { addressIn, openEditions, type SiteEdition } from '../plugins/editions.ts';
import { readOutline, type OutlineModule } from '../plugins/outline.ts';
import { renderSchedule } from '../plugins/schedule.ts';
import { workedOn, type Volume, type VolumeKind, type VolumePage, type VolumePart } from './volume.ts';

const KINDS: readonly VolumeKind[] = ['book', 'handout', 'handbook'];

/** Every volume of the course: three for each module of each edition. A course without an outline has none. */
export function listVolumes(root: string): readonly Volume[] {
  return volumesOf(openEditions(root));
}

export function volumesOf(editions: readonly SiteEdition[]): readonly Volume[] {
  return editions.flatMap((edition) => readOutline(edition.course).flatMap((module) => KINDS.flatMap((kind) => describeVolume(edition, module, kind))));
}

function describeVolume(edition: SiteEdition, module: OutlineModule, kind: VolumeKind): Volume[] {
  const parts = module.parts.map(({ title, pages }) => ({ title, pages: pages.map(({ id, title: name, kind: of }) => ({ address: addressIn(edition, id), title: name, kind: of })) }));
  const hasWork = parts.some(({ pages }) => pages.some((page) => workedOn.has(page.kind ?? '')));
  const hasContent = { book: parts.length > 0, handout: hasWork, handbook: hasWork || module.parts.some(({ pages }) => pages.some((page) => isTaught(edition, page.id))) };
  if (!hasContent[kind]) return [];
  const suffix = kind === 'book' ? '' : `-${kind}`;
  const { id, title } = edition;
  return [{
    name: `${module.id}-${id}${suffix}`, kind, module: module.title, moduleId: module.id,
    edition: { id, title, stack: describeStack(edition) },
    parts: kind === 'book' ? [...parts, ...listAppendices(edition)] : parts,
    ...(kind === 'handbook' && { scheduleHtml: renderSchedule(edition.course, module.id, '09:00').replaceAll('href="/', `href="/${edition.prefix}`) }),
  }];
}

/** Whether a page has something for whoever teaches: a note, or a question with its answer. */
function isTaught({ course }: SiteEdition, id: string): boolean {
  const page = course.pageById(id);
  return page !== undefined && /<(?:Ask|Quiz|Note)\b/.test(readFileSync(join(course.root, page.file), 'utf8'));
}

/** What lessons point to and a room without network lacks: runbooks that alerts link to, and the words. */
function listAppendices(edition: SiteEdition): VolumePart[] {
  const { course } = edition;
  const folder = join(course.root, 'docs/content/docs/runbooks');
  const runbooks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.mdx')).sort().map((name) => `runbooks/${name.slice(0, -'.mdx'.length)}`) : [];
  const parts = [{ title: 'Runbooks', ids: runbooks }, { title: 'Glossary', ids: ['glossary'] }];
  return parts.map(({ title, ids }) => ({ title, pages: ids.flatMap((id) => describePage(edition, id)) })).filter(({ pages }) => pages.length > 0);
}

function describePage(edition: SiteEdition, id: string): VolumePage[] {
  const page = edition.course.pageById(id);
  if (page === undefined || !page.file.endsWith('.mdx')) return [];
  const { title, kind } = page.frontmatter as Readonly<Record<string, unknown>>;
  return [{ address: addressIn(edition, id), title: typeof title === 'string' ? title : id, kind: typeof kind === 'string' ? kind : undefined }];
}
