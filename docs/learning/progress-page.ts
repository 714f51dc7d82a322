/// <reference lib="dom" />
import { editionOf, mergeProgress, nothing, parseProgress, type EditionProgress, type PageProgress, type Progress } from './progress.ts';
import { canStore, changeProgress, KEY, loadProgress } from './storage.ts';

const said = document.querySelector<HTMLElement>('[data-said]');
const say = (text: string): void => { if (said !== null) said.textContent = text; };
const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;
const size = (entries: object | undefined): number => Object.keys(entries ?? {}).length;

function cellsOf({ done, ticks, answers }: PageProgress): Readonly<Record<string, string>> {
  return { done: done === undefined ? '' : 'yes', ticks: size(ticks) === 0 ? '' : String(size(ticks)), answers: size(answers) === 0 ? '' : String(size(answers)) };
}

function summarise({ pages, proofs }: EditionProgress, lessons: number): string {
  const all = Object.values(pages);
  const parts = [`${all.filter(({ done }) => done !== undefined).length} of ${count(lessons, 'page')} done`,
    count(all.reduce((sum, { ticks }) => sum + size(ticks), 0), 'tick'), count(all.reduce((sum, { answers }) => sum + size(answers), 0), 'answer'), `${count(size(proofs), 'exercise')} proven`];
  return `${parts.join(', ')}.`;
}

/** Pages that are not in the edition any more keep what was marked on them, and say so. */
function showGone(line: HTMLElement | null, gone: readonly string[]): void {
  if (line === null) return;
  line.hidden = gone.length === 0;
  line.textContent = `Kept of pages that are not there any more: ${gone.join(', ')}.`;
}

function show(): void {
  const progress = loadProgress();
  for (const section of document.querySelectorAll<HTMLElement>('section[data-edition]')) {
    const edition = editionOf(progress, section.dataset['edition'] ?? '');
    const rows = [...section.querySelectorAll<HTMLElement>('tr[data-page]')];
    for (const row of rows) {
      const cells = cellsOf(edition.pages[row.dataset['page'] ?? ''] ?? {});
      for (const [name, text] of Object.entries(cells)) {
        const cell = row.querySelector(`[data-of="${name}"]`);
        if (cell !== null) cell.textContent = text;
      }
    }
    const summary = section.querySelector('[data-summary]');
    if (summary !== null) summary.textContent = size(edition.pages) + size(edition.proofs) === 0 ? 'Nothing is kept of this edition yet.' : summarise(edition, rows.length);
    const present = new Set(rows.map((row) => row.dataset['page']));
    showGone(section.querySelector('[data-gone]'), Object.keys(edition.pages).filter((id) => !present.has(id)));
  }
}

function saveFile(): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(loadProgress(), undefined, 2)}\n`], { type: 'application/json' }));
  link.download = `course-progress-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  say(`Saved as ${link.download}.`);
}

async function loadFile(file: File): Promise<void> {
  let theirs: Progress;
  try {
    theirs = parseProgress(await file.text());
  } catch (error) {
    return say(`${file.name}: ${error instanceof Error ? error.message : String(error)} Nothing was changed.`);
  }
  const kept = changeProgress((mine) => mergeProgress(mine, theirs));
  say(kept === false ? 'This browser keeps nothing for this page: the file was read, and its marks could not be stored.' : `Added what ${file.name} holds.`);
  show();
}

function forget(): void {
  say(changeProgress(() => nothing) === false ? 'This browser keeps nothing for this page.' : 'Forgotten. Nothing is kept now.');
  show();
}

const dialog = document.querySelector<HTMLDialogElement>('dialog.forget');
const input = document.querySelector<HTMLInputElement>('.progress-tools input[type="file"]');
const actions: Readonly<Record<string, () => void>> = { save: saveFile, load: () => input?.click(), forget: () => dialog?.showModal() };
for (const button of document.querySelectorAll<HTMLButtonElement>('.progress-tools [data-action]')) button.addEventListener('click', () => actions[button.dataset['action'] ?? '']?.());
input?.addEventListener('change', () => {
  const [file] = input.files ?? [];
  // The same file can be chosen again.
  if (file !== undefined) void loadFile(file).finally(() => { input.value = ''; });
});
dialog?.addEventListener('close', () => { if (dialog.returnValue === 'forget') forget(); });
addEventListener('storage', ({ key }) => { if (key === KEY || key === null) show(); });
if (!canStore()) say('This browser keeps nothing for this page: marks and ticks will be gone when you leave it. A private window, or a setting, forbids it.');
show();
