import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { writeEpubs } from '../../docs/epub/write-epubs.ts';
import { writeSite } from './pages.ts';

let root: string;
let said: string[];
const bytes = (name: string): Buffer => readFileSync(join(root, `dist/print/${name}.epub`));
const read = (name: string): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(unzipSync(bytes(name))).map(([file, content]) => [file, strFromU8(content)]));
const chapter = (name = 'day-1-2.0'): string => read(name)['EPUB/day-1-labels.xhtml'] ?? '';

beforeAll(() => {
  root = writeSite();
  said = [];
  writeEpubs({ root, say: (line) => said.push(line) });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a book', () => {
  it('is one a module and edition, and says so', () => {
    expect(said).toEqual([expect.stringMatching(/^dist\/print\/day-1-2\.0\.epub: 3 chapters, \d\.\d MB$/), expect.stringMatching(/^dist\/print\/day-1-1\.0\.epub: 3 chapters/)]);
  });
  it('begins with its type, uncompressed, where a reader looks for it', () => {
    expect(bytes('day-1-2.0').subarray(30, 58).toString('latin1')).toBe('mimetypeapplication/epub+zip');
  });
  it('names course, edition and stack on its title page, its cover and in its package', () => {
    const { 'EPUB/title.xhtml': title = '', 'EPUB/cover.svg': cover = '', 'EPUB/package.opf': opf = '' } = read('day-1-1.0');
    for (const text of [title, cover, opf]) expect(text).toContain('Edition 1.0');
    expect(title).toContain('Verified against Prometheus 2.42.0.');
    expect(cover).toContain('Prometheus 2.42.0');
    expect(opf).toMatch(/<dc:title>Incident logbook: Day 1, Edition 1\.0<\/dc:title>/);
  });
  it('lists its parts and chapters in the order of the outline, and what they lead to at the end', () => {
    const { 'EPUB/nav.xhtml': nav = '', 'EPUB/package.opf': opf = '' } = read('day-1-2.0');
    expect([...nav.split('landmarks')[0]!.matchAll(/<(?:span|a[^>]*)>([^<]+)</g)].map(([, text]) => text)).toEqual(['Blind', 'Day 1', 'Labels', 'Look up', 'Glossary']);
    expect([...opf.matchAll(/idref="([^"]+)"/g)].map(([, id]) => id)).toEqual(['title', 'nav', 'c0', 'c1', 'c2']);
  });
  it('is XML in every document', async () => {
    const files = Object.entries(read('day-1-2.0')).filter(([name]) => /\.(?:xhtml|opf|xml|svg)$/.test(name)).map(([fileName, contents]) => ({ fileName, contents }));
    expect(files.length).toBe(8);
    expect((await validateXML({ xml: files, normalization: 'format' })).errors).toEqual([]);
  });
  it('is the same bytes again', () => {
    const before = bytes('day-1-2.0');
    writeEpubs({ root, say: () => undefined });
    expect(bytes('day-1-2.0').equals(before)).toBe(true);
  });
});

describe('a chapter', () => {
  it('leads to other chapters in the book, and to the site for all else', () => {
    expect([...chapter().matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['book.css', 'glossary.xhtml#label', 'day-1-labels.xhtml#price', 'https://course.example/rules/']);
    expect(chapter('day-1-1.0')).toContain('href="https://course.example/1.0/rules/"');
  });
  it('has code as lines of text in colours for paper', () => {
    expect(chapter()).toContain('<pre><code><span style="color:#164a85">sum</span><span style="color:#1d1b18">(up)</span>\n<span style="color:#1d1b18">&#x3C; 2</span></code></pre>');
  });
  it('keeps what can be read, and leaves out what needs a pointer or a script', () => {
    const text = chapter();
    expect(text).toContain('<p class="figure">2.494</p>');
    for (const gone of ['<script', '<button', '<link rel="stylesheet" href="/_astro', 'Section titled', 'data-code', 'class="rail"', 'starlight-tabs', 'hidden']) expect(text).not.toContain(gone);
  });
  it('has what browsers forgive and XHTML does not as XHTML has it', () => {
    expect(chapter()).toContain('<span class="quoted">19 %</span>');
    expect(chapter()).toContain('<figure class="frame is-wrong"><p class="wrong-flag">wrong on purpose</p><pre>');
    expect(chapter()).toContain('<figure class="frame is-wrong"><figcaption class="header"><span class="title">b.ts</span></figcaption><p class="wrong-flag">');
  });
  it('shows each chart once, with colours instead of variables', () => {
    const text = chapter();
    expect(text.match(/aria-label="A chart\."/g)).toHaveLength(1);
    expect(text).not.toContain('var(--');
    expect(text).toMatch(/\.node \{ fill: #[0-9a-f]{6} \}/);
    expect(read('day-1-2.0')['EPUB/package.opf']).toMatch(/href="day-1-labels\.xhtml"[^>]*properties="svg"/);
  });
  it('names what tabs were, and shows them all', () => {
    expect(chapter()).toMatch(/<p class="tab-name">TypeScript<\/p><p>one<\/p>.*<p class="tab-name">Python<\/p><p>two<\/p>/s);
  });
  it('folds the answers of a quiz without a script', () => {
    expect(chapter()).toContain('<details class="quiz-option"><summary>This</summary>');
  });
  it('has no character that XML cannot say', () => {
    expect(chapter()).toContain('\u{fffd}[31mred');
  });
});

it('says which page cannot be a chapter, and what to do', () => {
  const file = join(root, 'dist/day-1/labels/index.html');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('<p class="figure">', '<img src="/a.png"><p class="figure">'));
  expect(() => writeEpubs({ root, say: () => undefined })).toThrow('/day-1/labels/ shows the image /a.png, expected drawings inline');
  writeFileSync(file, whole.replace('sl-markdown-content', 'other'));
  expect(() => writeEpubs({ root, say: () => undefined })).toThrow('/day-1/labels/ was built without a text');
  writeFileSync(file, whole);
});
