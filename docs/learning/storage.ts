/// <reference lib="dom" />
import { movePages, nothing, parseProgress, type Progress } from './progress.ts';

/** Also read before the page is drawn, by the script in `head-script.astro`. */
export const KEY = 'course-progress';

/** Pages that have another address now, by edition: stands in every page. */
const moved = JSON.parse(document.querySelector<HTMLElement>('a[data-course-home]')?.dataset['moved'] ?? '{}') as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What could not be stored is kept as long as the page is open. */
let unsaved: Progress | undefined;

/** What this browser keeps, under the names that its pages have now. What cannot be read is left where it is and not touched until something is saved. */
export function loadProgress(): Progress {
  if (unsaved !== undefined) return unsaved;
  try {
    const stored = parseProgress(localStorage.getItem(KEY) ?? JSON.stringify(nothing));
    return Object.entries(moved).reduce((progress, [edition, pages]) => movePages(progress, edition, pages), stored);
  } catch {
    return nothing;
  }
}

/**
 * Reads, changes and stores, so that two windows do not undo each other.
 * @returns what is kept now; false where the browser keeps nothing for this page
 */
export function changeProgress(change: (before: Progress) => Progress): Progress | false {
  const after = change(loadProgress());
  try {
    localStorage.setItem(KEY, JSON.stringify(after));
    return after;
  } catch {
    unsaved = after;
    return false;
  }
}

/** Whether this browser keeps anything for this page: not in some private windows, nor with storage turned off. */
export function canStore(): boolean {
  try {
    localStorage.setItem(`${KEY}-try`, '');
    localStorage.removeItem(`${KEY}-try`);
    return true;
  } catch {
    return false;
  }
}

/** Address of a page of this page's edition, in whatever way the site is served: a host, a folder of one, or files. @param id `day-1/checkout-lag` */
export function hrefOf(home: HTMLAnchorElement, id: string): string {
  const isFile = home.href.endsWith('index.html');
  return `${home.href.replace(/index\.html$/, '')}${id}/${isFile ? 'index.html' : ''}`;
}
