import { suggestWord } from '../../model/suggest-word.ts';

/**
 * The candidate nearest to a misspelt word, for "did you mean"; of equals the first by alphabet.
 * @returns undefined when none is near: more than a third of the word would have to change
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  return suggestWord(word, [...candidates].filter((name) => name !== word).sort());
}

/** ` Did you mean \`x\`?`, or the known names when none is near. Starts with a space, ends with its stop. */
export function hintAt(word: string, candidates: Iterable<string>, shown = 8): string {
  const names = [...candidates].sort();
  const near = suggest(word, names);
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  if (names.length === 0) return '';
  const rest = names.length > shown ? `, and ${names.length - shown} more` : '';
  return ` Known: ${names.slice(0, shown).map((name) => `\`${name}\``).join(', ')}${rest}.`;
}
