import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchivedFile } from '../build/zip.ts';
import { describeStack } from '../edition-pages/edition.ts';
import type { SiteEdition } from '../plugins/editions.ts';

/** What exercises and labs begin with, of an edition: below `files/`, as it lies below `snippets/`. Solutions stand on the pages. */
const BEGINNINGS = ['exercises', 'stack', 'technow'];

export function startingFiles(editions: readonly SiteEdition[]): readonly ArchivedFile[] {
  return editions.flatMap(({ course, prefix }) => BEGINNINGS.flatMap((folder) => {
    const from = join(course.root, 'snippets', folder);
    if (!existsSync(from)) return [];
    return readdirSync(from, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')).sort()
      .filter((name) => statSync(join(from, name)).isFile() && !/(?:^|\/)solution\./.test(name) && !/node_modules|__pycache__/.test(name))
      .map((name) => ({ name: `files/${prefix}${folder}/${name}`, content: readFileSync(join(from, name)) }));
  }));
}

interface ImageFile {
  readonly reference: string;
  readonly version: string;
  readonly standsFor?: string;
}

/** The container images that the course runs, one a line, and how a room without network gets them. */
export function imagesList(root: string): string {
  const folder = join(root, 'harness/images');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'image.json'))).sort() : [];
  const lines = names.map((name) => {
    const { reference, version, standsFor } = JSON.parse(readFileSync(join(folder, name, 'image.json'), 'utf8')) as ImageFile;
    return `${reference.padEnd(48)} ${standsFor === undefined ? name : `${standsFor}, for an older edition`} ${version}`;
  });
  return [
    'Container images of the course.', '', ...lines, '',
    'They are not in this folder. Where there is a network, in a clone of the course:', '', '  npm run images -- --save images.tar.zst', '',
    'and on the machine with a container engine and no network, in a clone of the same state:', '', '  npm run images -- --load images.tar.zst', '',
  ].join('\n');
}

/** What whoever unpacks the archive reads first. */
export function readMe(editions: readonly SiteEdition[], printed: readonly string[]): string {
  return [
    'Incident logbook, offline', '', 'Open index.html in a browser. Nothing needs to be installed, and nothing is asked of a network.',
    'Unpack the whole archive first: a page that is opened inside of it finds no other.', '',
    'Editions:', ...editions.map((edition) => `  ${edition.title}: ${edition.isCurrent ? 'index.html' : `${edition.prefix}index.html`}, verified against ${describeStack({ ...edition })}`), '',
    ...(printed.length === 0 ? [] : ['To print, and for e-readers:', ...printed.map((name) => `  ${name}`), '']),
    'files/      what exercises begin with: code, rules, the stack', 'images.txt  the container images, and how to carry them', '',
  ].join('\n');
}
