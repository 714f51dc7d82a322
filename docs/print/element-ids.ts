import { PDFArray, PDFDict, PDFName, PDFStream, PDFString, type PDFDocument, type PDFObject } from '@cantoo/pdf-lib';

/** How Chromium names an element: by its node, counted in the browser from a number that differs from one time to the next. */
const NODE = /^node(\d{8})$/;

/** Numbers elements by their order, so that the same pages give the same bytes. */
export function numberElements(document: PDFDocument): void {
  const names = new Set<string>();
  walk(document, (text) => {
    if (NODE.test(text)) names.add(text);
    return undefined;
  });
  // Eight digits: the order of the names is that of the numbers.
  const numbers = new Map([...names].sort().map((name, index) => [name, PDFString.of(`node${String(index + 1).padStart(8, '0')}`)]));
  walk(document, (text) => numbers.get(text));
}

/** Shows every text of the document to `replace`, and puts what it gives in its place. */
function walk(document: PDFDocument, replace: (text: string) => PDFString | undefined): void {
  for (const [, object] of document.context.enumerateIndirectObjects()) walkObject(object, replace);
}

function walkObject(object: PDFObject, replace: (text: string) => PDFString | undefined): void {
  const visit = (value: PDFObject, put: (text: PDFString) => void): void => {
    const text = value instanceof PDFString ? replace(value.asString()) : undefined;
    if (text !== undefined) put(text);
    else if (value instanceof PDFDict || value instanceof PDFArray) walkObject(value, replace);
  };
  if (object instanceof PDFStream) walkObject(object.dict, replace);
  if (object instanceof PDFDict) for (const [key, value] of object.entries()) visit(value, (text) => object.set(key as PDFName, text));
  if (object instanceof PDFArray) object.asArray().forEach((value, index) => visit(value, (text) => object.set(index, text)));
}
