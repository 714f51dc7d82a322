import { PDFCrossRefStream, type PDFDocument } from '@cantoo/pdf-lib';

interface Entry {
  readonly ref: { readonly objectNumber: number };
}
interface Table {
  readonly entries: Entry[];
  appendEntry(entry: Entry): void;
}

// The library looks for the place of each object from the first one on: minutes for the tags of a book. They come in order already, but for a few.
const table = PDFCrossRefStream.prototype as unknown as Table;
const insert = table.appendEntry;
table.appendEntry = function append(this: Table, entry: Entry): void {
  const last = this.entries.at(-1);
  if (last === undefined || last.ref.objectNumber <= entry.ref.objectNumber) this.entries.push(entry);
  else insert.call(this, entry);
};

/** The bytes of a document, its objects packed. */
export async function save(document: PDFDocument): Promise<Uint8Array> {
  return document.save({ useObjectStreams: true, addDefaultPage: false, updateFieldAppearances: false });
}
