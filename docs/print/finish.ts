import { PDFArray, PDFBool, PDFDict, PDFHexString, PDFName, PDFRef, type PDFDocument } from '@cantoo/pdf-lib';
import { markArtifacts } from './artifacts.ts';
import { numberElements } from './element-ids.ts';
import { hashOf } from './page-source.ts';
import { textOf } from './places.ts';
import { save } from './save.ts';
import { mendTags } from './tags.ts';

export interface Metadata {
  readonly title: string;
  readonly subject: string;
}
const AUTHOR = 'Observability course';
const PRODUCER = 'observability-course';
const LANGUAGE = 'en';

/**
 * What Chromium leaves out: the metadata of a tagged document (PDF/UA-1), words for each link, tab order. Dates are taken out, since the
 * same pages are to give the same bytes; the edition says what is newer.
 */
export async function finish(document: PDFDocument, metadata: Metadata): Promise<Uint8Array> {
  describeDocument(document, metadata);
  mendBookmarks(document.catalog.lookupMaybe(PDFName.of('Outlines'), PDFDict));
  numberElements(document);
  mendTags(document);
  markArtifacts(document);
  for (const page of document.getPages()) {
    page.node.set(PDFName.of('Tabs'), PDFName.of('S'));
    describeLinks(document, page.node.lookupMaybe(PDFName.of('Annots'), PDFArray));
  }
  const id = PDFHexString.of(hashOf(metadata.title, metadata.subject).slice(0, 32));
  document.context.trailerInfo.ID = document.context.obj([id, id]);
  return save(document);
}

function describeDocument(document: PDFDocument, { title, subject }: Metadata): void {
  document.setTitle(title, { showInWindowTitleBar: true });
  document.setAuthor(AUTHOR);
  document.setSubject(subject);
  document.setProducer(PRODUCER);
  document.setCreator(PRODUCER);
  document.setLanguage(LANGUAGE);
  const info = document.context.lookupMaybe(document.context.trailerInfo.Info, PDFDict);
  for (const name of ['CreationDate', 'ModDate']) info?.delete(PDFName.of(name));
  const { catalog, context } = document;
  catalog.set(PDFName.of('MarkInfo'), context.obj({ Marked: PDFBool.True }));
  const stream = context.stream(xmpOf({ title, subject }), { Type: 'Metadata', Subtype: 'XML' });
  catalog.set(PDFName.of('Metadata'), context.register(stream));
}

/** A heading that begins a page is told twice by Chromium, `ContentsContents`: once for the page on which it found no room. */
function mendBookmarks(parent: PDFDict | undefined): void {
  for (let bookmark = parent?.lookupMaybe(PDFName.of('First'), PDFDict); bookmark !== undefined; bookmark = bookmark.lookupMaybe(PDFName.of('Next'), PDFDict)) {
    const title = textOf(bookmark.lookup(PDFName.of('Title'))) ?? '';
    bookmark.set(PDFName.of('Title'), PDFHexString.fromText(/^(.+)\1$/s.exec(title)?.[1] ?? title));
    mendBookmarks(bookmark);
  }
}

/** What a link leads to, in words: required of each by PDF/UA-1 (7.18.5). */
function describeLinks(document: PDFDocument, annotations: PDFArray | undefined): void {
  for (const entry of annotations?.asArray() ?? []) {
    const annotation = entry instanceof PDFRef ? document.context.lookup(entry) : entry;
    if (!(annotation instanceof PDFDict) || annotation.get(PDFName.of('Contents')) !== undefined) continue;
    const action = annotation.lookupMaybe(PDFName.of('A'), PDFDict);
    const address = textOf(action?.lookup(PDFName.of('URI')));
    const place = textOf(annotation.lookup(PDFName.of('Dest'))) ?? textOf(action?.lookup(PDFName.of('D')));
    annotation.set(PDFName.of('Contents'), PDFHexString.fromText(address ?? (place === undefined ? 'Link' : `To ${place}`)));
  }
}

/** Metadata as RDF, with the mark of PDF/UA-1. */
function xmpOf({ title, subject }: Metadata): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${AUTHOR}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escape(subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>${LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>${PRODUCER}</pdf:Producer>
<xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}
