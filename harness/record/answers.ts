import type { Backend } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedBlock } from '../model/plan.ts';
import type { TranscriptChange } from '../model/report.ts';
import type { BackendVersion, Output, Transcript, TranscriptLock } from '../model/transcript.ts';
import { whileAlone } from './alone.ts';
import { formatLock, parseTranscript } from './format.ts';
import { recordRules, recordTranscript } from './record.ts';
import { HarnessError } from '../model/verdict.ts';
import { FileTrouble } from './trouble.ts';
import { listTranscripts, lockFile, readLock, readText, writeTextAtomically } from './store.ts';

type Uses = Transcript['uses'];
export interface Answered {
  readonly output: Output | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly versions: readonly BackendVersion[];
}
export interface AnswersInput {
  readonly planned: readonly PlannedBlock[];
  readonly answered: ReadonlyMap<string, Answered>;
  readonly backends: readonly Backend[];
  readonly lockOf: (uses: Uses) => TranscriptLock;
  readonly keyOf: (block: Block, uses: Uses, lock: TranscriptLock) => string;
  readonly root: string;
  readonly update: boolean;
  /** Another stack than the course's, in words: answers are compared with the stored ones, what they were made from is not. */
  readonly under?: string | undefined;
}
export interface Recorded {
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Ids of blocks whose answer equals the stored one. */
  readonly compared: ReadonlySet<string>;
  readonly changes: readonly TranscriptChange[];
  /** What is wrong with `lock.json`; nothing while an answer is wrong, which says more. */
  readonly lock: readonly Diagnostic[];
  /** Why a block's answer could be neither compared nor stored, by block id. */
  readonly errors: ReadonlyMap<string, HarnessError>;
  /** Breakage that belongs to no block. */
  readonly broken: readonly HarnessError[];
}

/**
 * Compares or stores the answers of a run. An answer that contradicts its page (`expect`, `empty`, a finding) is never
 * stored: the page has to be mended first.
 */
export function recordAnswers(input: AnswersInput): Recorded {
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const compared = new Set<string>();
  const changes: TranscriptChange[] = [];
  const locks: TranscriptLock[] = [];
  const errors = new Map<string, HarnessError>();
  const trouble = new FileTrouble();
  for (const { block, action } of input.planned) {
    const answer = input.answered.get(block.id);
    if (action.kind !== 'run' || answer?.output === undefined || answer.diagnostics.some((found) => found.level === 'error')) continue;
    const uses: Uses = { datasets: [...new Set(action.datasets)].sort(), backends: [action.backend] };
    const lock = input.lockOf(uses);
    locks.push(lock);
    const transcript = makeTranscript(block, uses, action.datasets[0], answer.output, answer.versions, input.keyOf(block, uses, lock));
    const backend = input.backends.find((candidate) => candidate.name === action.backend);
    const outcome = trouble.attempt('The stored answers under docs/transcripts/', () => recordTranscript(block, transcript, { root: input.root, update: input.update, under: input.under, normalise: backend?.normalise?.bind(backend) }));
    if (outcome instanceof HarnessError) {
      errors.set(block.id, outcome);
      continue;
    }
    if (outcome.diagnostics.length > 0) diagnostics.set(block.id, outcome.diagnostics);
    if (outcome.change !== undefined) changes.push(outcome.change);
    if (outcome.compared) compared.add(block.id);
  }
  const lock = trouble.attempt(lockFile, () => ({ changes: recordLock(locks, input), found: input.under === undefined && diagnostics.size === 0 && errors.size === 0 ? judgeLock(locks, input) : [] }));
  if (lock instanceof HarnessError) return { diagnostics, compared, changes, lock: [], errors, broken: [...errors.values()].includes(lock) ? [] : [lock] };
  return { diagnostics, compared, changes: [...changes, ...lock.changes], lock: lock.found, errors, broken: [] };
}

/** @param dataset the block's own, first of those that planning named: the answer is on its clock */
function makeTranscript(block: Block, uses: Uses, dataset: string | undefined, output: Output, versions: readonly BackendVersion[], key: string): Transcript {
  return { formatVersion: 1, block: block.id, key, uses, dataset, backends: versions, output };
}

/** Entries of this run replace what was there; what no stored answer uses any more goes. */
function makeLock(locks: readonly TranscriptLock[], root: string): string {
  const stored = readLock(root);
  const used = listTranscripts(root).flatMap((file) => readUses(root, file) ?? []);
  const datasets = new Set(used.flatMap((uses) => uses.datasets));
  const backends = new Set(used.flatMap((uses) => uses.backends));
  return formatLock({
    formatVersion: 1,
    datasets: keep(Object.assign({ ...stored.datasets }, ...locks.map((lock) => lock.datasets)), datasets),
    backends: keep(Object.assign({ ...stored.backends }, ...locks.map((lock) => lock.backends)), backends),
  });
}

function recordLock(locks: readonly TranscriptLock[], input: AnswersInput): TranscriptChange[] {
  if (!input.update || locks.length === 0) return [];
  // Another run may be storing answers of other pages: what it adds must not be lost.
  return whileAlone(input.root, () => {
    const text = makeLock(locks, input.root);
    const before = readText(input.root, lockFile);
    if (before === text) return [];
    writeTextAtomically(input.root, lockFile, text);
    return [{ file: lockFile, change: before === undefined ? 'added' : 'changed', diff: '' }];
  });
}

/** The site recomputes keys from the lock: one that differs would fail its build although every answer is right. */
function judgeLock(locks: readonly TranscriptLock[], input: AnswersInput): Diagnostic[] {
  if (input.update || locks.length === 0 || readText(input.root, lockFile) === makeLock(locks, input.root)) return [];
  const start = { line: 1, column: 1 };
  return [{
    ruleId: 'transcript/stale-lock', level: recordRules['transcript/stale-lock'].level, place: { file: lockFile, start, end: start }, related: [],
    message: 'Found a lock that does not say what the stored answers were made from, expected one entry for each of their datasets and backends. The answers themselves are right: run `npm run verify -- --update` and commit this file.',
  }];
}

function readUses(root: string, file: string): Uses | undefined {
  try {
    return parseTranscript(readText(root, file) ?? '').uses;
  } catch {
    return undefined;
  }
}

function keep<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}
