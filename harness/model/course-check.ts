import type { Block, Page } from './block.ts';
import type { Rule } from './diagnostic.ts';
import type { Glossary } from './glossary.ts';
import type { Place, TextRange } from './place.ts';

/** Part of the text of one block. */
export interface Spot {
  readonly block: Block;
  readonly range: TextRange;
}
/** A disagreement: where it shows, and the other places that it is a disagreement with. */
export interface CourseFinding<RuleName extends string = string> {
  readonly rule: RuleName;
  readonly at: Spot;
  readonly message: string;
  /** The other side, nearest first. `message` begins in lower case: "first defined here". Empty where nothing in the course comes near. */
  readonly related: readonly { readonly message: string; readonly at: Spot | Place }[];
}
/** One edition of the course, as course checks see it. */
export interface CourseContext {
  readonly root: string;
  readonly pages: readonly Page[];
  /** What is held together: blocks of its pages in order, without those that are ignored or must be refused. */
  readonly blocks: readonly Block[];
  /** The files of the stack that readers start, as blocks: they come before what pages say. Empty for an archived edition. */
  readonly stack: readonly Block[];
  readonly glossary: Glossary;
  /** The dataset that a block is asked of; undefined where there is none. */
  datasetOf(block: Block): string | undefined;
  /** Names of the metrics of a dataset. Throws when it does not exist. */
  metricsOf(dataset: string): ReadonlySet<string>;
  /** Why an address from the root of the site leads nowhere, and the page that it most likely means; undefined when it leads somewhere. */
  explainDeadLink(url: string): { readonly message: string; readonly near: Page | undefined } | undefined;
  /** The known word that a misspelt one most likely means. */
  suggest(word: string, known: Iterable<string>): string | undefined;
}
/** Holds blocks of different pages against each other. A complete one is one file under `course-checks/` and one line in its index. */
export interface CourseCheck {
  /** All course checks share the prefix `course`: no two declare the same rule. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Disagreements are returned; a throw means that the check crashed. Asked in every run, so it reads each text once (`readOnce`). */
  check(context: CourseContext): readonly CourseFinding[];
}
/** Makes an undeclared rule name a compile error. */
export function defineCourseCheck<const Rules extends Readonly<Record<string, Rule>>>(check: {
  readonly rules: Rules;
  check(context: CourseContext): readonly CourseFinding<keyof Rules & string>[];
}): CourseCheck {
  return check;
}
