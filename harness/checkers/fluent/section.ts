import type { TextRange } from '../../model/place.ts';

/** A key of a section, with its value as written. */
export interface Entry {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: string;
  readonly valueRange: TextRange;
}
/** One section of a configuration, whatever its dialect: `[INPUT]`, an entry of `inputs:`, `<source>`. */
export interface Section {
  /** As written; entries of YAML lists have the name that the classic form gives them. */
  readonly name: string;
  /** What stands beside the name: the pattern of `<match shop.*>`. */
  readonly argument: string;
  readonly argumentRange: TextRange;
  readonly range: TextRange;
  readonly entries: readonly Entry[];
  readonly sections: readonly Section[];
}
export interface FluentFile {
  readonly sections: readonly Section[];
  readonly problems: readonly FluentProblem[];
  /** Something stands in other files: tags and sections of those are unknown. */
  readonly includes: boolean;
}
export type FluentRule = 'syntax-error' | 'unknown-section' | 'unknown-plugin' | 'unknown-key' | 'missing-plugin' | 'unmatched' | 'obsolete' | 'no-position';
export interface FluentProblem {
  readonly rule: FluentRule;
  readonly range: TextRange;
  readonly message: string;
}

/** Keys know no case. */
export function entryOf({ entries }: Section, key: string): Entry | undefined {
  return entries.find((entry) => entry.key.toLowerCase() === key.toLowerCase());
}

/** True where a value is filled in elsewhere, or has a note behind it. */
export function isFilledIn(value: string): boolean {
  return /\s#|\$\{|\$\(|\{\{|<[^>]+>|\.\.\.|…|#\{/.test(value);
}
