/// <reference lib="dom" />
import { editionOf } from './progress.ts';
import { hrefOf, loadProgress } from './storage.ts';

const home = document.querySelector<HTMLAnchorElement>('a[data-course-home]');

/** Puts the reader's own place into the line that offers the first page to everybody else. */
function showResume(line: HTMLElement): void {
  const titles = JSON.parse(line.dataset['pages'] ?? '{}') as Readonly<Record<string, string>>;
  const { last, pages } = editionOf(loadProgress(), home?.dataset['edition'] ?? '');
  const title = last === undefined ? undefined : titles[last.page];
  const link = line.querySelector('a');
  if (home === null || link === null || last === undefined || title === undefined) return;
  const done = Object.keys(titles).filter((id) => pages[id]?.done !== undefined).length;
  link.href = `${hrefOf(home, last.page)}${last.heading === undefined ? '' : `#${last.heading.id}`}`;
  link.textContent = last.heading === undefined ? title : `${title}: ${last.heading.text}`;
  const label = line.querySelector('span');
  if (label !== null) label.textContent = `Go on where you were, ${done} of ${Object.keys(titles).length} pages done:`;
}

for (const line of document.querySelectorAll<HTMLElement>('[data-resume]')) showResume(line);
