import { definePageCheck, type MarkdownPage, type PageFinding } from '../model/page-check.ts';
import type { Glossary } from '../model/glossary.ts';
import type { Rule } from '../model/diagnostic.ts';
import { FOREIGN, rangeOf, readProse, type Passage } from './prose.ts';

const rules = {
  term: { level: 'error', summary: 'Prose uses a word that the glossary replaces by another.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

interface Vocabulary {
  readonly pattern: RegExp;
  /** Rejected spelling, in lower case and with single spaces → preferred. */
  readonly preferred: ReadonlyMap<string, string>;
}
const vocabularies = new WeakMap<Glossary, Vocabulary>();
/** Keys of the frontmatter that a reader reads as prose. */
const READ_KEYS = ['title', 'description', 'objectives'];

/** Words of the course's field, as `docs/glossary.yml` spells them. Code is never prose. */
export const terms = definePageCheck({
  scope: 'page',
  rules,
  check(page, { glossary }) {
    const vocabulary = vocabularyOf(glossary);
    if (vocabulary.preferred.size === 0) return [];
    return [...checkFrontmatter(page, vocabulary), ...readProse(page).flatMap((passage) => checkPassage(passage, page, vocabulary))];
  },
});

function vocabularyOf(glossary: Glossary): Vocabulary {
  let known = vocabularies.get(glossary);
  if (known === undefined) {
    const preferred = new Map(glossary.terms.flatMap(({ term, not }) => not.map((word) => [word.toLowerCase(), term] as const)));
    // The longest first, so that `alert manager` is not read as `alert`.
    const words = [...preferred.keys()].sort((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '\\s+'));
    known = { preferred, pattern: new RegExp(`(?<![\\p{L}\\p{N}_./-])(${words.join('|')})(s?)(?![\\p{L}\\p{N}_/-]|\\.[\\p{L}])`, 'giu') };
    vocabularies.set(glossary, known);
  }
  return known;
}

function checkPassage(passage: Passage, page: MarkdownPage, vocabulary: Vocabulary): Found[] {
  const prose = passage.parts.map(({ kind, value }) => (kind === 'text' ? value : FOREIGN.repeat(value.length))).join('');
  return findWords(prose, vocabulary).map(({ index, length, message }) => ({ rule: 'term', at: rangeOf(page, passage, index, index + length), message }));
}

function checkFrontmatter({ keys, markdown: { source } }: MarkdownPage, vocabulary: Vocabulary): Found[] {
  const lines = source.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  const starts = [...(keys ?? [])].map(([key, { start }]) => ({ key, line: start.line })).sort((a, b) => a.line - b.line);
  return starts.flatMap(({ key, line }, index) => {
    if (!READ_KEYS.includes(key)) return [];
    const offset = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const text = lines.slice(line - 1, (starts[index + 1]?.line ?? end + 1) - 1).join('\n');
    return findWords(text, vocabulary).map((found): Found => ({ rule: 'term', at: { offset: offset + found.index, length: found.length }, message: found.message }));
  });
}

function findWords(text: string, { pattern, preferred }: Vocabulary): { index: number; length: number; message: string }[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: found, 1: word = '', 2: plural = '', index }) => {
    const term = preferred.get(word.toLowerCase().replace(/\s+/g, ' ')) ?? '';
    // A name is rejected in every case but its own: `PromQl` is, `PromQL` is not.
    if (word === term) return [];
    const written = `${/^\p{Lu}/u.test(word) ? term.charAt(0).toUpperCase() + term.slice(1) : term}${plural}`;
    return [{ index, length: found.length, message: `Found “${found.replace(/\s+/g, ' ')}”, expected “${written}”, the course’s word for it (docs/glossary.yml). Write that, or set it as code if the word itself is meant.` }];
  });
}
