import type { Block } from './block.ts';
import type { Rule } from './diagnostic.ts';
import type { Dataset } from './dataset.ts';
import type { NonEmpty, TextRange } from './place.ts';

/** What a checker or a backend returns. It knows the block's text, never the file around it. */
export interface Finding<RuleName extends string = string> {
  readonly block: Block;
  readonly rule: RuleName;
  /** A finding without a better range covers the whole block; nothing falls back to 1:1. */
  readonly range: TextRange;
  readonly message: string;
  /** The attribute of the fence that it is about: then that is its place, and `range` only stands in where the fence lacks it. */
  readonly attribute?: string;
  /** The other side of it, in other blocks. `message` begins in lower case: "first defined here". */
  readonly related?: readonly { readonly message: string; readonly at: { readonly block: Block; readonly range: TextRange } }[];
}
/** What static checks may ask about the world, without an engine. */
export interface CheckContext {
  readonly root: string;
  /** Simulates on first use, then remembered for the run. Throws when the dataset is unknown. */
  dataset(name: string): Dataset;
  /** The dataset of a block: its attribute or its page's default. */
  datasetOf(block: Block): string | undefined;
  /** Path of a tool taken out of an image that is present (`promtool`, `amtool`, `loki`); undefined when there is none. */
  tool(name: string): Promise<string | undefined>;
  /** Backend → reference of its image, `prom/prometheus:v3.14.0`: of the edition that the blocks are of. Undefined: nothing is held against it. */
  readonly images?: ReadonlyMap<string, string>;
  /** Every block of the run's pages, for checks across blocks. */
  readonly allBlocks: readonly Block[];
}
/** One language or file kind. A complete one is one file under `checkers/` and one line in its index. */
export interface Checker {
  /** Prefix of its rule ids. */
  readonly name: string;
  /** Fence tags it owns. A checker with `titles` owns only blocks whose title matches. */
  readonly languages: NonEmpty<string>;
  /** Title patterns, `*` as wildcard: `*.rules.yml`. */
  readonly titles?: NonEmpty<string>;
  /** Knows its blocks by what stands in them, where no title decides. It then owns no other blocks without a title. */
  readonly recognises?: (block: Block) => boolean;
  /** Attributes that mean something to it, beside those that every block has. */
  readonly attributes: readonly string[];
  readonly rules: Readonly<Record<string, Rule>>;
  /** Name of the backend that executes its blocks; undefined: never executed. */
  readonly backend?: string;
  /** Why one of its blocks cannot be executed, although others are; undefined: it can. */
  readonly checkedOnly?: (block: Block) => string | undefined;
  /** Why one of its blocks cannot be tried here although only that would prove it: where nothing is wrong with it, it is skipped and not passed. @param images as in `CheckContext` */
  readonly untried?: (block: Block, images: ReadonlyMap<string, string>) => string | undefined;
  /** Its blocks may continue earlier ones of their own kind, not only live ones. */
  readonly chains?: boolean;
  /** One call for all its blocks. Problems in the text are returned; a throw means that the checker crashed. */
  check(blocks: readonly Block[], context: CheckContext, signal: AbortSignal): Promise<readonly Finding[]>;
}
/** Makes an undeclared rule name a compile error. */
export function defineChecker<const Rules extends Readonly<Record<string, Rule>>>(
  checker: Omit<Checker, 'rules' | 'check'> & {
    readonly rules: Rules;
    check(blocks: readonly Block[], context: CheckContext, signal: AbortSignal): Promise<readonly Finding<keyof Rules & string>[]>;
  },
): Checker {
  return checker;
}

/** A title decides where one matches, then what stands in the block; a checker without titles takes what is left of its languages. */
export function findChecker(block: Block, checkers: readonly Checker[]): Checker | undefined {
  const speaking = checkers.filter((checker) => checker.languages.includes(block.language));
  const { title } = block;
  const byTitle = title === undefined ? undefined : speaking.find((checker) => checker.titles?.some((pattern) => matchesTitle(title, pattern)));
  return byTitle ?? speaking.find((checker) => checker.recognises?.(block) === true) ?? speaking.find((checker) => checker.titles === undefined);
}

function matchesTitle(title: string, pattern: string): boolean {
  const [before, after] = pattern.split('*');
  return after === undefined ? title === pattern : title.startsWith(before as string) && title.endsWith(after);
}
