import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { backends } from './backends/index.ts';
import { listEditions, splitByEdition, type Edition } from './editions.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createMemory, type Memory } from './memory.ts';
import { makeProofCode, SEEDS } from './model/proof-code.ts';
import type { Report } from './model/report.ts';
import type { Output } from './model/transcript.ts';
import type { Verdict } from './model/verdict.ts';
import { selectPages, UsageError } from './pages.ts';
import { pageId, readProofs, suggestWord, type ExerciseProof } from './parse/index.ts';
import { createProgress } from './report/progress.ts';
import { Stack } from './run/stack.ts';
import { openSession } from './session.ts';
import { openWorld } from './world.ts';

const HELP = `Usage: npm run exercise [-- EXERCISE]

Runs an exercise as you have changed it under snippets/exercises/, and says what its check says. When the check passes, it prints a
code for the page /certificate/ of the site. Without an exercise: lists those that there are. Nothing is stored or sent.

  npm run exercise -- day-1/exercise-logs

Exit codes: 0 passed or listed, 1 not yet, 2 something broke or the words mean nothing, 130 interrupted.
`;

/** What became of an exercise: passed, or what its check printed, and what else is wrong on its page. */
export type Attempt = { readonly passed: true } | { readonly passed: false; readonly printed: string; readonly complaints: readonly string[] };

const MOST_COMPLAINTS = 8;
/** What only says that the learner's file is no longer the starting file. */
const EXPECTED = /^(?:transcript\/|answer\/unmet-expectation$|shell\/exit$)/;

/**
 * Judges an exercise by what a run found of its page. The starting file is expected to fail, so that the harness complains of one that does not.
 * @param outputs block id → what it answered
 * @throws Error when something of ours broke, which says nothing about the learner's text
 */
export function judgeAttempt(proof: ExerciseProof, { verdicts, pageDiagnostics, errors }: Pick<Report, 'verdicts' | 'pageDiagnostics' | 'errors'>, outputs: ReadonlyMap<string, Output>): Attempt {
  const broken = errors[0] ?? verdicts.find((verdict) => verdict.kind === 'errored')?.error;
  if (broken !== undefined) throw broken;
  const printedBy = ({ block }: Verdict): string => {
    const output = outputs.get(block.id);
    return output?.kind === 'process' ? `${output.stdout}${output.stderr}` : '';
  };
  const diagnosticsOf = (verdict: Verdict) => (verdict.kind === 'passed' || verdict.kind === 'failed' ? verdict.diagnostics : []);
  const checks = verdicts.filter(({ block }) => block.name !== undefined && proof.at.includes(block.name));
  if (checks.some((verdict) => printedBy(verdict).includes(proof.passed) || diagnosticsOf(verdict).some(({ message }) => message.includes(proof.passed)))) return { passed: true };
  const said = [...pageDiagnostics, ...verdicts.flatMap(diagnosticsOf)].filter(({ level, ruleId }) => level === 'error' && !EXPECTED.test(ruleId));
  return { passed: false, printed: checks.map(printedBy).join(''), complaints: said.slice(0, MOST_COMPLAINTS).map(({ place, message }) => `${place.file}:${place.start.line}: ${message}`) };
}

function listExercises(editions: readonly Edition[]): string {
  const lines = editions.flatMap((edition) => readProofs(edition.root).map(({ page, claim }) => `  ${edition.prefix}${page}\n      ${claim}\n`));
  return lines.length === 0 ? 'No exercise of this course has a check.\n' : `Exercises with a check:\n\n${lines.join('')}\nRun one: npm run exercise -- <exercise>\n`;
}

/** @throws UsageError for words that are no exercise, with the nearest that is one */
function findExercise(editions: readonly Edition[], word: string): { readonly edition: Edition; readonly proof: ExerciseProof } {
  const all = editions.flatMap((edition) => readProofs(edition.root).map((proof) => ({ edition, proof, id: `${edition.prefix}${proof.page}` })));
  const [part] = splitByEdition(editions, [word], process.env['INIT_CWD'] ?? process.cwd());
  const pages = part === undefined ? [] : selectPages(part.edition.root, part.pages, process.env['INIT_CWD'] ?? process.cwd(), suggestWord).map(pageId);
  const found = all.find(({ edition, proof }) => edition === part?.edition && pages.length === 1 && proof.page === pages[0]);
  if (found !== undefined) return found;
  throw new UsageError(`"${word}" is no exercise with a check; there are: ${all.map(({ id }) => id).join(', ') || 'none'}`);
}

/** Runs the page of an exercise, whatever this machine has seen pass: also what failed is answered, and an answer is what its check says. */
async function attempt(edition: Edition, proof: ExerciseProof, signal: AbortSignal): Promise<Attempt> {
  const progress = createProgress({ stream: process.stderr });
  const outputs = new Map<string, Output>();
  try {
    const session = await openSession({ root: edition.root, command: 'verify', update: false, useCache: false, tags: edition.stack, progress, signal });
    await using stack = new Stack({ root: edition.root, backends, openEngine: () => session.openEngine() });
    const memory: Memory = { ...createMemory(), store: (_keys, answered) => { for (const [id, { output }] of answered) if (output !== undefined) outputs.set(id, output); } };
    const report = await session.verify(selectPages(edition.root, [proof.page], edition.root, suggestWord), { warm: { stack, memory, world: openWorld(edition.root, backends, session.versionOf) } });
    return judgeAttempt(proof, report, outputs);
  } finally {
    progress.end();
  }
}

function describeFailure({ printed, complaints }: Extract<Attempt, { passed: false }>): string {
  const indent = (text: string): string => text.trimEnd().split('\n').map((line) => `  ${line}\n`).join('');
  const parts = [...(printed === '' ? [] : [`Its check printed:\n\n${indent(printed)}`]), ...(complaints.length === 0 ? [] : [`The harness found:\n\n${indent(complaints.join('\n'))}`])];
  return `Not yet.${parts.length === 0 ? ' The check answers as it does for the starting file. Change it, save it, and run this again.\n' : ` ${parts.join('\n')}`}`;
}

async function main(root: string, words: readonly string[], signal: AbortSignal): Promise<number> {
  const editions = listEditions(root);
  if (words.includes('--help') || words.includes('-h')) return say(HELP);
  if (words.length === 0) return say(listExercises(editions));
  if (words.length > 1) throw new UsageError(`found ${words.length} words, expected one exercise: ${words.join(' ')}`);
  const { edition, proof } = findExercise(editions, words[0] as string);
  const result = await attempt(edition, proof, signal);
  if (signal.aborted) return 130;
  if (!result.passed) {
    say(describeFailure(result));
    return 1;
  }
  const code = makeProofCode(`${edition.id}/${proof.page}`, Date.now(), randomInt(SEEDS));
  return say(`Passed: ${proof.claim}\n\n  ${code}\n\nType this code on the page /certificate/ of the site. It is a checksum and no signature.\n`);
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

if (import.meta.main) {
  const signal = listenForInterrupt();
  try {
    process.exitCode = await main(process.env['COURSE_ROOT'] ?? resolve(import.meta.dirname, '..'), process.argv.slice(2), signal);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(isUsage ? `error: ${error.message}\nSee npm run exercise -- --help\n` : (await import('./report/index.ts')).formatError(error));
    process.exitCode = signal.aborted ? 130 : 2;
  }
}
