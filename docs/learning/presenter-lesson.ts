/// <reference lib="dom" />
import { isPresenterKey, openLine, type Beat, type Message } from './presenter-line.ts';

const button = document.querySelector<HTMLButtonElement>('button[data-presenter]');
let opened: Window | null = null;

const textOf = (element: Element | null): string => element?.textContent?.trim().replace(/\s+/g, ' ') ?? '';

function quizBeat(quiz: Element): Beat {
  const right = [...quiz.querySelectorAll('details[data-option]')].filter((option) => textOf(option.querySelector('summary + p strong')) === 'Yes.').map((option) => textOf(option.querySelector('summary')));
  return { kind: 'quiz', content: textOf(quiz.querySelector('.ask-question')), right };
}

function beatOf(element: Element): Beat {
  if (element.matches('.note')) return { kind: 'note', content: [...element.children].filter((child) => child.localName !== 'summary').map((child) => child.outerHTML).join('') };
  if (element.matches('.quiz')) return quizBeat(element);
  return element.matches('.ask') ? { kind: 'ask', content: textOf(element.querySelector('.ask-question')) } : { kind: 'heading', content: textOf(element) };
}

/** What there is to teach on the page, and where it stands. */
const places = [...document.querySelectorAll('.sl-markdown-content :is(h2, h3, .ask, .note-instructor)')];

/** The last beat whose top is in the upper half of the window; -1 above the first. */
function beatHere(): number {
  if (innerHeight + scrollY >= document.documentElement.scrollHeight - 2) return places.length - 1;
  return places.findLastIndex((place) => place.getBoundingClientRect().top < innerHeight / 2);
}

function describePage(): Message {
  const next = textOf(document.querySelector('.pagination-links a[rel="next"] .link-title'));
  return { kind: 'page', title: textOf(document.querySelector('h1')), minutes: Number(button?.dataset['minutes'] ?? 0), beats: places.map(beatOf), next };
}

function showOpen(isOpen: boolean): void {
  button?.setAttribute('aria-pressed', String(isOpen));
}

const answers: Readonly<Partial<Record<Message['kind'], () => void>>> = {
  // Other lessons may be open in other windows: the notes are those of the one that asked for them.
  ask: () => { if (opened !== null) tellAll(); },
  here: () => showOpen(true),
  close: () => toggle(),
  closed: () => { opened = null; showOpen(false); },
};
const line = button === null ? undefined : openLine(({ kind }) => answers[kind]?.(), () => opened, (asking) => { opened = asking; });
let told = -2;

function tellPlace(): void {
  const beat = beatHere();
  if (beat === told || document.visibilityState === 'hidden') return;
  told = beat;
  line?.send({ kind: 'at', beat });
}

function tellAll(): void {
  if (document.visibilityState === 'hidden') return;
  line?.send(describePage());
  told = -2;
  tellPlace();
}

/** Opens the second window, or closes it. */
function toggle(): void {
  if (button?.getAttribute('aria-pressed') === 'true') {
    line?.send({ kind: 'close' });
    opened?.close();
    opened = null;
    showOpen(false);
    return;
  }
  opened = window.open(button?.dataset['address'] ?? '', 'course-presenter', 'popup,width=560,height=760');
  if (opened === null && button !== null) button.textContent = 'The browser blocked the second window: allow it for this site';
}

if (button !== null) {
  // The address stands in a link, so that it is right however the site is served.
  button.dataset['address'] = document.querySelector<HTMLAnchorElement>('a[data-presenter-address]')?.href ?? '';
  button.addEventListener('click', toggle);
  addEventListener('keydown', (event) => {
    if (!isPresenterKey(event)) return;
    event.preventDefault();
    toggle();
  });
  let isDue = false;
  addEventListener('scroll', () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; tellPlace(); });
  }, { passive: true });
  document.addEventListener('visibilitychange', tellAll);
  // A page that begins while the notes are open takes them over.
  tellAll();
}
