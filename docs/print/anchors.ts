import { make } from './page-source.ts';
import { placeOf } from './volume.ts';

/** Where a page number stands until the first drawing has told it. */
export const UNKNOWN_PAGE = '000';

/** Gives each id of a chapter its page's name in front, so that chapters can stand in one document. Those of drawings are unique already. */
export function nameIds(chapter: HTMLElement, place: string): void {
  const named = (id: string): string => `${place}--${id}`;
  const mayRename = (element: Element): boolean => element.closest('svg') === null;
  for (const element of chapter.querySelectorAll('[id]')) if (mayRename(element)) element.id = named(element.id);
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'for']) {
    for (const element of chapter.querySelectorAll(`[${attribute}]`)) {
      if (mayRename(element)) element.setAttribute(attribute, (element.getAttribute(attribute) ?? '').split(' ').map(named).join(' '));
    }
  }
}

export interface LinkContext {
  /** Every id of the document. */
  readonly ids: ReadonlySet<string>;
  /** Where pages that are not printed can be read: `https://course.example`. */
  readonly site: string;
}

/**
 * Links of a chapter: within the volume they lead to a place and say its page; to what is not in the volume they lead to the site.
 * @param address of the chapter's page
 */
export function resolveLinks(chapter: HTMLElement, address: string, { ids, site }: LinkContext): void {
  for (const link of chapter.querySelectorAll('a[href]')) {
    const href = link.getAttribute('href') ?? '';
    if (!/^[/#]/.test(href)) continue;
    const [path = '', hash] = href.split('#');
    const page = placeOf(path === '' ? address : path);
    const wanted = hash === undefined || hash === '' ? page : `${page}--${decodeURIComponent(hash)}`;
    const place = [wanted, page].find((id) => ids.has(id));
    const isTerm = link.matches('.term');
    if (place !== undefined) {
      link.setAttribute('href', `#${place}`);
      if (!isTerm && !link.matches('[data-footnote-ref], [data-footnote-backref]')) link.append(make(link, 'span', 'page-ref', '\u00a0(page\u00a0', pageNumber(link, '', place), ')'));
    } else if (isTerm) link.replaceWith(...link.childNodes);
    else link.setAttribute('href', `${site}${path === '' ? address : path}${hash === undefined ? '' : `#${hash}`}`);
    link.removeAttribute('data-means');
  }
}

/** A page number that is written in once it is known. @param place id of the element whose page is meant */
export function pageNumber(owner: Element, className: string, place: string): HTMLElement {
  const number = make(owner, 'span', className, UNKNOWN_PAGE);
  number.dataset['to'] = place;
  return number;
}
