import { createTwoFilesPatch } from 'diff';
import type { Block } from '../model/block.ts';
import type { Diagnostic, Rule, RuleId } from '../model/diagnostic.ts';
import type { TranscriptChange } from '../model/report.ts';
import type { Output, Transcript } from '../model/transcript.ts';
import { formatJson, parseTranscript } from './format.ts';
import { readText, transcriptFile, writeTextAtomically } from './store.ts';

export const recordRules = {
  'transcript/missing': { level: 'error', summary: 'A block has no stored answer.' },
  'transcript/changed': { level: 'error', summary: 'The real answer is not the stored one.' },
  'transcript/stale': { level: 'error', summary: 'The answer is the same, but the block, its dataset or its backend changed since it was stored.' },
  'transcript/unreadable': { level: 'error', summary: 'A stored answer cannot be read.' },
  'transcript/stale-lock': { level: 'error', summary: 'The lock file of the stored answers is not what they were made from.' },
  'transcript/orphan': { level: 'error', summary: 'A stored answer belongs to no block.' },
} as const satisfies Record<RuleId, Rule>;

export interface RecordInput {
  readonly root: string;
  /** Rewrite what differs; otherwise only compare. */
  readonly update: boolean;
  /** What two runs must agree on; undefined: every byte. */
  readonly normalise: ((output: Output) => unknown) | undefined;
  /** Another stack than the course's, in words: only what was answered counts, not what it was answered by. */
  readonly under?: string | undefined;
}
export interface RecordOutcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly change: TranscriptChange | undefined;
  readonly compared: boolean;
}

/** Compares a block's fresh answer with its stored one, and stores it when asked to. */
export function recordTranscript(block: Block, fresh: Transcript, input: RecordInput): RecordOutcome {
  const file = transcriptFile(block.page, block.name as string);
  const freshText = formatJson(fresh);
  const storedText = readText(input.root, file);
  const stored = storedText === undefined ? undefined : readStored(storedText);
  if (stored !== undefined && storedText !== undefined && isSame(stored, storedText, fresh, freshText, input)) return { diagnostics: [], change: undefined, compared: true };
  const change: TranscriptChange = { file, change: storedText === undefined ? 'added' : 'changed', diff: shortDiff(file, storedText ?? '', freshText) };
  if (input.under !== undefined && stored !== undefined) return { diagnostics: [explainUnder(input.under, block, stored, fresh)], change: undefined, compared: false };
  if (input.update) {
    writeTextAtomically(input.root, file, freshText);
    return { diagnostics: [], change, compared: false };
  }
  return { diagnostics: [explain(block, storedText, stored, fresh)], change: undefined, compared: false };
}

function readStored(text: string): Transcript | undefined {
  try {
    return parseTranscript(text);
  } catch {
    return undefined;
  }
}

function isSame(stored: Transcript, storedText: string, fresh: Transcript, freshText: string, input: RecordInput): boolean {
  const { normalise = (output: Output): unknown => output, under } = input;
  if (input.normalise === undefined && under === undefined) return storedText === freshText;
  const reduce = (transcript: Transcript): string => JSON.stringify({ ...(under === undefined ? transcript : {}), output: normalise(transcript.output) });
  return stored.output.kind === fresh.output.kind && reduce(stored) === reduce(fresh);
}

function explain(block: Block, storedText: string | undefined, stored: Transcript | undefined, fresh: Transcript): Diagnostic {
  const command = `npm run verify -- --update ${block.page}`;
  if (storedText === undefined) return diagnose('transcript/missing', block, `Found no stored answer of "${block.name}", expected one: the site prints it. Run \`${command}\`, read what it wrote, and commit it.`);
  if (stored === undefined) return diagnose('transcript/unreadable', block, `Found a stored answer of "${block.name}" that cannot be read${/^<{7} /m.test(storedText) ? ': a merge left its marks in it' : ''}, expected what verify wrote. Run \`${command}\` to have it written anew.`);
  if (JSON.stringify(stored.output) === JSON.stringify(fresh.output)) {
    return diagnose('transcript/stale', block, `Found the stored answer of "${block.name}" given to an earlier form of the question, expected one to this: ${whatChanged(stored, fresh)} changed since, though the answer did not. Run \`${command}\` and commit.`);
  }
  return diagnose('transcript/changed', block, `Found a real answer of "${block.name}" that is not the stored one (- stored, + real):\n${diffAnswers(block, stored, fresh)}\nIf the new answer is right, run \`${command}\`, and read the prose around it again; if not, mend the block.`);
}

function explainUnder(under: string, block: Block, stored: Transcript, fresh: Transcript): Diagnostic {
  return diagnose('transcript/changed', block, `Found another answer of "${block.name}" under ${under}, expected the stored one (- stored, + under ${under}):\n${diffAnswers(block, stored, fresh)}\nNothing was written. Before the course moves there, make this block answer the same under both, or mean to change its answer and the prose around it.`);
}

/** Only what was answered: that the key changed with it helps nobody. */
function diffAnswers(block: Block, stored: Transcript, fresh: Transcript): string {
  return shortDiff(block.id, formatJson(stored.output), formatJson(fresh.output)).split('\n').filter((line) => !line.startsWith('@@')).join('\n');
}

function whatChanged(stored: Transcript, fresh: Transcript): string {
  if (JSON.stringify(stored.backends) !== JSON.stringify(fresh.backends)) return 'the backend';
  if (JSON.stringify(stored.uses) !== JSON.stringify(fresh.uses)) return 'what it runs against';
  return 'the block, its dataset or the configuration';
}

function diagnose(rule: keyof typeof recordRules, block: Block, message: string): Diagnostic {
  return { ruleId: rule, level: recordRules[rule].level, message, place: block.fence, related: [] };
}

/** Lines of a diff shown in a message; all of it is what `git diff` is for. */
const DIFF_LINES = 24;

function shortDiff(file: string, before: string, after: string): string {
  const lines = createTwoFilesPatch(file, file, before, after, '', '', { context: 2 }).split('\n').slice(4).filter((line) => !line.startsWith('\\'));
  const shown = lines.slice(0, DIFF_LINES).map((line) => (line.length > 160 ? `${line.slice(0, 157)}…` : line));
  if (lines.length > DIFF_LINES) shown.push(`… ${lines.length - DIFF_LINES} more lines`);
  return shown.join('\n').trimEnd();
}
