import type { Chapter, ChapterPart } from './chapter.ts';
import { composeHandbook } from './handbook.ts';
import { composeHandout } from './handout.ts';
import type { Volume, VolumePage } from './volume.ts';

/** A page of the site, ready for paper; each call gives elements of its own. */
export type ReadChapter = (page: VolumePage) => HTMLElement;

/** What a volume consists of, in the order of the course. */
export function compose(volume: Volume, read: ReadChapter): readonly ChapterPart[] {
  switch (volume.kind) {
    case 'book': return composeBook(volume, read);
    case 'handout': return composeHandout(volume, read);
    case 'handbook': return composeHandbook(volume, read);
  }
}

/** All pages, but what speaks to whoever teaches. */
function composeBook(volume: Volume, read: ReadChapter): readonly ChapterPart[] {
  return volume.parts.map(({ title, pages }) => ({
    title,
    chapters: pages.map((page): Chapter => {
      const element = read(page);
      for (const note of element.querySelectorAll('.note-instructor')) note.remove();
      return { place: element.id, title: page.title, element };
    }),
  }));
}
