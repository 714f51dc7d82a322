import type { Diagnostic } from '../model/diagnostic.ts';

/** How deep a fault had to go until something refused it, shallowest first. */
export const DEPTHS = ['parse', 'type', 'load', 'expect', 'behaviour'] as const;
/**
 * `parse`: a parser, or the form of a value. `type`: types, and names that the dataset or the course does not have. `load`: the program
 * itself refuses to load it. `expect`: an answer that the page says otherwise of. `behaviour`: it ran and did something wrong.
 */
export type CaughtAt = (typeof DEPTHS)[number];

const PARSE = /\/(?:syntax-error|wrong-structure|duplicate-key|not-an-object|unknown-key|bad-[a-z-]+|wrong-value|wrong-exemplar|no-eof|no-title|no-description)$/;
const LOAD = /\/(?:promtool-refuses|refused|rejected|other-rejection|not-rejected|does-not-start|evaluation-failed|rule-not-evaluated|import-missing|not-compose|no-schema|missing-file)$/;
const EXPECT = /^answer\/|^page\/|\/wrong-route$/;

/** @param stage whether a static check or a run found it */
export function depthOf({ ruleId }: Pick<Diagnostic, 'ruleId'>, stage: 'check' | 'run'): CaughtAt {
  if (EXPECT.test(ruleId)) return 'expect';
  if (LOAD.test(ruleId)) return 'load';
  if (stage === 'run') return 'behaviour';
  return PARSE.test(ruleId) ? 'parse' : 'type';
}
