import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRef, type PDFObject } from '@cantoo/pdf-lib';

const S = PDFName.of('S');
const K = PDFName.of('K');
const P = PDFName.of('P');
/** Tags of PDF 2.0 that Chromium writes into a PDF 1.7, and what they are there (ISO 32000-1, 14.8.4). */
const ROLES = { Aside: 'Div', Em: 'Span', Strong: 'Span' } as const;

/** Tags as PDF/UA-1 wants them: standard types, and each list item a label and a body. */
export function mendTags(document: PDFDocument): void {
  const { catalog, context } = document;
  const root = catalog.lookupMaybe(PDFName.of('StructTreeRoot'), PDFDict);
  if (root === undefined) throw new Error('Found a PDF without tags, expected Chromium to write them. Is it older than version 130?');
  root.set(PDFName.of('RoleMap'), context.obj(ROLES));
  for (const [ref, object] of context.enumerateIndirectObjects()) if (object instanceof PDFDict && isType(object, 'LI')) giveBody(document, ref, object);
}

function isType(object: PDFObject | undefined, ...types: readonly string[]): boolean {
  const type = object instanceof PDFDict && object.has(P) ? object.get(S) : undefined;
  return type instanceof PDFName && types.includes(type.decodeText());
}

function giveBody(document: PDFDocument, ref: PDFRef, item: PDFDict): void {
  const { context } = document;
  const children = item.lookup(K);
  const kids = children instanceof PDFArray ? children.asArray() : [item.get(K)].filter((kid) => kid !== undefined);
  const rest = kids.filter((kid) => !isType(context.lookup(kid), 'Lbl', 'LBody'));
  if (rest.length === 0) return;
  if (rest.length === kids.length) wrapItem(document, ref, item);
  else wrapRest(document, ref, item, kids.filter((kid) => !rest.includes(kid)), rest);
}

/** Without a label the whole item becomes the body of a new one, so that nothing that points to it has to change. */
function wrapItem({ context }: PDFDocument, ref: PDFRef, item: PDFDict): void {
  const list = item.lookupMaybe(P, PDFDict);
  const listRef = item.get(P);
  if (list === undefined || listRef === undefined) return;
  const outer = context.register(context.obj({ Type: 'StructElem', S: 'LI', P: listRef, K: [ref] }));
  const siblings = list.lookup(K);
  if (siblings instanceof PDFArray) siblings.set(siblings.indexOf(ref) ?? siblings.size(), outer);
  else list.set(K, outer);
  item.set(S, PDFName.of('LBody'));
  item.set(P, outer);
}

/** Beside its label, what is left goes into a body. */
function wrapRest({ context }: PDFDocument, ref: PDFRef, item: PDFDict, kept: readonly PDFObject[], rest: readonly PDFObject[]): void {
  const elements = rest.map((kid) => context.lookup(kid));
  // Content without an element of its own is known to the tree of parents by its item: it cannot be moved.
  if (!elements.every((element) => element instanceof PDFDict && element.has(S))) return;
  const body = context.register(context.obj({ Type: 'StructElem', S: 'LBody', P: ref, K: [...rest] }));
  for (const element of elements) if (element instanceof PDFDict) element.set(P, body);
  item.set(K, context.obj([...kept, body]));
}
