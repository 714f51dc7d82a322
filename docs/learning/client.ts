/// <reference lib="dom" />
import { editionOf, withEdition, withPage, type Answered, type PageProgress, type Tick } from './progress.ts';
import { changeProgress, hrefOf, KEY, loadProgress } from './storage.ts';
import { followEdits, type Sentence } from './words.ts';

const home = document.querySelector<HTMLAnchorElement>('a[data-course-home]');
const edition = home?.dataset['edition'] ?? '';
/** Empty on pages that are not lessons: nothing is kept of them. */
const page = home?.dataset['page'] ?? '';
const now = (): string => new Date().toISOString();

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('input[data-tick]')];
const wordsBeside = (box: HTMLInputElement): string => box.closest('label')?.textContent?.trim() ?? '';
const questions = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-question]')];
const wordsAsked = (question: HTMLElement): string => question.querySelector('.ask-question')?.textContent?.trim() ?? '';
const optionsOf = (question: HTMLElement): HTMLDetailsElement[] => [...question.querySelectorAll<HTMLDetailsElement>('details[data-option]')];
const wordsOffered = (option: HTMLElement): string => option.querySelector('summary')?.textContent?.trim() ?? '';

function change(edit: (before: PageProgress) => PageProgress): void {
  changeProgress((progress) => withPage(progress, edition, page, edit));
}

/** Keeps or forgets one sentence; the others stay. */
function keepTick(id: string, tick: Tick | undefined): void {
  change(({ ticks = {}, ...rest }) => {
    const { [id]: _, ...others } = ticks;
    return { ...rest, ticks: tick === undefined ? others : { ...others, [id]: tick } };
  });
}

function keepOpened(question: HTMLElement, option: HTMLDetailsElement): void {
  const [asked = '', id = ''] = [question.dataset['question'], option.dataset['option']];
  change((before) => {
    const { words = wordsAsked(question), opened = [] } = before.answers?.[asked] ?? {};
    if (opened.some((known) => known.id === id)) return before;
    const answered: Answered = { words, opened: [...opened, { id, words: wordsOffered(option), at: now() }] };
    return { ...before, answers: { ...before.answers, [asked]: answered } };
  });
  showFirstAnswers();
}

/** Which option was opened first is said beside it. */
function showFirstAnswers(): void {
  const { answers = {} } = editionOf(loadProgress(), edition).pages[page] ?? {};
  for (const question of questions()) {
    const first = answers[question.dataset['question'] ?? '']?.opened[0]?.id;
    for (const option of optionsOf(question)) option.toggleAttribute('data-first', option.dataset['option'] === first);
  }
}

function rename<T>(entries: Readonly<Record<string, T>>, present: readonly Sentence[], edited: (entry: T, words: string) => T): Record<string, T> {
  const stored = Object.entries(entries).map(([id, entry]) => ({ id, words: (entry as { readonly words: string }).words }));
  const followed = followEdits(present, stored);
  const wordsNow = new Map(present.map(({ id, words }) => [id, words]));
  return Object.fromEntries(Object.entries(entries).map(([id, entry]) => {
    const to = followed.get(id);
    return to === undefined ? [id, entry] : [to, edited(entry, wordsNow.get(to) ?? '')];
  }));
}

function renameOptions(answered: Answered, question: HTMLElement | undefined): Answered {
  const present = question === undefined ? [] : optionsOf(question).map((option) => ({ id: option.dataset['option'] ?? '', words: wordsOffered(option) }));
  // An option's id holds its question's words: it is another one as soon as these are edited, though its own words stay.
  const followed = followEdits(present, answered.opened);
  return { ...answered, opened: answered.opened.map((option) => ({ ...option, id: followed.get(option.id) ?? option.id })) };
}

/** Finds what was ticked and answered in sentences that were edited since. */
function followPage(): void {
  const known = editionOf(loadProgress(), edition).pages[page];
  if (known === undefined) return;
  change((before) => {
    const ticks = rename(before.ticks ?? {}, boxes().map((box) => ({ id: box.dataset['tick'] ?? '', words: wordsBeside(box) })), (tick, words) => ({ ...tick, words }));
    const asked = rename(before.answers ?? {}, questions().map((question) => ({ id: question.dataset['question'] ?? '', words: wordsAsked(question) })), (answered, words) => ({ ...answered, words }));
    const answers = Object.fromEntries(Object.entries(asked).map(([id, answered]) => [id, renameOptions(answered, questions().find((question) => question.dataset['question'] === id))]));
    return { ...before, ticks, answers };
  });
}

/** The first heading above the middle of the window, from the bottom: where the reader is. */
function headingHere(): { readonly id: string; readonly text: string } | undefined {
  const above = [...document.querySelectorAll<HTMLElement>('.sl-markdown-content :is(h2, h3)[id]')].filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2);
  const last = above.at(-1);
  return last === undefined || scrollY < 50 ? undefined : { id: last.id, text: last.textContent?.trim() ?? '' };
}

function keepPlace(): void {
  const heading = headingHere();
  changeProgress((progress) => withEdition(progress, edition, (before) => ({ ...before, last: { page, at: now(), ...(heading && { heading }) } })));
}

function showMarks(): void {
  const { pages } = editionOf(loadProgress(), edition);
  const own = pages[page];
  const done = document.querySelector<HTMLInputElement>('input[data-done]');
  if (done !== null) done.checked = own?.done !== undefined;
  for (const box of boxes()) box.checked = own?.ticks?.[box.dataset['tick'] ?? ''] !== undefined;
  if (home === null) return;
  const finished = new Set(Object.entries(pages).filter(([, state]) => state.done !== undefined).map(([id]) => hrefOf(home, id)));
  for (const link of document.querySelectorAll<HTMLAnchorElement>('#starlight__sidebar a')) markLink(link, finished.has(link.href));
}

/** A tick for the eye, and a word for whoever does not see it. */
function markLink(link: HTMLAnchorElement, isDone: boolean): void {
  if (link.hasAttribute('data-done') === isDone) return;
  link.toggleAttribute('data-done', isDone);
  link.querySelector('.done-word')?.remove();
  if (isDone) link.append(Object.assign(document.createElement('span'), { className: 'sr-only done-word', textContent: ', done' }));
}

function listen(): void {
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.dataset['tick'] !== undefined) keepTick(target.dataset['tick'], target.checked ? { words: wordsBeside(target), at: now() } : undefined);
    if (target.dataset['done'] !== undefined) change(({ done: _, ...rest }) => (target.checked ? { ...rest, done: now() } : rest));
    showMarks();
  });
  for (const question of questions()) question.addEventListener('click', ({ target }) => {
    const option = target instanceof Element ? target.closest('summary')?.closest<HTMLDetailsElement>('details[data-option]') : undefined;
    // Not yet open: it is about to be.
    if (option && !option.open) keepOpened(question, option);
  });
  // Neither is sent reliably on every way to leave a page; both together are.
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keepPlace(); });
  addEventListener('pagehide', keepPlace);
}

if (page !== '') {
  followPage();
  listen();
  keepPlace();
}
showMarks();
showFirstAnswers();
// Another window of the same site.
addEventListener('storage', ({ key }) => {
  if (key !== KEY && key !== null) return;
  showMarks();
  showFirstAnswers();
});
