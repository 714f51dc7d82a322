/** What a reader's browser keeps, and what an export holds. Pure: it runs in the browser and in tests. */

export const FORMAT = 'course-progress';
/** Raised when the shape changes; `upgrades` then gets an entry, and a fixture of the version before it stays loadable. */
export const VERSION = 1;

/** A sentence that the reader ticked; its words are kept so that the tick is found again when they are edited. */
export interface Tick {
  readonly words: string;
  /** ISO 8601. */
  readonly at: string;
}
/** A question with the options that were opened, the first of which is the reader's answer. */
export interface Answered {
  readonly words: string;
  readonly opened: readonly (Tick & { readonly id: string })[];
}
export interface PageProgress {
  /** ISO 8601; missing as long as the reader has not said so. */
  readonly done?: string;
  readonly ticks?: Readonly<Record<string, Tick>>;
  readonly answers?: Readonly<Record<string, Answered>>;
}
/** Where the reader was last: the page, and the heading at the top of the window. */
export interface Place {
  readonly page: string;
  readonly at: string;
  readonly heading?: { readonly id: string; readonly text: string };
}
export interface EditionProgress {
  readonly last?: Place;
  /** By page id, `day-1/checkout-lag`: the address within its edition. */
  readonly pages: Readonly<Record<string, PageProgress>>;
  /** By check, `day-1/exercise-logs`: the code that it printed when it passed. */
  readonly proofs: Readonly<Record<string, string>>;
}
export interface Progress {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly editions: Readonly<Record<string, EditionProgress>>;
}

export const nothing: Progress = { format: FORMAT, version: VERSION, editions: {} };
const emptyEdition: EditionProgress = { pages: {}, proofs: {} };

/** From version n to n + 1. Version 1 is the first. */
const upgrades: Readonly<Record<number, (old: Fields) => Fields>> = {};

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text is never longer than a sentence: an import must not fill the browser's storage. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 1000 ? value : undefined;
}

/** Only what is understood is taken over, entry by entry: the rest of a file that somebody edited still counts. */
function mapFields<T>(value: unknown, read: (entry: Fields) => T | undefined): Record<string, T> {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, entry]): [string, T][] => {
    const one = key !== '__proto__' && isFields(entry) ? read(entry) : undefined;
    return one === undefined ? [] : [[key, one]];
  }));
}

function readTick({ words, at }: Fields): Tick | undefined {
  const [said, when] = [text(words), text(at)];
  return said === undefined || when === undefined ? undefined : { words: said, at: when };
}

function readAnswered({ words, opened }: Fields): Answered | undefined {
  const said = text(words);
  if (said === undefined || !Array.isArray(opened)) return undefined;
  return { words: said, opened: opened.flatMap((option: unknown) => {
    const [id, tick] = isFields(option) ? [text(option['id']), readTick(option)] : [undefined, undefined];
    return id === undefined || tick === undefined ? [] : [{ id, ...tick }];
  }) };
}

function readPage({ done, ticks, answers }: Fields): PageProgress {
  const at = text(done);
  return { ...(at !== undefined && { done: at }), ticks: mapFields(ticks, readTick), answers: mapFields(answers, readAnswered) };
}

function readPlace(value: unknown): Place | undefined {
  if (!isFields(value)) return undefined;
  const [page, at] = [text(value['page']), text(value['at'])];
  if (page === undefined || at === undefined) return undefined;
  const { id, text: words } = isFields(value['heading']) ? value['heading'] : {};
  return { page, at, ...(typeof id === 'string' && typeof words === 'string' && { heading: { id, text: words } }) };
}

function readEdition({ last, pages, proofs }: Fields): EditionProgress {
  const place = readPlace(last);
  const codes = isFields(proofs) ? Object.entries(proofs).filter((entry): entry is [string, string] => text(entry[1]) !== undefined) : [];
  return { ...(place && { last: place }), pages: mapFields(pages, readPage), proofs: Object.fromEntries(codes) };
}

