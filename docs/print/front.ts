import { pageNumber } from './anchors.ts';
import { make } from './page-source.ts';
import type { ChapterPart } from './chapter.ts';
import { titleOf, type Volume } from './volume.ts';

const PURPOSE = {
  book: 'Every query, rule and program in it was run, and what it answered is printed beneath it.',
  handout: 'Exercises and questions, with space to write. Solutions are on the site and in the book.',
  handbook: 'For whoever teaches: a day, notes, and every question with its answer.',
} as const;

/** Title page: what this is, of which edition, and against what it was verified. */
export function drawTitlePage(owner: Element, volume: Volume): HTMLElement {
  const { edition } = volume;
  const title = make(owner, 'h1', '', titleOf(volume));
  title.setAttribute('aria-level', '1');
  return make(owner, 'section', 'title-page',
    make(owner, 'p', 'course', 'Observability and incident response'),
    title,
    make(owner, 'p', 'purpose', PURPOSE[volume.kind]),
    make(owner, 'p', 'edition', `${edition.title}, verified against ${edition.stack}.`));
}

/** Table of contents by part, with page numbers. */
export function drawContents(owner: Element, contents: readonly ChapterPart[]): HTMLElement {
  const parts = contents.map(({ title, chapters }) => make(owner, 'li', 'contents-part',
    make(owner, 'p', 'contents-title', title),
    make(owner, 'ol', '', ...chapters.map((chapter) => make(owner, 'li', '', entry(owner, chapter.title, chapter.place))))));
  const heading = make(owner, 'h1', '', 'Contents');
  heading.setAttribute('aria-level', '1');
  return make(owner, 'nav', 'contents', heading, make(owner, 'ol', '', ...parts));
}

function entry(owner: Element, title: string, place: string): HTMLElement {
  const link = make(owner, 'a', '', make(owner, 'span', 'entry', title), pageNumber(owner, 'page-no', place));
  link.setAttribute('href', `#${place}`);
  return link;
}
