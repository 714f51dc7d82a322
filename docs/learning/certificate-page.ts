/// <reference lib="dom" />
import { readProofCode } from '../../harness/model/proof-code.ts';
import { editionOf, withEdition } from './progress.ts';
import { changeProgress, KEY, loadProgress } from './storage.ts';

const NAME_KEY = 'course-certificate-name';
const form = document.querySelector<HTMLFormElement>('[data-certificate-form]');
const items = [...document.querySelectorAll<HTMLElement>('[data-proof]')];
const checks = items.map((item) => item.dataset['proof'] ?? '');
const nameField = form?.querySelector<HTMLInputElement>('[name="name"]') ?? null;
const codeField = form?.querySelector<HTMLInputElement>('[name="code"]') ?? null;

function say(text: string): void {
  const place = form?.querySelector('[data-said]');
  if (place) place.textContent = text;
}

/** `2.0/day-1/exercise-logs` → `2.0`, `day-1/exercise-logs` */
function splitCheck(check: string): readonly [edition: string, page: string] {
  const at = check.indexOf('/');
  return [check.slice(0, at), check.slice(at + 1)];
}

/** Kept codes are read anew each time: one that somebody wrote into the storage proves as little as a wrong one. */
function codeOf(check: string): { readonly code: string; readonly day: string } | undefined {
  const [edition, page] = splitCheck(check);
  const code = editionOf(loadProgress(), edition).proofs[page];
  const proof = code === undefined ? undefined : readProofCode(code, checks);
  return code === undefined || proof?.check !== check ? undefined : { code, day: proof.day };
}

const inWords = (day: string): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

function show(): void {
  let count = 0;
  for (const item of items) {
    const proof = codeOf(item.dataset['proof'] ?? '');
    item.toggleAttribute('data-proven', proof !== undefined);
    const when = item.querySelector('[data-when]');
    if (when) when.textContent = proof === undefined ? 'Not proven yet.' : `${inWords(proof.day)}, code ${proof.code}.`;
    if (proof !== undefined) count++;
  }
  const name = nameField?.value.trim() ?? '';
  const heading = document.querySelector('[data-heading]');
  if (heading) heading.textContent = count === 0 ? 'What can be proven' : `${name === '' ? 'Somebody' : name} has proven`;
}

/** The code as it was printed, whatever way it was typed. */
function spell(code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return `${plain.slice(0, 5)}-${plain.slice(5)}`;
}

function addCode(typed: string): void {
  const proof = readProofCode(typed, checks);
  if (proof === undefined) return say(`Found "${typed}", expected two groups of five letters and digits, as npm run exercise printed them. Look for a wrong one.`);
  const [edition, page] = splitCheck(proof.check);
  const kept = changeProgress((progress) => withEdition(progress, edition, (before) => ({ ...before, proofs: { ...before.proofs, [page]: spell(typed) } })));
  say(`Added: ${items[checks.indexOf(proof.check)]?.querySelector('.claim')?.textContent ?? proof.check}${kept === false ? ' This browser keeps nothing, so print it before you leave.' : ''}`);
  if (codeField !== null) codeField.value = '';
  show();
}

function keepName(): void {
  try {
    localStorage.setItem(NAME_KEY, nameField?.value ?? '');
  } catch { /* It is printed all the same. */ }
  show();
}

try {
  if (nameField !== null) nameField.value = localStorage.getItem(NAME_KEY) ?? '';
} catch { /* Typed again, then. */ }
nameField?.addEventListener('input', keepName);
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = codeField?.value.trim() ?? '';
  if (typed !== '') addCode(typed);
});
document.querySelector('[data-print]')?.addEventListener('click', () => print());
addEventListener('storage', ({ key }) => { if (key === KEY || key === null) show(); });
show();
