import { createHash } from 'node:crypto';
import { wordsOf } from './words.ts';

/**
 * The id of a sentence that a reader can tick or answer: a hash of its words, ten hex digits. It outlives a move, a reformatting and an edit of
 * anything around it; what becomes of it when the words themselves change is `followEdits`' business.
 * @param within what it is one of, such as the words of the question, so that "Yes" is not the same everywhere
 */
export function itemId(sentence: string, within = ''): string {
  return createHash('sha256').update(`${wordsOf(within)}\n${wordsOf(sentence)}`).digest('hex').slice(0, 10);
}
