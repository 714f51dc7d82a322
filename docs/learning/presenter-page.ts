/// <reference lib="dom" />
import { isPresenterKey, openLine, type Beat, type Message } from './presenter-line.ts';

const list = document.querySelector<HTMLElement>('[data-beats]');
const title = document.querySelector<HTMLElement>('[data-title]');
const next = document.querySelector<HTMLElement>('[data-next]');
const timer = document.querySelector<HTMLElement>('[data-timer]');
let beganMs = Date.now();
let minutes = 0;

const labels: Readonly<Record<Beat['kind'], string>> = { heading: '', ask: 'Ask', quiz: 'Vote', note: 'Note' };

function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

function drawBeat({ kind, content, right = [] }: Beat): HTMLElement {
  if (kind === 'heading') return element('li', 'beat beat-heading', content);
  const item = element('li', `beat beat-${kind}`, element('p', 'beat-label', labels[kind]));
  if (kind === 'note') {
    const note = element('div', 'beat-words');
    // HTML of our own lesson, from a window of the same origin, or the one that opened this.
    note.innerHTML = content;
    item.append(note);
  } else item.append(element('p', 'beat-question', content));
  for (const option of right) item.append(element('p', 'beat-right', `Right: ${option}`));
  return item;
}

function drawPage({ title: name, minutes: planned, beats, next: following }: Extract<Message, { kind: 'page' }>): void {
  // The same page again, as when its window is looked at again: neither the clock nor the list begins anew.
  if (title?.textContent === name && list?.childElementCount === beats.length) return;
  if (title !== null) title.textContent = name;
  if (next !== null) next.textContent = following === '' ? '' : `Then: ${following}`;
  list?.replaceChildren(...beats.map(drawBeat));
  if (beats.length === 0) list?.append(element('li', 'beat', 'Nothing on this page is for the instructor.'));
  document.title = `${name}: notes`;
  beganMs = Date.now();
  minutes = planned;
  showTime();
}

/** The beat that the other window is at is marked, and seen. */
function showPlace(at: number): void {
  for (const [index, item] of [...list?.children ?? []].entries()) {
    if (index !== at) { item.removeAttribute('aria-current'); continue; }
    item.setAttribute('aria-current', 'true');
    item.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }
}

function showTime(): void {
  const seconds = Math.floor((Date.now() - beganMs) / 1000);
  if (timer !== null) timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${minutes > 0 ? ` of ${minutes} min` : ''}`;
}

const line = openLine((message) => {
  if (message.kind === 'page') { drawPage(message); line.send({ kind: 'here' }); }
  if (message.kind === 'at') showPlace(message.beat);
  if (message.kind === 'close') window.close();
}, () => window.opener as Window | null);

addEventListener('keydown', (event) => {
  if (!isPresenterKey(event) && event.key !== 'Escape') return;
  event.preventDefault();
  window.close();
});
document.querySelector('[data-close]')?.addEventListener('click', () => window.close());
addEventListener('pagehide', () => line.send({ kind: 'closed' }));
setInterval(showTime, 1000);
line.send({ kind: 'ask' });
// A lesson that is a file does not know this window after its reader went on to the next page; it has to be asked.
if (location.protocol === 'file:') setInterval(() => line.send({ kind: 'ask' }), 1000);
