import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { PDFBool, PDFDict, PDFName, PDFRawStream, decodePDFRawStream } from '@cantoo/pdf-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, writePrintedCourse } from './course.ts';
import { readPdf, type Pdf } from './pdf.ts';

let root: string;
let book: Pdf;
let handout: Pdf;
let handbook: Pdf;
/** Structure types of PDF 1.7 (ISO 32000-1, 14.8.4): PDF/UA-1 wants every other one to say which of them it stands for. */
const STANDARD = /^(?:Document|Part|Art|Sect|Div|BlockQuote|Caption|TOCI?|Index|NonStruct|Private|P|H[1-6]?|L|LI|Lbl|LBody|Table|TR|TH|TD|THead|TBody|TFoot|Span|Quote|Note|Reference|BibEntry|Code|Link|Annot|Figure|Formula|Form)$/;
const fileOf = (suffix = ''): string => join(root, `dist/print/day-1-2.0${suffix}.pdf`);
const textOf = ({ pages }: Pdf): string => pages.join('\n').replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  root = writePrintedCourse('print');
  expect(await build(root)).toMatchObject({ exitCode: 0 });
  [book, handout, handbook] = await Promise.all([readPdf(fileOf()), readPdf(fileOf('-handout')), readPdf(fileOf('-handbook'))]);
}, 300_000);

