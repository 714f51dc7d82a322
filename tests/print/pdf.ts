import { readFileSync } from 'node:fs';
import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRef, PDFStream, type PDFObject } from '@cantoo/pdf-lib';
import { extractText, getDocumentProxy } from 'unpdf';
import { placesOf, textOf } from '../../docs/print/places.ts';

/** One element of the tags of a PDF. */
export interface Tag {
  readonly type: string;
  readonly alt: string | undefined;
}
/** A PDF as a test looks at it. */
export interface Pdf {
  readonly document: PDFDocument;
  /** Text of each page. */
  readonly pages: readonly string[];
  /** Titles of the bookmarks with their depth: `1 Day 1`. */
  readonly outline: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly tags: readonly Tag[];
  /** Font name → whether its file is in the PDF. */
  readonly fonts: ReadonlyMap<string, boolean>;
  readonly images: number;
  /** Where the text of each page ends to the right, in points. */
  readonly rightEdges: readonly number[];
  /** Place or address of each link, with the page it stands on. */
  readonly links: readonly { readonly page: number; readonly place: string | undefined; readonly address: string | undefined; readonly words: string | undefined }[];
}
interface Bookmark {
  readonly title: string;
  readonly items: readonly Bookmark[];
}

export async function readPdf(file: string): Promise<Pdf> {
  const bytes = readFileSync(file);
  const document = await PDFDocument.load(bytes, { updateMetadata: false });
  const proxy = await getDocumentProxy(new Uint8Array(bytes));
  const { text } = await extractText(proxy, { mergePages: false });
  const list = (bookmarks: readonly Bookmark[], depth: number): string[] => bookmarks.flatMap(({ title, items }) => [`${depth} ${title}`, ...list(items, depth + 1)]);
  const outline = list((await proxy.getOutline() ?? []) as readonly Bookmark[], 1);
  const objects = document.context.enumerateIndirectObjects().map(([, object]) => object);
  const rightEdges = await Promise.all(text.map(async (_, index) => {
    const { items } = await (await proxy.getPage(index + 1)).getTextContent();
    return Math.max(0, ...items.map((item) => ('str' in item && item.str.trim() !== '' ? Number(item.transform[4]) + item.width : 0)));
  }));
  return { document, rightEdges, pages: text, outline, places: placesOf(document), tags: tagsOf(objects), fonts: fontsOf(objects), images: objects.filter((object) => object instanceof PDFStream && nameIn(object.dict, 'Subtype') === 'Image').length, links: linksOf(document) };
}

function nameIn(dictionary: PDFDict, key: string): string | undefined {
  const value = dictionary.get(PDFName.of(key));
  return value instanceof PDFName ? value.decodeText() : undefined;
}

function tagsOf(objects: readonly PDFObject[]): Tag[] {
  return objects.flatMap((object) => {
    const type = object instanceof PDFDict && object.has(PDFName.of('P')) ? nameIn(object, 'S') : undefined;
    return type === undefined || !(object instanceof PDFDict) ? [] : [{ type, alt: textOf(object.lookup(PDFName.of('Alt'))) }];
  });
}

function fontsOf(objects: readonly PDFObject[]): Map<string, boolean> {
  const descriptors = objects.filter((object): object is PDFDict => object instanceof PDFDict && nameIn(object, 'Type') === 'FontDescriptor');
  return new Map(descriptors.map((dictionary) => [(nameIn(dictionary, 'FontName') ?? '').replace(/^[A-Z]{6}\+/, ''), ['FontFile', 'FontFile2', 'FontFile3'].some((key) => dictionary.has(PDFName.of(key)))]));
}

function linksOf(document: PDFDocument): Pdf['links'] {
  return document.getPages().flatMap(({ node }, index) => (node.lookupMaybe(PDFName.of('Annots'), PDFArray)?.asArray() ?? []).flatMap((entry) => {
    const annotation = entry instanceof PDFRef ? document.context.lookup(entry) : entry;
    if (!(annotation instanceof PDFDict) || nameIn(annotation, 'Subtype') !== 'Link') return [];
    const action = annotation.lookupMaybe(PDFName.of('A'), PDFDict);
    return [{ page: index + 1, place: textOf(annotation.lookup(PDFName.of('Dest'))), address: textOf(action?.lookup(PDFName.of('URI'))), words: textOf(annotation.lookup(PDFName.of('Contents'))) }];
  }));
}
