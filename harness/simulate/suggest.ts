import { suggestWord } from '../model/suggest-word.ts';

/** `; did you mean "x"?` or, without a near word, what would be allowed. Ends a message. */
export function suggest(word: string, known: readonly string[]): string {
  const nearest = suggestWord(word, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return known.length === 0 ? 'none is declared here' : `expected one of ${known.map((name) => `"${name}"`).join(', ')}`;
}
