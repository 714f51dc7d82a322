import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FILE = 'docs/proofs.yml';
const KEYS = ['claim', 'at', 'passed'];

/** An exercise whose success a machine can check: an entry of `docs/proofs.yml`. */
export interface ExerciseProof {
  /** Id of its page, `day-1/exercise-logs`. */
  readonly page: string;
  /** One sentence about whoever passed. */
  readonly claim: string;
  /** Names of the page's blocks that are the check; one of them is enough. */
  readonly at: readonly string[];
  /** What such a block prints, or what the harness complains of at it, once the exercise is solved. */
  readonly passed: string;
}

/**
 * Reads `docs/proofs.yml`; a course without it has nothing to prove.
 * @param root of one edition
 * @throws Error that names the entry and what it lacks
 */
export function readProofs(root: string): readonly ExerciseProof[] {
  const file = join(root, FILE);
  if (!existsSync(file)) return [];
  return Object.entries((parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>).map(([page, entry]) => {
    const { claim, at, passed } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(entry ?? {}).filter((key) => !KEYS.includes(key));
    if (typeof claim !== 'string' || typeof passed !== 'string' || !Array.isArray(at) || at.length === 0 || unknown.length > 0) {
      throw new Error(`${FILE}: found ${Object.keys(entry ?? {}).join(', ') || 'nothing'} under ${page}, expected claim and passed with a text each, at with a list of blocks, and nothing else. Mend the entry.`);
    }
    return { page, claim, at: at.map(String), passed };
  });
}
