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
