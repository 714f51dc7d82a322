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

function linkTo({ term, means }: GlossaryTerm, text: string, glossaryPage: string) {
  const attributes = Object.entries({ class: 'term', href: `${glossaryPage}#${slug(term)}`, 'data-means': means.replaceAll('`', '') });
  return { type: 'mdxJsxTextElement' as const, name: 'a', attributes: attributes.map(([name, value]) => ({ type: 'mdxJsxAttribute' as const, name, value })), children: [{ type: 'text' as const, value: text }] };
}

/** Text of the page itself: not of a note, a question's folded answer or a table, where a reader comes later or not at all. */
function isReadInOrder(node: Paragraph, context: Context): boolean {
  let parent: ReturnType<Context['parent']> | undefined = context.parent(node);
  while (parent?.type === 'list' || parent?.type === 'listItem') parent = context.parent(parent);
  return parent?.type === 'root';
}

/** What a page's terms are found by. */
interface Linked {
  readonly terms: readonly GlossaryTerm[];
  readonly pattern: RegExp;
  /** Address of the page that explains them. */
  readonly page: string;
}

/** The pieces of a text, each term that the page uses for the first time as a link. */
function split(text: string, { pattern, page }: Linked, unused: Map<string, GlossaryTerm>) {
  const pieces: (Text | ReturnType<typeof linkTo>)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const term = unused.get((match[1] ?? '').toLowerCase());
    // RED and USE are not red and use.
    if (term === undefined || (term.term === term.term.toUpperCase() && match[1] !== term.term)) continue;
    unused.delete(term.term.toLowerCase());
    pieces.push({ type: 'text', value: text.slice(end, match.index) }, linkTo(term, match[0], page));
    end = match.index + match[0].length;
  }
  return end === 0 ? [] : [...pieces, { type: 'text' as const, value: text.slice(end) }];
}

/**
 * Links each term of the glossary where a lesson first uses it; pointing at it, or reaching it by keyboard, says what it means.
 * @param glossaryOf the words of a page's edition, and where they are explained; undefined for a page that is not read from top to bottom
 */
export function linkTerms(glossaryOf: (url: URL | undefined) => { readonly glossary: Glossary; readonly page: string } | undefined): MdastPluginDefinition {
  const known = new WeakMap<Glossary, Linked>();
  const linkedOf = ({ glossary, page }: { readonly glossary: Glossary; readonly page: string }): Linked => {
    const terms = glossary.terms.filter(({ isPlain }) => !isPlain);
    const linked = known.get(glossary) ?? { terms, pattern: patternOf(terms), page };
    known.set(glossary, linked);
    return linked;
  };
  return defineMdastPlugin({
    name: 'course-terms',
    paragraph(node, context) {
      const found = glossaryOf(context.fileURL);
      if (found === undefined || found.glossary.terms.length === 0 || !isReadInOrder(node, context)) return;
      const linked = linkedOf(found);
      context.data.unusedTerms ??= new Map(linked.terms.map((term) => [term.term.toLowerCase(), term]));
      for (const child of node.children) {
        const pieces = child.type === 'text' ? split(child.value, linked, context.data.unusedTerms) : [];
        if (pieces.length > 0) context.replaceNode(child, pieces);
      }
    },
  });
}
