import type { Place } from './place.ts';

/** SARIF's levels. */
export type Level = 'error' | 'warning' | 'note';
/** `<checker>/<rule>`, e.g. `promql/syntax-error`. "Rule" is SARIF's word here; alerting rules are always two words. */
export type RuleId = `${string}/${string}`;
export interface Rule {
  readonly level: Level;
  /** One sentence: what is wrong when this rule speaks. */
  readonly summary: string;
}
/** A finding placed in a file. */
export interface Diagnostic {
  readonly ruleId: RuleId;
  readonly level: Level;
  /** What was found, what was expected, what to do next. */
  readonly message: string;
  readonly place: Place;
  /** Second places that explain the first: "first defined here". */
  readonly related: readonly { readonly message: string; readonly place: Place }[];
}
