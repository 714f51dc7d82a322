import type { Diagnostic } from './diagnostic.ts';
import type { Place } from './place.ts';

export interface GlossaryTerm {
  /** The spelling that the course uses. */
  readonly term: string;
  /** One line for a reader who looks it up. */
  readonly means: string;
  /** Spellings and synonyms that prose must not use. */
  readonly not: readonly string[];
  /** An everyday word or a name: pages do not link it, for it would also stand where it is not meant. */
  readonly isPlain: boolean;
}
/** One row of the table that maps what an alert says to what an incident is. */
export interface Severity {
  readonly incident: string;
  readonly alert: string;
  readonly means: string;
  /** Its row in the file. */
  readonly place?: Place;
}
/** `docs/glossary.yml`: one word, one meaning. A course without the file has an empty one. */
export interface Glossary {
  readonly terms: readonly GlossaryTerm[];
  readonly severities: readonly Severity[];
  /** What is wrong with the file itself. */
  readonly diagnostics: readonly Diagnostic[];
}
