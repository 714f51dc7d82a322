import type { Root } from 'mdast';
import type { Page } from './block.ts';
import type { Diagnostic, Rule } from './diagnostic.ts';
import type { Place, TextRange } from './place.ts';
import type { Glossary } from './glossary.ts';

/** A page that is MDX: its text, and what the parser made of it. */
export type MarkdownPage = Page & { readonly markdown: PageMarkdown };
export interface PageMarkdown {
  /** As parsed: without a byte order mark. Offsets of the tree count in it. */
  readonly source: string;
  readonly tree: Root;
}
/** What a page check returns: about prose, links or frontmatter, never about the text of a block. */
export interface PageFinding<RuleName extends string = string> {
  readonly rule: RuleName;
  /** A range of the page's source, or a place where that is known already (keys of the frontmatter). */
  readonly at: TextRange | Place;
  readonly message: string;
  readonly related?: Diagnostic['related'];
}
/** What page checks may ask about the world. */
export interface PageContext {
  readonly root: string;
  /** Every page of the course, also those that are not judged. */
  readonly course: readonly Page[];
  readonly glossary: Glossary;
  /** Edition → ids of its pages, for all editions but that of this course. Read when it is asked for. */
  pagesElsewhere(): ReadonlyMap<string, readonly string[]>;
  /** The known word that a misspelt one most likely means. */
  suggest(word: string, known: Iterable<string>): string | undefined;
}
/** One check of a page's prose. A complete one is one file under `page-checks/` and one line in its index. */
export interface PageCheck {
  /**
   * `page`: finds the same as long as page, snippets, glossary and curriculum are the same, so that what passed need not be
   * checked again. `course`: also depends on other pages or files, and is asked every time.
   */
  readonly scope: 'page' | 'course';
  /** All page checks share the prefix `page`: no two declare the same rule. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Mistakes are returned; a throw means that the check crashed. */
  check(page: MarkdownPage, context: PageContext): readonly PageFinding[] | Promise<readonly PageFinding[]>;
}
/** Makes an undeclared rule name a compile error. */
export function definePageCheck<const Rules extends Readonly<Record<string, Rule>>>(check: {
  readonly scope: PageCheck['scope'];
  readonly rules: Rules;
  check(page: MarkdownPage, context: PageContext): readonly PageFinding<keyof Rules & string>[] | Promise<readonly PageFinding<keyof Rules & string>[]>;
}): PageCheck {
  return check;
}
