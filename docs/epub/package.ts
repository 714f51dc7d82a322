import { createHash } from 'node:crypto';
import { describeStack } from '../edition-pages/edition.ts';
import type { Book } from './book.ts';
import { escapeXml } from './xhtml.ts';

/** A document of a book, as its manifest lists it. */
export interface BookDocument {
  readonly file: string;
  readonly xhtml: string;
}

/** When the book was last changed is what an edition is, not when a machine built it. */
const MODIFIED = '2026-01-01T00:00:00Z';
/** The course, as its title pages name it. */
export const COURSE = 'Incident logbook';

/** `Verified against Prometheus 3.14.0, Alertmanager 0.31.1, Loki 3.7.6, Jaeger 2.13.0` */
export function verifiedAgainst({ edition }: Book): string {
  const stack = describeStack(edition);
  return stack === '' ? 'Every sample was run' : `Verified against ${stack}`;
}

/** `META-INF/container.xml`: where the package document lies. */
export const CONTAINER = '<?xml version="1.0" encoding="utf-8"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n';

/** The same book has the same identifier in every build: what an e-reader keeps bookmarks by. */
function identifierOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  // RFC 9562, version 8: made of a hash of our own.
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const accessibility = [
  ['accessMode', 'textual'], ['accessMode', 'visual'], ['accessModeSufficient', 'textual'], ['accessibilityFeature', 'tableOfContents'], ['accessibilityFeature', 'readingOrder'],
  ['accessibilityFeature', 'structuralNavigation'], ['accessibilityFeature', 'alternativeText'], ['accessibilityHazard', 'none'],
] as const;

/** The package document: what the book is, what is in it, and in which order it is read. */
export function writePackage(book: Book, documents: readonly BookDocument[]): string {
  const items = documents.map(({ file, xhtml }, index) => `    <item id="c${index}" href="${file}" media-type="application/xhtml+xml"${xhtml.includes('<svg') ? ' properties="svg"' : ''}/>`);
  return [
    '<?xml version="1.0" encoding="utf-8"?>', '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">',
    '  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
    `    <dc:identifier id="id">${identifierOf(book.name)}</dc:identifier>`,
    `    <dc:title>${escapeXml(`${COURSE}: ${book.title}, ${book.edition.title}`)}</dc:title>`,
    '    <dc:language>en</dc:language>', '    <dc:creator>TechNow</dc:creator>', `    <dc:description>${escapeXml(verifiedAgainst(book))}.</dc:description>`,
    `    <meta property="dcterms:modified">${MODIFIED}</meta>`,
    ...accessibility.map(([property, value]) => `    <meta property="schema:${property}">${value}</meta>`),
    '    <meta property="schema:accessibilitySummary">Text throughout; charts and diagrams are described in words. What a reader is asked is answered behind a fold, which opens without a script.</meta>',
    '  </metadata>', '  <manifest>',
    '    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>', '    <item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>',
    '    <item id="style" href="book.css" media-type="text/css"/>', '    <item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>', ...items,
    '  </manifest>', '  <spine>', '    <itemref idref="title"/>', '    <itemref idref="nav"/>', ...documents.map((_, index) => `    <itemref idref="c${index}"/>`), '  </spine>', '</package>', '',
  ].join('\n');
}

/** The table of contents: parts, and the chapters of each. */
export function writeNavigation({ parts }: Book): string {
  const groups = parts.map(({ title, chapters }) => `<li><span>${escapeXml(title)}</span><ol>${chapters.map((chapter) => `<li><a href="${chapter.file}">${escapeXml(chapter.title)}</a></li>`).join('')}</ol></li>`);
  const first = parts[0]?.chapters[0]?.file ?? 'title.xhtml';
  return document('Contents', [
    `<nav epub:type="toc" role="doc-toc" id="toc"><h1>Contents</h1><ol>${groups.join('\n')}</ol></nav>`,
    `<nav epub:type="landmarks" hidden="hidden" aria-label="Landmarks"><ol><li><a epub:type="titlepage" href="title.xhtml">Title page</a></li><li><a epub:type="toc" href="#toc">Contents</a></li><li><a epub:type="bodymatter" href="${first}">Start</a></li></ol></nav>`,
  ].join('\n'));
}

/** What the book is, which edition, and what every answer in it was given by. */
export function writeTitlePage(book: Book): string {
  return document(`${COURSE}: ${book.title}`, `<section epub:type="titlepage" class="title-page"><p class="course">${COURSE}</p><h1>${escapeXml(book.title)}</h1><p class="edition">${escapeXml(book.edition.title)}</p><p>${escapeXml(verifiedAgainst(book))}.</p><p>What stands under a query or a program is what a real system answered. A question is answered behind its fold: choose it.</p></section>`);
}

function document(title: string, body: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">\n<head><title>${escapeXml(title)}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>\n<body>${body}</body>\n</html>\n`;
}

/** The cover: paper, a rule, and what is written on the title page. */
export function writeCover(book: Book, palette: ReadonlyMap<string, string>): string {
  const [paper, ink, soft] = ['--paper', '--ink', '--ink-soft'].map((name) => palette.get(name) ?? '#000');
  const line = (y: number, size: number, fill: string | undefined, text: string): string => `<text x="80" y="${y}" font-size="${size}" fill="${fill}">${escapeXml(text)}</text>`;
  const stack = Object.entries(book.edition.stack).map(([name, version], index) => line(1000 + index * 44, 30, soft, `${name.charAt(0).toUpperCase()}${name.slice(1)} ${version}`));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1200" width="800" height="1200" role="img" aria-label="${escapeXml(`${COURSE}: ${book.title}, ${book.edition.title}`)}" font-family="serif">`,
    `<rect width="800" height="1200" fill="${paper}"/><rect x="80" y="180" width="640" height="6" fill="${ink}"/>`,
    line(150, 40, soft, COURSE), line(330, 120, ink, book.title), line(410, 44, soft, book.edition.title), line(940, 30, soft, 'Verified against'), ...stack, '</svg>', '',
  ].join('\n');
}
