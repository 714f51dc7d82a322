import { PDFArray, PDFDocument, PDFName, PDFRawStream, PDFRef, decodePDFRawStream, type PDFObject, type PDFPage } from '@cantoo/pdf-lib';

/**
 * Marks what carries no meaning: running lines, rules, backgrounds, bars. Chromium tags what has a meaning and marks nothing else, and
 * PDF/UA-1 (7.1) wants each mark on the page to be the one or the other.
 */
export function markArtifacts(document: PDFDocument): void {
  for (const page of document.getPages()) {
    const content = readContent(document, page);
    for (const ref of refsOf(page)) document.context.delete(ref);
    page.node.set(PDFName.of('Contents'), document.context.register(document.context.flateStream(Buffer.from(markIn(content), 'latin1'))));
  }
}

/** Chromium writes an operator a line, and begins no tagged sequence inside a text object; one without an MCID belongs to no tag. */
export function markIn(content: string): string {
  const lines: string[] = [];
  let depth = 0;
  let untagged: string[] = [];
  const close = (): void => {
    if (untagged.length > 0) lines.push('/Artifact BMC', ...untagged, 'EMC');
    untagged = [];
  };
  for (const line of content.split('\n')) {
    const begins = /\b(?:BDC|BMC)$/.test(line);
    if (begins && depth === 0 && line.includes('/MCID')) close();
    if (begins && (depth > 0 || line.includes('/MCID'))) depth += 1;
    if (depth > 0) lines.push(line);
    else if (line !== '') untagged.push(line);
    if (depth > 0 && /(?:^|\s)EMC$/.test(line)) depth -= 1;
  }
  close();
  return lines.join('\n');
}

function refsOf(page: PDFPage): PDFRef[] {
  const contents = page.node.get(PDFName.of('Contents'));
  return (contents instanceof PDFArray ? contents.asArray() : [contents]).filter((ref) => ref instanceof PDFRef);
}

function readContent(document: PDFDocument, page: PDFPage): string {
  const contents = page.node.get(PDFName.of('Contents'));
  const lookUp = (object: PDFObject | undefined): PDFObject | undefined => (object instanceof PDFRef ? document.context.lookup(object) : object);
  const found = lookUp(contents);
  const streams = found instanceof PDFArray ? found.asArray().map(lookUp) : [found];
  return streams.map((stream) => (stream instanceof PDFRawStream ? Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1') : '')).join('\n');
}
