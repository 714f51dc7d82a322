import type { Chapter, ChapterPart } from './chapter.ts';
import type { ReadChapter } from './compose.ts';
import { make } from './page-source.ts';
import { workedOn, type Volume, type VolumePage } from './volume.ts';

/** The schedule of a day, then page by page: what it is for, the notes, every question with its answer; exercises and scenarios whole, with their solutions. */
export function composeHandbook({ parts, scheduleHtml = '' }: Volume, read: ReadChapter): readonly ChapterPart[] {
  const taught = parts.map(({ title, pages }) => ({ title, chapters: pages.flatMap((page) => teach(page, read(page))) })).filter(({ chapters }) => chapters.length > 0);
  const owner = taught[0]?.chapters[0]?.element;
  return owner === undefined ? [] : [{ title: 'The day', chapters: [schedule(owner, scheduleHtml)] }, ...taught];
}

function schedule(owner: Element, html: string): Chapter {
  const heading = make(owner, 'h1', '', 'Schedule');
  heading.setAttribute('aria-level', '2');
  const text = make(owner, 'div', 'sl-markdown-content', make(owner, 'p', '', 'From the minutes of the pages, with a break before any stretch gets longer than a class listens. Discussion comes on top.'));
  text.insertAdjacentHTML('beforeend', html);
  const element = make(owner, 'section', 'chapter', make(owner, 'div', 'page-title', heading), text);
  element.id = 'schedule';
  element.dataset['address'] = '/';
  return { place: element.id, title: 'Schedule', element };
}

function teach(page: VolumePage, element: HTMLElement): Chapter[] {
  const text = element.querySelector('.sl-markdown-content');
  if (text === null) return [];
  const notes = [...element.querySelectorAll('.note')];
  if (workedOn.has(page.kind ?? '')) {
    // What is to be known before the exercise stands before it.
    text.prepend(...notes);
  } else {
    const questions = [...element.querySelectorAll('.ask')];
    if (notes.length + questions.length === 0) return [];
    text.replaceChildren(...notes, ...questions);
    element.querySelector('.sources')?.remove();
  }
  return [{ place: element.id, title: page.title, element }];
}