/**
 * Reads what was stored or exported, also by an older version of the site.
 * @throws Error in the words of a message to the reader when it is no such file, or one of a newer version
 */
export function parseProgress(json: string): Progress {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('Found a file that is not JSON, expected one that this page exported. Choose the file that you saved.');
  }
  if (!isFields(value) || value['format'] !== FORMAT) throw new Error(`Found JSON of another kind, expected "format": "${FORMAT}". Choose the file that this page exported.`);
  const version = value['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw new Error(`Found version ${JSON.stringify(version)}, expected a whole number from 1 on. Export it again.`);
  if (version > VERSION) throw new Error(`Found version ${version}, expected at most ${VERSION}: a newer site wrote this file. Import it there.`);
  let fields: Fields = value;
  for (let from = version; from < VERSION; from++) fields = upgrades[from]?.(fields) ?? fields;
  return { format: FORMAT, version: VERSION, editions: mapFields(fields['editions'], readEdition) };
}

export function editionOf(progress: Progress, edition: string): EditionProgress {
  return progress.editions[edition] ?? emptyEdition;
}

/** The same progress with one edition changed. */
export function withEdition(progress: Progress, edition: string, change: (before: EditionProgress) => EditionProgress): Progress {
  return { ...progress, editions: { ...progress.editions, [edition]: change(editionOf(progress, edition)) } };
}

/** The same progress with one page changed. */
export function withPage(progress: Progress, edition: string, page: string, change: (before: PageProgress) => PageProgress): Progress {
  return withEdition(progress, edition, (before) => ({ ...before, pages: { ...before.pages, [page]: change(before.pages[page] ?? {}) } }));
}

/** The same progress with what was kept of pages under the names that they have now. @param moved id that a page had → id that it has */
export function movePages(progress: Progress, edition: string, moved: Readonly<Record<string, string>>): Progress {
  const before = progress.editions[edition];
  if (before === undefined) return progress;
  const now = (id: string): string => (Object.hasOwn(moved, id) ? moved[id] ?? id : id);
  const pages: Record<string, PageProgress> = {};
  // What was done under the new name stays where both hold the same: it comes first.
  const entries = Object.entries(before.pages).toSorted(([left], [right]) => Number(now(left) !== left) - Number(now(right) !== right));
  for (const [id, page] of entries) pages[now(id)] = mergePages(pages[now(id)] ?? {}, page);
  const proofs = Object.fromEntries([...Object.entries(before.proofs).map(([id, code]) => [now(id), code] as const), ...Object.entries(before.proofs).filter(([id]) => now(id) === id)]);
  const last = before.last && { ...before.last, page: now(before.last.page) };
  return withEdition(progress, edition, () => ({ ...(last && { last }), pages, proofs }));
}

function mergePages(mine: PageProgress, theirs: PageProgress): PageProgress {
  const done = mine.done ?? theirs.done;
  return { ...(done !== undefined && { done }), ticks: { ...theirs.ticks, ...mine.ticks }, answers: { ...theirs.answers, ...mine.answers } };
}

function mergeEditions(mine: EditionProgress, theirs: EditionProgress): EditionProgress {
  const last = [mine.last, theirs.last].filter((place) => place !== undefined).toSorted((a, b) => b.at.localeCompare(a.at))[0];
  const ids = Object.keys({ ...theirs.pages, ...mine.pages });
  const pages = Object.fromEntries(ids.map((id) => [id, mergePages(mine.pages[id] ?? {}, theirs.pages[id] ?? {})]));
  return { ...(last && { last }), pages, proofs: { ...theirs.proofs, ...mine.proofs } };
}

/** What either of two holds; where both answered the same question, the one that is here stays. Nothing is ever taken away. */
export function mergeProgress(mine: Progress, theirs: Progress): Progress {
  const ids = Object.keys({ ...theirs.editions, ...mine.editions });
  return { ...mine, editions: Object.fromEntries(ids.map((id) => [id, mergeEditions(editionOf(mine, id), editionOf(theirs, id))])) };
}
