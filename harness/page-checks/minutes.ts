import { definePageCheck, type MarkdownPage } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import { readProse } from './prose.ts';

const rules = {
  minutes: { level: 'error', summary: '`minutes` is far from the time that reading the page takes.' },
} as const satisfies Readonly<Record<string, Rule>>;

/**
 * The guide for authors: minutes are reading minutes at 200 words a minute plus 20 s a block plus the exercise, until a
 * class was timed. 200 is below the 238 words a minute at which adults read English non-fiction silently (Brysbaert 2019,
 * a meta-analysis of 190 studies): technical text is read more slowly.
 */
const WORDS_PER_MINUTE = 200;
const SECONDS_PER_BLOCK = 20;
/** Readers differ by more than this; less would make every edit a change of the frontmatter. */
const TOLERANCE = 0.2;
const TOLERANCE_MINUTES = 2;

/** The frontmatter's `minutes` against the page itself. Where there is something to do, a page may take any longer. */
export const minutes = definePageCheck({
  scope: 'page',
  rules,
  check(page) {
    const said = page.frontmatter['minutes'];
    if (typeof said !== 'number' || !Number.isFinite(said)) return [];
    const { words, blocks } = countReading(page);
    const read = words / WORDS_PER_MINUTE + (blocks * SECONDS_PER_BLOCK) / 60;
    const slack = Math.max(TOLERANCE_MINUTES, read * TOLERANCE);
    const isDone = page.frontmatter['kind'] === 'exercise' || page.frontmatter['kind'] === 'scenario';
    if (said >= read - slack && (isDone || said <= read + slack)) return [];
    const at = page.keys?.get('minutes') ?? { offset: 0, length: 0 };
    const exercise = isDone ? ', plus the time for doing it' : '';
    return [{ rule: 'minutes', at, message: `Found ${said} minutes, expected about ${Math.max(1, Math.round(read))}${exercise}: ${words} ${words === 1 ? 'word' : 'words'} at ${WORDS_PER_MINUTE} a minute, ${blocks} ${blocks === 1 ? 'block' : 'blocks'} at ${SECONDS_PER_BLOCK} s. Correct \`minutes\`, or shorten the page.` }];
  },
});

/** What a reader reads: prose with tables and questions, without notes to the instructor; each block that shows something. */
export function countReading(page: MarkdownPage): { readonly words: number; readonly blocks: number } {
  const read = readProse(page).filter(({ inside }) => !inside.includes('Note:instructor'));
  const words = read.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}\uFFFC][^\s|]*/gu)?.length ?? 0), 0);
  return { words, blocks: page.blocks.filter(({ shownText }) => shownText.trim() !== '').length };
}
