import { parseDocument } from 'yaml';
import type { Judged } from './outcome.ts';

/** Where mutants stand that no check is meant to catch. */
export const EQUIVALENT_FILE = 'harness/mutate/equivalent.yml';

/** A mutant that means the same as the block, and why. */
export interface Equivalent {
  readonly mutant: string;
  readonly reason: string;
}

/**
 * Reads the list: a map of ids of mutants to reasons.
 * @throws Error for text that is no such map, and for a reason of under four words
 */
export function readEquivalents(text: string): Equivalent[] {
  const document = parseDocument(text);
  if (document.errors[0] !== undefined) throw new Error(`${EQUIVALENT_FILE} is not YAML: ${document.errors[0].message}`);
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`Found no map in ${EQUIVALENT_FILE}, expected ids of mutants and the reason of each. Write \`'id as printed': why it means the same\`.`);
  return Object.entries(value as Record<string, unknown>).map(([mutant, reason]) => {
    if (typeof reason !== 'string' || reason.trim().split(/\s+/).length < 4) throw new Error(`Found no reason for ${mutant} in ${EQUIVALENT_FILE}, expected a sentence. Say why a reader loses nothing by it.`);
    return { mutant, reason: reason.trim() };
  });
}

/** Takes what is listed out of the survivors. One that is caught, or that answers otherwise, stays what it is: see `findOutdated`. */
export function excuse(judged: readonly Judged[], listed: readonly Equivalent[]): Judged[] {
  const reasons = new Map(listed.map(({ mutant, reason }) => [mutant, reason]));
  return judged.map((one) => {
    const reason = reasons.get(one.mutant.id);
    return reason === undefined || one.outcome.kind !== 'survived' ? one : { mutant: one.mutant, outcome: { kind: 'equivalent', reason }, advice: undefined };
  });
}

/**
 * Why entries no longer apply, one sentence each.
 * @param pages ids of the pages that were mutated: entries of others are not judged
 * @param existing ids of every mutant of these pages, sampled or not
 */
export function findOutdated(listed: readonly Equivalent[], pages: readonly string[], existing: ReadonlySet<string>, judged: readonly Judged[]): string[] {
  const outcomes = new Map(judged.map(({ mutant, outcome }) => [mutant.id, outcome.kind]));
  return listed.filter(({ mutant }) => pages.includes(mutant.slice(0, mutant.indexOf('#')))).flatMap(({ mutant }) => {
    if (!existing.has(mutant)) return [`Found ${mutant} in ${EQUIVALENT_FILE}, expected a mutant that there is: the block has changed. Remove the entry, or correct it.`];
    const outcome = outcomes.get(mutant);
    if (outcome === 'caught') return [`Found ${mutant} in ${EQUIVALENT_FILE}, expected one that no check tells apart: it is caught now. Remove the entry.`];
    if (outcome === 'differs') return [`Found ${mutant} in ${EQUIVALENT_FILE}, expected one with the same answer: its answer is another. Remove the entry, and bound the answer with \`expect\`.`];
    return [];
  });
}
