import type { Element } from 'hast';
import { visit } from 'unist-util-visit';
import type { Book, Chapter } from './book.ts';

/** Where links of a book lead: to its own chapters, and for all else to the site. */
export class BookLinks {
  readonly #chapters: ReadonlyMap<string, Chapter>;
  readonly #site: string;

  /** @param site address of the site, without a slash at the end */
  constructor({ parts }: Book, site: string) {
    this.#chapters = new Map(parts.flatMap(({ chapters }) => chapters).map((chapter) => [chapter.address, chapter]));
    this.#site = site;
  }

  /** `/day-1/labels/#price` → `day-1-labels.xhtml#price`; a page that is not in the book keeps its address on the site. */
  leadTo(href: string): string {
    const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
    if (!path.startsWith('/') || path.startsWith('//')) return href;
    const chapter = this.#chapters.get(path);
    return chapter === undefined ? `${this.#site}${href}` : `${chapter.file}${hash}`;
  }

  /** Changes the links of a chapter in place. */
  rewrite(content: readonly Element[]): void {
    for (const part of content) {
      visit(part, 'element', ({ properties }) => {
        if (typeof properties['href'] === 'string') properties['href'] = this.leadTo(properties['href']);
      });
    }
  }
}
