/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import MiniSearch from 'minisearch';
import { dataFile, searchOptions, type SearchData, type SearchPart } from './model.ts';

const PAGES = 10;
const PARTS = 3;
const EXCERPT = 160;
const root = document.documentElement.dataset['courseRoot'] ?? './';

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

interface Words {
  readonly parts: readonly SearchPart[];
  readonly index: MiniSearch<SearchPart>;
}
declare global {
  interface Window {
    /** Called by the file with the words: nothing else can be read from a file. */
    courseWords?: (data: SearchData) => void;
  }
}
let words: Promise<Words> | undefined;

/** The words of this page's edition, read when somebody first searches. */
function readWords(): Promise<Words> {
  words ??= new Promise((resolve, reject) => {
    window.courseWords = ({ parts, index }) => resolve({ parts, index: MiniSearch.loadJSON<SearchPart>(index, searchOptions) });
    const script = document.createElement('script');
    script.src = root + dataFile(document.documentElement.lang);
    script.onerror = () => reject(new Error(`${script.src} is missing: unpack the whole archive.`));
    document.head.append(script);
  });
  return words;
}

/** A piece of the text around the first word that was found, the words found marked. */
function excerptOf(text: string, terms: readonly string[]): (Node | string)[] {
  const pattern = new RegExp(`(${terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'gi');
  const first = Math.max(0, text.search(pattern));
  const from = first < 60 ? 0 : text.indexOf(' ', first - 60) + 1;
  const piece = text.slice(from, from + EXCERPT);
  const marked = piece.split(pattern).map((part, at) => (at % 2 === 1 ? element('mark', '', part) : part));
  return [...(from > 0 ? ['… '] : []), ...marked, ...(from + EXCERPT < text.length ? [' …'] : [])];
}

function show({ parts, index }: Words, query: string): readonly HTMLElement[] {
  const pages = new Map<string, { readonly part: SearchPart; readonly terms: readonly string[] }[]>();
  for (const { id, terms } of index.search(query)) {
    const part = parts[id as number];
    if (part === undefined) continue;
    const page = part.address.split('#')[0] as string;
    pages.set(page, [...pages.get(page) ?? [], { part, terms }]);
  }
  const results = [...pages].slice(0, PAGES).map(([page, found]) => element('li', 'offline-result', element('p', 'offline-title', link(page, found[0]?.part.page ?? page)), ...found.slice(0, PARTS).map(({ part, terms }) => element('div', 'offline-part',
    ...(part.heading === '' ? [] : [element('p', 'offline-heading', link(part.address, part.heading))]), element('p', 'offline-excerpt', ...excerptOf(part.text, terms))))));
  const count = pages.size === 0 ? `Nothing found for “${query}”` : `${pages.size} ${pages.size === 1 ? 'page' : 'pages'} with “${query}”${pages.size > PAGES ? `, the first ${PAGES}` : ''}`;
  return [element('p', 'offline-count', count), element('ol', 'offline-results', ...results)];
}

function link(address: string, text: string): HTMLAnchorElement {
  const made = element('a', '', text);
  made.href = root + address;
  return made;
}

/** Starlight's dialog, which asks a file instead of a server. */
class SiteSearch extends HTMLElement {
  connectedCallback(): void {
    const dialog = this.querySelector('dialog');
    const opener = this.querySelector<HTMLButtonElement>('button[data-open-modal]');
    const place = this.querySelector('#starlight__search');
    if (dialog === null || opener === null || place === null || place.childElementCount > 0) return;
    const input = element('input', 'offline-input');
    const drawer = element('div', 'offline-drawer');
    Object.assign(input, { type: 'search', placeholder: 'Search', ariaLabel: 'Search', autocomplete: 'off' });
    drawer.setAttribute('aria-live', 'polite');
    place.append(input, drawer);
    const open = (): void => {
      dialog.showModal();
      document.body.toggleAttribute('data-search-modal-open', true);
      input.focus();
      readWords().catch((error: Error) => drawer.replaceChildren(error.message));
    };
    opener.addEventListener('click', open);
    opener.disabled = false;
    this.querySelector('button[data-close-modal]')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => document.body.toggleAttribute('data-search-modal-open', false));
    // Beside the dialog's frame, or on a result, which may be on this very page.
    dialog.addEventListener('click', ({ target }) => { if (target === dialog || target instanceof Element && target.closest('a') !== null) dialog.close(); });
    addEventListener('keydown', (event) => {
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    });
    input.addEventListener('input', () => void this.#answer(input, drawer));
  }

  async #answer(input: HTMLInputElement, drawer: HTMLElement): Promise<void> {
    const query = input.value.trim();
    const read = await readWords().catch(() => undefined);
    // Somebody types on while the words are read: the last word counts.
    if (read === undefined || query !== input.value.trim()) return;
    drawer.replaceChildren(...(query === '' ? [] : show(read, query)));
  }
}
customElements.define('site-search', SiteSearch);

// What a script writes into a page may lead to `/day-1/labels/`, which is no file.
addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target.closest('a') : null;
  const href = target?.getAttribute('href');
  if (target === null || href?.startsWith('/') !== true || href.startsWith('//')) return;
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(href) ?? [];
  target.href = root + (path.endsWith('/') ? `${path}index.html` : path).slice(1) + rest;
}, { capture: true });
