import { make } from './page-source.ts';

/** Belongs to a screen: what is pressed, what leads on, what stands twice. */
const SCREEN_ONLY = 'script, link, template, .copy, .sl-anchor-link, mobile-starlight-toc, site-search, footer, .volumes, .mutants, .rail, .chart .narrow, starlight-tabs-restore';

/**
 * Makes paper of a page, in place. Folds stand open where they teach (answers, options, notes, messages). What is looked up stays away: the
 * rows behind the first, the fields of a line or of a span, the numbers of a chart, how a mark was earned.
 */
export function unfold(main: HTMLElement): void {
  for (const element of main.querySelectorAll(SCREEN_ONLY)) element.remove();
  for (const element of main.querySelectorAll('[tabindex]')) element.removeAttribute('tabindex');
  keepWhatChanged(main);
  openTabs(main);
  printMarks(main);
  leaveOutWhatIsLookedUp(main);
  openFolds(main);
  printCode(main);
}

/** Which edition this is stands on every page of a volume; what changed since its page was written stands nowhere else. */
function keepWhatChanged(main: HTMLElement): void {
  for (const notice of main.querySelectorAll('.edition-notice')) {
    notice.querySelector('p')?.remove();
    if (notice.childElementCount === 0) notice.remove();
  }
}

/** Each language under its name. */
function openTabs(main: HTMLElement): void {
  for (const tabs of main.querySelectorAll('starlight-tabs')) {
    const labels = [...tabs.querySelectorAll(':scope > .tablist-wrapper [role=tab]')].map((tab) => tab.textContent.trim());
    const panels = [...tabs.querySelectorAll(':scope > [role=tabpanel]')];
    tabs.replaceWith(...panels.map((panel, index) => make(panel, 'div', 'tab', make(panel, 'p', 'tab-label', labels[index] ?? ''), ...panel.childNodes)));
  }
}

/** `● ran`, without what a screen opens beneath it. */
function printMarks(main: HTMLElement): void {
  for (const mark of main.querySelectorAll('details.mark')) mark.replaceWith(make(mark, 'p', mark.className, mark.querySelector('summary')?.textContent ?? ''));
}

function leaveOutWhatIsLookedUp(main: HTMLElement): void {
  for (const rest of main.querySelectorAll('.reading details.rest')) rest.replaceWith(make(rest, 'p', 'left-out', `… and ${rest.querySelector('summary')?.textContent ?? 'more'}, on the site`));
  for (const numbers of main.querySelectorAll('.reading details.numbers')) {
    const summary = numbers.querySelector('.summary');
    numbers.replaceWith(...(summary === null ? [] : [summary]));
  }
  for (const details of main.querySelectorAll('.reading :is(.log-line, .span) > details')) {
    const summary = details.querySelector(':scope > summary');
    details.replaceWith(...(summary === null ? [] : [make(details, 'div', `line ${summary.className}`, ...summary.childNodes)]));
  }
}

/** A fold that teaches becomes its title and what it holds. */
function openFolds(main: HTMLElement): void {
  for (const details of [...main.querySelectorAll('details')].reverse()) {
    const summary = details.querySelector(':scope > summary');
    const title = summary === null ? [] : [make(details, 'p', 'fold-title', ...summary.childNodes)];
    summary?.remove();
    details.replaceWith(make(details, 'div', details.className, ...(details.matches('.ask-answer') ? [] : title), ...details.childNodes));
  }
}

/** Code as text: lines that a change adds or removes keep their sign, the rest needs no element of its own. */
function printCode(main: HTMLElement): void {
  for (const code of main.querySelectorAll('.expressive-code pre > code')) {
    const lines = [...code.querySelectorAll(':scope > .ec-line')];
    const hasSigns = lines.some((line) => line.matches('.ins, .del'));
    const sign = (line: Element): string => (!hasSigns ? '' : line.matches('.ins') ? '+ ' : line.matches('.del') ? '- ' : '  ');
    code.replaceChildren(...lines.map((line) => {
      const text = `${sign(line)}${(line.querySelector('.code')?.textContent ?? line.textContent).replace(/\n$/, '')}`;
      return make(line, 'span', `code-line ${line.matches('.ins, .del, .mark') ? line.className : ''}`.trim(), text);
    }));
  }
  for (const frame of main.querySelectorAll('.expressive-code > figure')) {
    const title = frame.querySelector('figcaption .title')?.textContent ?? '';
    frame.querySelector('figcaption')?.remove();
    frame.replaceWith(make(frame, 'div', frame.className, ...(title.trim() === '' ? [] : [make(frame, 'p', 'code-title', title)]), ...frame.childNodes));
  }
  // The drawing itself is the figure that has words.
  for (const figure of main.querySelectorAll('figure.drawing')) figure.replaceWith(make(figure, 'div', figure.className, ...figure.childNodes));
  for (const pre of main.querySelectorAll('pre')) pre.removeAttribute('aria-label');
}
