import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Element } from 'hast';
import { zipFiles } from '../build/zip.ts';
import { planBooks, readPage, type Book } from './book.ts';
import { bookContent } from './content.ts';
import { BookLinks } from './links.ts';
import { CONTAINER, writeCover, writeNavigation, writePackage, writeTitlePage, type BookDocument } from './package.ts';
import { readPalette, resolveVariables } from './palette.ts';
import { writeXhtml } from './xhtml.ts';

export interface EpubOptions {
  /** The course's folder; its site is built in `dist`. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/**
 * Writes one EPUB 3 for each module of each edition to `dist/print/`, out of the built pages: the same pages, the same bytes.
 * @throws Error naming the page that cannot be a chapter, and what to do
 */
export function writeEpubs({ root, say }: EpubOptions): void {
  const dist = join(root, 'dist');
  const palette = readPalette();
  for (const book of planBooks(root, dist)) {
    const epub = writeEpub(book, dist, palette);
    mkdirSync(join(dist, 'print'), { recursive: true });
    writeFileSync(join(dist, `print/${book.name}.epub`), epub);
    say(`dist/print/${book.name}.epub: ${book.parts.flatMap(({ chapters }) => chapters).length} chapters, ${(epub.length / 1e6).toFixed(1)} MB`);
  }
}

function writeEpub(book: Book, dist: string, palette: ReadonlyMap<string, string>): Uint8Array {
  const links = new BookLinks(book, siteOf(dist, book));
  const documents = book.parts.flatMap(({ chapters }) => chapters).map(({ address, file, title }): BookDocument => {
    const content = bookContent(readPage(dist, address), address);
    links.rewrite(content);
    return { file, xhtml: writeXhtml({ title, body: content as Element[], kind: file === 'glossary.xhtml' ? 'glossary' : 'chapter' }, palette) };
  });
  const css = resolveVariables(readFileSync(new URL('book.css', import.meta.url), 'utf8'), palette);
  return zipFiles([
    { name: 'mimetype', content: 'application/epub+zip' }, { name: 'META-INF/container.xml', content: CONTAINER },
    { name: 'EPUB/package.opf', content: writePackage(book, documents) }, { name: 'EPUB/nav.xhtml', content: writeNavigation(book) },
    { name: 'EPUB/title.xhtml', content: writeTitlePage(book) }, { name: 'EPUB/cover.svg', content: writeCover(book, palette) }, { name: 'EPUB/book.css', content: css },
    ...documents.map(({ file, xhtml }) => ({ name: `EPUB/${file}`, content: xhtml })),
  ]);
}

/** Where the site is published, as its own pages say it (their canonical link). @throws Error when a page says nothing */
function siteOf(dist: string, { name, parts }: Book): string {
  const address = parts[0]?.chapters[0]?.address ?? '/';
  const canonical = /<link rel="canonical" href="([^"]+)"/.exec(readPage(dist, address))?.[1];
  if (canonical?.endsWith(address) !== true) throw new Error(`${name}: found ${canonical ?? 'no canonical link'} on ${address}, expected one that ends in ${address}. Links out of the book need it: set \`site\` in docs/site.ts.`);
  return canonical.slice(0, -address.length);
}
