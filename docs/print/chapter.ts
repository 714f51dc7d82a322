import { nameIds } from './anchors.ts';
import { make, parseMain, type PageSource } from './page-source.ts';
import { unfold } from './unfold.ts';
import { placeOf, type VolumePage } from './volume.ts';

/** One chapter of a volume: it begins on a page of its own and has a line in the contents. */
export interface Chapter {
  readonly place: string;
  readonly title: string;
  /** A section with that place as its id. In it, or on it, `data-address` says which page of the site its links start from. */
  readonly element: HTMLElement;
}
export interface ChapterPart {
  readonly title: string;
  readonly chapters: readonly Chapter[];
}

/** A page as it stands in a book: its title, its text, its sources; nothing of the screen, and every id named after the page. */
export function readChapter(page: VolumePage, source: PageSource): HTMLElement {
  const main = parseMain(source);
  unfold(main);
  const title = main.querySelector('.page-title');
  const text = main.querySelector('.sl-markdown-content');
  const sources = main.querySelector('.sources');
  const chapter = make(main, 'section', 'chapter', ...[title, text, sources].filter((part) => part !== null));
  const place = placeOf(page.address);
  nameIds(chapter, place);
  chapter.id = place;
  chapter.dataset['address'] = page.address;
  lowerHeadings(chapter);
  return chapter;
}

/** Parts of a volume are its first level, pages its second: what a page calls its second is the third. Looks stay as they are. */
export function lowerHeadings(chapter: HTMLElement): void {
  for (const heading of chapter.querySelectorAll('h1, h2, h3, h4, h5')) heading.setAttribute('aria-level', String(Number(heading.localName.slice(1)) + 1));
}
