import type { Chapter, ChapterPart } from './chapter.ts';
import type { ReadChapter } from './compose.ts';
import { make } from './page-source.ts';
import { workedOn, type Volume, type VolumePage } from './volume.ts';

/** Headings behind which an exercise gives itself away. */
const GIVEN_AWAY = /^(?:(?:a|the|one) )?(?:solutions?|answers?|debrief)\b|^what people get wrong/i;
const HINT = /^hint\b/i;
const LINES = { exercise: 8, question: 4 } as const;

/** Exercises and scenarios without their solutions, then the questions of all other pages, each with space to write, and the hints where nobody reads them by accident. */
export function composeHandout({ parts }: Volume, read: ReadChapter): readonly ChapterPart[] {
  const pages = parts.flatMap((part) => part.pages);
  const work = pages.filter(({ kind }) => workedOn.has(kind ?? '')).map((page) => ({ page, element: read(page) }));
  const hints = work.flatMap(({ page, element }) => takeHints(page, element));
  const exercises = work.map(({ page, element }): Chapter => {
    hideSolutions(element);
    askOnPaper(element, LINES.exercise);
    return { place: element.id, title: page.title, element };
  });
  const asked = pages.filter(({ kind }) => !workedOn.has(kind ?? '')).flatMap((page) => collectQuestions(page, read(page)));
  return [
    { title: 'Exercises', chapters: exercises },
    ...gather('Questions', 'questions', asked),
    ...gather('Hints', 'hints', hints),
  ].filter(({ chapters }) => chapters.length > 0);
}

/** One chapter of pieces of many pages. */
function gather(title: string, place: string, pieces: readonly HTMLElement[]): ChapterPart[] {
  const [first] = pieces;
  if (first === undefined) return [];
  const heading = make(first, 'h1', '', title);
  heading.setAttribute('aria-level', '2');
  const element = make(first, 'section', 'chapter', make(first, 'div', 'page-title', heading), make(first, 'div', 'sl-markdown-content', ...pieces));
  element.id = place;
  return [{ title, chapters: [{ place, title, element }] }];
}

/** A piece of a page under the page's title. */
function piece(page: VolumePage, content: readonly Element[]): HTMLElement[] {
  const [first] = content;
  if (first === undefined) return [];
  const heading = make(first, 'h2', '', page.title);
  heading.setAttribute('aria-level', '3');
  const element = make(first, 'section', 'piece', heading, ...content);
  element.dataset['address'] = page.address;
  return [element];
}

/** Takes the hints out of an exercise: whoever wants none should not see them beside the question. */
function takeHints(page: VolumePage, chapter: HTMLElement): HTMLElement[] {
  const hints = [...chapter.querySelectorAll('.ask')].filter((ask) => HINT.test(ask.querySelector('.ask-question')?.textContent.trim() ?? ''));
  for (const hint of hints) hint.remove();
  return piece(page, hints);
}

function collectQuestions(page: VolumePage, chapter: HTMLElement): HTMLElement[] {
  askOnPaper(chapter, LINES.question);
  return piece(page, [...chapter.querySelectorAll('.ask')]);
}

/** From the first heading of a solution to the next one of its level that gives nothing away. */
function hideSolutions(chapter: HTMLElement): void {
  for (const note of chapter.querySelectorAll('.note')) note.remove();
  const text = chapter.querySelector('.sl-markdown-content');
  let isHidden = false;
  for (const element of [...(text?.children ?? [])]) {
    const heading = element.matches('h2') ? element : element.querySelector(':scope > h2');
    if (heading !== null) isHidden = GIVEN_AWAY.test(heading.textContent.trim());
    // A heading whose hints were taken says where they are.
    if (heading !== null && /^hints\b/i.test(heading.textContent.trim())) element.after(make(element, 'p', '', 'Stand at the end of this handout.'));
    if (isHidden) element.remove();
  }
}

/** Questions ask: answers make room for lines, options for boxes. */
function askOnPaper(chapter: HTMLElement, lines: number): void {
  for (const answer of chapter.querySelectorAll('.ask-answer')) answer.replaceWith(writingSpace(answer, lines));
  for (const quiz of chapter.querySelectorAll('.quiz')) {
    for (const option of quiz.querySelectorAll('.quiz-option')) option.replaceWith(make(option, 'p', 'box', ...(option.querySelector('.fold-title')?.childNodes ?? [])));
    quiz.append(make(quiz, 'p', 'because', 'Because'), writingSpace(quiz, LINES.question - 1));
  }
}

function writingSpace(owner: Element, lines: number): HTMLElement {
  const space = make(owner, 'div', 'writing-space', ...Array.from({ length: lines }, () => make(owner, 'div', 'writing-line')));
  space.setAttribute('aria-hidden', 'true');
  return space;
}
