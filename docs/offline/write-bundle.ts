import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipFiles, type ArchivedFile } from '../build/zip.ts';
import { openEditions } from '../plugins/editions.ts';
import { imagesList, readMe, startingFiles } from './extras.ts';
import { asLocalPage, readSitePage, type SitePage } from './page.ts';
import { classicScripts, searchScript } from './scripts.ts';
import { asLocalStyle } from './styles.ts';
import { wordFiles } from './words.ts';

export interface BundleOptions {
  /** The course's folder; its site is built in `dist`, with what is printed in `dist/print`. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/** The archive, and the one folder in it. */
export const BUNDLE = 'incident-logbook-offline';
/** What only a server is asked for, or a search engine; modules are in what `classicScripts` makes. */
const LEFT_OUT = /^(?:pagefind\/|offline\/|sitemap.*\.xml$|404\.html$|_astro\/.*\.js$|_astro\/.*\.woff2$)/;

/**
 * Writes `dist/offline/incident-logbook-offline.zip`: the whole site as files that a browser opens from a folder or a stick, with search,
 * books, starting files and a list of the images. The same site, the same bytes.
 * @throws Error when the site is not built, or a style names a file that is not there
 */
export async function writeOfflineBundle({ root, say }: BundleOptions): Promise<void> {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`Found no built site in ${dist}, expected its pages. Run \`npm run build\`.`);
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')).filter((name) => !LEFT_OUT.test(name) && statSync(join(dist, name)).isFile()).sort();
  const pages = names.filter((name) => name.endsWith('.html')).map((name) => readSitePage(name, readFileSync(join(dist, name), 'utf8'), dist));
  const editions = openEditions(root);
  const printed = names.filter((name) => name.startsWith('print/'));
  const files = [
    { name: 'README.txt', content: readMe(editions, printed) }, { name: 'images.txt', content: imagesList(root) },
    ...await siteFiles(dist, names, pages), ...startingFiles(editions),
  ];
  const zip = zipFiles(files.map(({ name, content }) => ({ name: `${BUNDLE}/${name}`, content })));
  mkdirSync(join(dist, 'offline'), { recursive: true });
  writeFileSync(join(dist, `offline/${BUNDLE}.zip`), zip);
  say(`dist/offline/${BUNDLE}.zip: ${pages.length} pages, ${(zip.length / 1e6).toFixed(1)} MB`);
}

async function siteFiles(dist: string, names: readonly string[], pages: readonly SitePage[]): Promise<readonly ArchivedFile[]> {
  const scripts = await classicScripts(dist, pages);
  const others = names.filter((name) => !name.endsWith('.html')).map((name): ArchivedFile => {
    const content = readFileSync(join(dist, name));
    return { name, content: name.endsWith('.css') ? asLocalStyle(content.toString('utf8'), name, dist) : content };
  });
  return [
    ...pages.map((page) => ({ name: page.file, content: asLocalPage(page, scripts.scriptOf(page)) })), ...others,
    ...scripts.files, await searchScript(), { name: 'offline/search.css', content: readFileSync(new URL('client/search.css', import.meta.url)) }, ...wordFiles(pages.map(({ words }) => words)),
  ];
}
