import type { ProcessResult, Thrown } from '../../images/sandbox/runner/protocol.ts';
import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import type { Rule } from '../../model/diagnostic.ts';
import type { TextRange } from '../../model/place.ts';
import { attributeText, wholeBlock } from '../answers.ts';
import { pathOf } from './jobs.ts';

export const processRules = {
  'threw': { level: 'error', summary: 'The block ended with an error that it did not catch.' },
  'exit': { level: 'error', summary: 'The block ended with another exit code than it should.' },
  'timed-out': { level: 'error', summary: 'The block did not end by itself in time.' },
  'killed': { level: 'error', summary: 'The block was ended from outside, most often because it took too much memory.' },
  'too-much-output': { level: 'error', summary: 'The block writes more than a transcript can show.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** What is wrong with how a process ended; empty when nothing is. `expectedExit` is the `exit=` attribute, default 0. */
export function judgeProcess(block: Block, result: ProcessResult): Finding[] {
  if (result.timedOut) return [wholeBlock(block, 'timed-out', 'Found the block still running at its time limit, expected it to end by itself. End what keeps it alive (a timer, a server, a connection); one that listens on purpose says for how long with scrapes=3.')];
  const expectedExit = Number(attributeText(block, 'exit') ?? 0);
  if (result.thrown !== undefined && result.exitCode !== expectedExit) return [judgeThrown(block, result.thrown)];
  if (result.signal !== undefined) return [wholeBlock(block, 'killed', `Found the block ended by ${result.signal}, expected it to end by itself. Most often it took more memory than the sandbox has (512 MB): keep less, or handle it piece by piece.`)];
  if (result.exitCode !== expectedExit) return [wholeBlock(block, 'exit', `Found exit code ${result.exitCode}, expected ${expectedExit}.${lastWords(result.stderr)} Let it end with ${expectedExit}, or say exit=${result.exitCode} where that is the point.`)];
  if (result.truncated) return [wholeBlock(block, 'too-much-output', 'Found more than 256 KB of output, expected what a reader can read. Print less.')];
  return [];
}

function judgeThrown(block: Block, thrown: Thrown): Finding {
  const own = thrown.frames.find((frame) => frame.path === pathOf(block));
  const first = thrown.frames[0];
  const elsewhere = first !== undefined && first !== own ? ` at ${first.path}:${first.line}:${first.column}` : '';
  const message = `Found an uncaught ${thrown.name}${elsewhere}, expected the block to end without one. It says: ${showPaths(thrown.message).replace(/\.?$/, '.')} Fix the cause, or catch it and show what was caught.`;
  if (own === undefined) return wholeBlock(block, 'threw', message);
  return { block, rule: 'threw', range: rangeAt(block.text, own.line, own.column), message };
}

/** From a point of the text (1-based) to the end of its line. */
export function rangeAt(text: string, line: number, column: number): TextRange {
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
  const length = (lines[line - 1] ?? '').trimEnd().length - column + 1;
  return { offset: Math.min(start, text.length), length: Math.max(length, 0) };
}

function lastWords(stderr: string): string {
  const words = showPaths(stderr).trim().split('\n').at(-1);
  return words ? ` Last words: ${words}` : '';
}

/** Paths as an author knows them: relative to the repository, not to the sandbox. */
export function showPaths(text: string): string {
  return text.replaceAll(/(?:file:\/\/)?\/scratch\/course\//g, '').replaceAll(/\/scratch\/work-\w+/g, '~');
}
