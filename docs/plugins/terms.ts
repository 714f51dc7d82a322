import { slug } from 'github-slugger';
import type { Paragraph, Text } from 'mdast';
import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';
import type { Glossary, GlossaryTerm } from '../../harness/model/glossary.ts';

type Context = Parameters<Extract<NonNullable<MdastPluginDefinition['paragraph']>, (...args: never[]) => unknown>>[1];
declare module 'satteri' {
  interface DataMap {
    /** Terms that this page has not used yet, by their spelling in lower case. */
    unusedTerms?: Map<string, GlossaryTerm>;
  }
}

/** Longest first, so that a native histogram is not a histogram; a plural is understood. */
function patternOf(terms: readonly GlossaryTerm[]): RegExp {
  const words = terms.map(({ term }) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).sort((left, right) => right.length - left.length);
  return new RegExp(`(?<![\\p{L}\\d_-])(${words.join('|')})(?:s|es)?(?![\\p{L}\\d_-])`, 'giu');
}

function linkTo({ term, means }: GlossaryTerm, text: string) {
  const attributes = Object.entries({ class: 'term', href: `/glossary/#${slug(term)}`, 'data-means': means.replaceAll('`', '') });
  return { type: 'mdxJsxTextElement' as const, name: 'a', attributes: attributes.map(([name, value]) => ({ type: 'mdxJsxAttribute' as const, name, value })), children: [{ type: 'text' as const, value: text }] };
}

/** Text of the page itself: not of a note, a question's folded answer or a table, where a reader comes later or not at all. */
function isReadInOrder(node: Paragraph, context: Context): boolean {
  let parent: ReturnType<Context['parent']> | undefined = context.parent(node);
  while (parent?.type === 'list' || parent?.type === 'listItem') parent = context.parent(parent);
  return parent?.type === 'root';
}

/** The pieces of a text, each term that the page uses for the first time as a link. */
function split(text: string, pattern: RegExp, unused: Map<string, GlossaryTerm>) {
  const pieces: (Text | ReturnType<typeof linkTo>)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const term = unused.get((match[1] ?? '').toLowerCase());
    // RED and USE are not red and use.
    if (term === undefined || (term.term === term.term.toUpperCase() && match[1] !== term.term)) continue;
    unused.delete(term.term.toLowerCase());
    pieces.push({ type: 'text', value: text.slice(end, match.index) }, linkTo(term, match[0]));
    end = match.index + match[0].length;
  }
  return end === 0 ? [] : [...pieces, { type: 'text' as const, value: text.slice(end) }];
}

/**
 * Links each term of the glossary where a lesson first uses it; pointing at it, or reaching it by keyboard, says what it means.
 * @param isLesson whether the page at this address is one to read from top to bottom
 */
export function linkTerms(glossary: Glossary, isLesson: (url: URL | undefined) => boolean): MdastPluginDefinition {
  const terms = glossary.terms.filter(({ isPlain }) => !isPlain);
  const pattern = patternOf(terms);
  return defineMdastPlugin({
    name: 'course-terms',
    paragraph(node, context) {
      if (terms.length === 0 || !isLesson(context.fileURL) || !isReadInOrder(node, context)) return;
      context.data.unusedTerms ??= new Map(terms.map((term) => [term.term.toLowerCase(), term]));
      for (const child of node.children) {
        const pieces = child.type === 'text' ? split(child.value, pattern, context.data.unusedTerms) : [];
        if (pieces.length > 0) context.replaceNode(child, pieces);
      }
    },
  });
}