describe('every volume', () => {
  it('says on every page which edition it is of, against what that is verified, and which page it is', () => {
    for (const { pages } of [book, handout, handbook]) {
      expect(pages.length).toBeGreaterThan(2);
      pages.forEach((text, index) => {
        expect(text).toContain(`${index + 1}Day 1 · Edition 2.0 · Prometheus 3.14.0, Alertmanager 0.31.1, Loki 3.7.6, Jaeger 2.13.0`);
      });
    }
  });
  it('says what it is, in its metadata, with no date in it', () => {
    for (const [{ document }, title] of [[book, 'Day 1, Edition 2.0'], [handout, 'Day 1: participant handout, Edition 2.0'], [handbook, 'Day 1: instructor handbook, Edition 2.0']] as const) {
      expect(document.getTitle()).toBe(title);
      expect(document.getAuthor()).toBe('Observability course');
      expect(document.catalog.lookup(PDFName.of('Lang'))?.toString()).toContain('en');
      expect(document.catalog.lookup(PDFName.of('ViewerPreferences'), PDFDict).lookup(PDFName.of('DisplayDocTitle'))).toBe(PDFBool.True);
      expect([document.getCreationDate(), document.getModificationDate()]).toEqual([undefined, undefined]);
      const metadata = document.catalog.lookup(PDFName.of('Metadata'));
      const xml = metadata instanceof PDFRawStream ? new TextDecoder().decode(decodePDFRawStream(metadata).decode()) : '';
      expect(xml).toContain('<pdfuaid:part>1</pdfuaid:part>');
      expect(xml).toContain(`>${title}<`);
    }
  });
  it('carries its fonts, and draws nothing as pixels', () => {
    for (const { fonts, images } of [book, handout, handbook]) {
      expect([...fonts].filter(([, isEmbedded]) => !isEmbedded)).toEqual([]);
      expect([...fonts.keys()]).toEqual(expect.arrayContaining(['IBMPlexSans-Regular', 'SourceSerif4-Regular']));
      expect(images).toBe(0);
    }
  });
  it('cuts no line: all text ends within the paper\'s margin', () => {
    const A4_WIDTH_PT = 595;
    const MARGIN_PT = 48;
    for (const { rightEdges } of [book, handout, handbook]) expect(rightEdges.filter((edge) => edge > A4_WIDTH_PT - MARGIN_PT + 1)).toEqual([]);
  });
  it('has tags: headings, lists, tables, links; every figure has words', () => {
    const types = new Set(book.tags.map(({ type }) => type));
    for (const type of ['H1', 'H2', 'H3', 'P', 'L', 'LI', 'Table', 'TR', 'TH', 'TD', 'Link', 'Figure']) expect(types).toContain(type);
    for (const { tags } of [book, handout, handbook]) expect(tags.filter(({ type, alt }) => type === 'Figure' && (alt ?? '') === '')).toEqual([]);
  });
  it('says of every tag that PDF 1.7 does not have which one it stands for', () => {
    const types = new Set(book.tags.map(({ type }) => type));
    expect(types).toContain('Aside');
    const roles = book.document.catalog.lookup(PDFName.of('StructTreeRoot'), PDFDict).lookup(PDFName.of('RoleMap'), PDFDict);
    const roleOf = (type: string): string => STANDARD.test(type) ? type : roles.get(PDFName.of(type))?.toString().slice(1) ?? `nothing for ${type}`;
    expect([...types].map(roleOf).filter((role) => !STANDARD.test(role))).toEqual([]);
  });
  it('leads somewhere with every link, and says where', () => {
    for (const { links, places } of [book, handout, handbook]) {
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter(({ place, address }) => (place === undefined ? !/^https:\/\//.test(address ?? '') : !places.has(place)))).toEqual([]);
      expect(links.filter(({ words }) => (words ?? '') === '')).toEqual([]);
    }
  });
});

describe('the book', () => {
  it('has bookmarks: parts, pages in them, headings in these', () => {
    expect(book.outline.slice(0, 5)).toEqual(['1 Day 1', '1 Contents', '1 How slow', '2 Checkout lag', '3 The average sleeps']);
    expect(book.outline).toEqual(expect.arrayContaining(['1 Practise', '2 Find the route', '3 A solution', '1 Glossary']));
  });
  it('has the page of every chapter in its contents, and that of every link beside it', () => {
    const pageOf = (place: string): number => book.places.get(place) ?? 0;
    const contents = (book.pages[1] ?? '').replaceAll(/\s+/g, ' ');
    expect(contents).toContain(`Checkout lag ${pageOf('day-1.checkout-lag')}`);
    expect(contents).toContain(`Find the route ${pageOf('day-1.practise')}`);
    expect(pageOf('day-1.practise')).toBeGreaterThan(pageOf('day-1.checkout-lag'));
    expect(book.pages[pageOf('day-1.practise') - 1]).toContain('Find the route');
    const section = pageOf('day-1.checkout-lag--what-the-logs-say');
    expect(book.pages[section - 1]).toContain('What the logs say');
    expect(textOf(book)).toMatch(new RegExp(`What was slow stands in Checkout lag \\(page ?${section}\\)`));
  });
  it('opens what teaches: answers, options, both languages; the notes of whoever teaches are not in it', () => {
    const text = textOf(book);
    for (const opened of ['The secret suspect', 'The secret solution', 'The secret reason', 'The secret price', 'in TypeScript', 'in Python']) expect(text).toContain(opened);
    expect(text).not.toContain('The note says');
  });
  it('says of each answer whether it ran, and leaves out how that was found', () => {
    const text = textOf(book);
    expect(text).toContain('● ran');
    expect(text).not.toContain('Stored answer');
  });
  it('has the numbers of the site', () => {
    const { window } = new JSDOM(readFileSync(join(root, 'dist/day-1/checkout-lag/index.html'), 'utf8'));
    const text = textOf(book).replaceAll(/\s+/g, '');
    const values = [...window.document.querySelectorAll('main :is(data.quoted, .reading td.number:not(details *))')].map((element) => element.textContent.replaceAll(/\s+/g, ''));
    expect(values.length).toBeGreaterThan(5);
    expect(values.filter((value) => !text.includes(value))).toEqual([]);
  });
});

describe('the handout', () => {
  it('asks, and gives nothing away', () => {
    const text = textOf(handout);
    for (const asked of ['Which route would you suspect?', 'What is asked of every exercise?', 'That it is long.', 'The message says p99. What would you ask first?']) expect(text).toContain(asked);
    expect(text).not.toMatch(/The secret/);
    expect(text).not.toMatch(/A colleague adds the path/);
    expect(text).not.toContain('The note says');
  });
  it('keeps hints for its end', () => {
    const hintPage = handout.pages.findIndex((text) => text.includes('The hint is to look'));
    expect(hintPage).toBe(handout.pages.length - 1);
    expect(handout.outline.at(-1)).toBe('3 Find the route');
  });
});

describe('the handbook', () => {
  it('has the day, the notes, and every question with its answer', () => {
    const text = textOf(handbook);
    for (const told of ['09:00 to 09:12', 'The note says to wait for a minute.', 'Ask before showing the chart', 'The secret solution', 'How slow, for whom, and since when']) expect(text).toContain(told);
    expect(text).not.toContain('A fifth of a second: nobody is paged for that.');
  });
});

describe('printing again', () => {
  it('takes what was printed of the same pages, and gives the same bytes where it prints anew', { timeout: 300_000 }, async () => {
    const before = ['', '-handout', '-handbook'].map((suffix) => readFileSync(fileOf(suffix)));
    expect((await build(root)).said).toContain('3 PDFs in dist/print, 0 of them printed anew.');
    rmSync(join(root, '.cache/print'), { recursive: true });
    expect((await build(root)).said).toContain('3 of them printed anew.');
    expect(['', '-handout', '-handbook'].map((suffix, index) => readFileSync(fileOf(suffix)).equals(before[index] as Buffer))).toEqual([true, true, true]);
  });
  it('is left out for whoever writes, and then nothing leads to it', { timeout: 120_000 }, async () => {
    const { exitCode, said } = await build(root, false);
    expect({ exitCode, hasPrinted: said.includes('PDF') }).toEqual({ exitCode: 0, hasPrinted: false });
    expect(readFileSync(join(root, 'dist/day-1/checkout-lag/index.html'), 'utf8')).not.toContain('/print/');
  });
});
