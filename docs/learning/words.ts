/** How ticks and answers find their sentences again after a page was edited: see harness/decisions/0033-progress.md. */

/** From this share of common words on, an edited sentence is still the one that was ticked. */
const SAME_FROM = 0.8;

/** The words alone: neither case nor punctuation nor markup nor white space make a sentence another one. */
export function wordsOf(sentence: string): string {
  return sentence.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}%]+/gu, ' ').trim();
}

/** Share of words that two sentences have in common, each counted as often as it stands there (Dice). @returns 0 to 1 */
export function similarity(left: string, right: string): number {
  const [a, b] = [wordsOf(left).split(' '), wordsOf(right).split(' ')];
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) common++;
    counts.set(word, left - 1);
  }
  return (2 * common) / (a.length + b.length);
}

export interface Sentence {
  readonly id: string;
  readonly words: string;
}

/**
 * Which stored sentences stand on the page in other words: each of them at most once, the most alike first.
 * @param present what stands on the page now
 * @param stored what was kept
 * @returns stored id → id on the page; those that are still there under their own id are left out
 */
export function followEdits(present: readonly Sentence[], stored: readonly Sentence[]): ReadonlyMap<string, string> {
  const gone = stored.filter(({ id }) => !present.some((sentence) => sentence.id === id));
  const fresh = present.filter(({ id }) => !stored.some((sentence) => sentence.id === id));
  const pairs = gone.flatMap((from) => fresh.map((to) => ({ from: from.id, to: to.id, share: similarity(from.words, to.words) })))
    .filter(({ share }) => share >= SAME_FROM).sort((a, b) => b.share - a.share);
  const followed = new Map<string, string>();
  for (const { from, to } of pairs) if (!followed.has(from) && ![...followed.values()].includes(to)) followed.set(from, to);
  return followed;
}
