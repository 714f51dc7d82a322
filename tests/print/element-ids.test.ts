import { PDFDict, PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { expect, it } from 'vitest';
import { finish } from '../../docs/print/finish.ts';

/** A table of one header and one cell as Chromium tags it: it names elements by the nodes of its document, and counts these from anywhere. */
async function tagTable(firstNode: number): Promise<PDFDocument> {
  const document = await PDFDocument.create();
  document.addPage();
  const { context, catalog } = document;
  const idOf = (node: number): PDFString => PDFString.of(`node${String(node).padStart(8, '0')}`);
  const head = context.register(context.obj({ Type: 'StructElem', S: 'TH', ID: idOf(firstNode) }));
  const cell = context.register(context.obj({ Type: 'StructElem', S: 'TD', ID: idOf(firstNode + 9), A: [{ O: 'Table', Headers: [idOf(firstNode)] }] }));
  const names = context.register(context.obj({ Limits: [idOf(firstNode), idOf(firstNode + 9)], Names: [idOf(firstNode), head, idOf(firstNode + 9), cell] }));
  catalog.set(PDFName.of('StructTreeRoot'), context.register(context.obj({ Type: 'StructTreeRoot', K: [head, cell], IDTree: { Kids: [names] } })));
  return document;
}

const metadata = { title: 'A course', subject: 'Any stack' };

it('numbers elements by their order: a browser that counts its nodes from elsewhere gives the same bytes', async () => {
  const [one, other] = await Promise.all([99_999, 100_000].map(async (first) => Buffer.from(await finish(await tagTable(first), metadata)).toString('latin1')));
  expect(one === other).toBe(true);
});

it('says the new number wherever an element is named', async () => {
  const document = await PDFDocument.load(await finish(await tagTable(4711), metadata));
  const told: string[] = [];
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    if (object instanceof PDFDict) told.push(...[...object.toString().matchAll(/\(node(\d+)\)/g)].map(([, number = '']) => number));
  }
  expect(told.sort()).toEqual([...Array.from({ length: 4 }, () => '00000001'), ...Array.from({ length: 3 }, () => '00000002')]);
});
