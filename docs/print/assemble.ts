import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveLinks } from './anchors.ts';
import { readChapter, type ChapterPart } from './chapter.ts';
import { compose } from './compose.ts';
import { drawContents, drawTitlePage } from './front.ts';
import { make, readPageSource, type PageSource } from './page-source.ts';
import { titleOf, type Volume } from './volume.ts';

const sheet = readFileSync(new URL('./volume.css', import.meta.url), 'utf8');

/** What a volume is made of: its pages as they were built, by address. */
export interface VolumeSources {
  readonly pages: ReadonlyMap<string, PageSource>;
  /** Every style sheet of these pages, as one text. */
  readonly styles: string;
}

/** @throws Error when a page of the volume was not built */
export function readSources(dist: string, volume: Volume): VolumeSources {
  const pages = new Map(volume.parts.flatMap((part) => part.pages).map(({ address }) => [address, readPageSource(dist, address)]));
  const files = new Set([...pages.values()].flatMap(({ styleSheets }) => styleSheets));
  const inline = new Set([...pages.values()].flatMap(({ inlineStyles }) => inlineStyles));
  const linked = [...files].map((file) => join(dist, file)).filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  // On a screen a face that comes late is left out; paper waits for it.
  return { pages, styles: [...linked, ...inline].join('\n').replaceAll(/font-display:\s*optional/g, 'font-display:block') };
}

/**
 * A volume as one document: title page, contents, and its chapters by part. Page numbers are still to be written in (`data-to`).
 * @param site where pages that are not printed can be read
 */
export function assemble(volume: Volume, { pages, styles }: VolumeSources, site: string): string {
  const parts = compose(volume, (page) => {
    const source = pages.get(page.address);
    if (source === undefined) throw new Error(`Found no source for ${page.address}, expected one for each page of ${volume.name}.`);
    return readChapter(page, source);
  });
  const chapters = parts.flatMap((part) => part.chapters);
  const [first] = chapters;
  if (first === undefined) throw new Error(`${volume.name} has no page to print.`);
  const owner = first.element;
  markParts(parts);
  const running = nameRunningLines(volume, parts);
  const body = make(owner, 'body', `volume volume-${volume.kind}`, drawTitlePage(owner, volume), drawContents(owner, parts), ...chapters.map(({ element }) => element));
  link(body, site);
  return `<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>${escapeHtml(`${titleOf(volume)}, ${volume.edition.title}`)}</title><style>${styles}</style><style>${sheet}\n${pageRules(volume, running)}</style></head>${body.outerHTML}</html>`;
}

/** Each part begins with its title above that of its first chapter. */
function markParts(parts: readonly ChapterPart[]): void {
  for (const { title, chapters } of parts) {
    const [first] = chapters;
    if (first === undefined) continue;
    const heading = make(first.element, 'h1', 'part', title);
    heading.setAttribute('aria-level', '1');
    first.element.prepend(heading);
  }
}

function link(body: HTMLElement, site: string): void {
  const ids = new Set([...body.querySelectorAll('[id]')].map(({ id }) => id));
  for (const part of body.querySelectorAll<HTMLElement>('[data-address]')) {
    resolveLinks(part, part.dataset['address'] ?? '/', { ids, site });
    delete part.dataset['address'];
  }
}

/** What stands above pages: their chapter's title; in a handbook, whose chapters share pages, their part's. @returns titles, by number of the named page */
function nameRunningLines({ kind }: Volume, parts: readonly ChapterPart[]): readonly string[] {
  const groups: readonly ChapterPart[] = kind === 'handbook' ? parts : parts.flatMap(({ chapters }) => chapters.map((chapter) => ({ title: chapter.title, chapters: [chapter] })));
  groups.forEach(({ chapters }, index) => {
    for (const { element } of chapters) element.style.setProperty('page', `running-${index}`);
  });
  return groups.map(({ title }) => title);
}

/** Running lines: the chapter above, the edition with its stack and the page number below. */
function pageRules({ edition, module }: Volume, running: readonly string[]): string {
  const foot = `@page { @bottom-left { content: ${cssString(`${module} · ${edition.title} · ${edition.stack}`)}; } }`;
  return [foot, ...running.map((title, index) => `@page running-${index} { @top-left { content: ${cssString(title)}; } }`)].join('\n');
}

function cssString(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
