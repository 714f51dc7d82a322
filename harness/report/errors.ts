import { HarnessError } from '../model/verdict.ts';
import type { HarnessErrorCode } from '../model/verdict.ts';
import { escapeLine, escapeLines } from './escape.ts';
import { createPaint } from './paint.ts';
import type { Paint } from './paint.ts';

/** An error as reports show it: what happened, why, and what the container last said. */
export interface ErrorChain {
  readonly code: HarnessErrorCode | undefined;
  readonly message: string;
  /** Messages of its causes, nearest first. */
  readonly causes: readonly string[];
  readonly logTail: string;
}

/** Follows `cause` to the end; an AggregateError brings all of its errors. A chain that bites its tail ends there. */
export function readChain(error: unknown): ErrorChain {
  const seen = new Set<unknown>();
  const [first, ...causes] = walk(error, seen);
  const harness = [...seen].filter((link) => link instanceof HarnessError);
  return {
    code: error instanceof HarnessError ? error.code : undefined,
    message: first ?? 'unknown error',
    causes,
    logTail: harness.find((link) => link.logTail !== '')?.logTail ?? '',
  };
}

function walk(error: unknown, seen: Set<unknown>): readonly string[] {
  if (seen.has(error)) return [];
  seen.add(error);
  if (!(error instanceof Error)) return [String(error)];
  const parts = error instanceof AggregateError ? error.errors : [];
  const message = error.message === '' ? error.name : error.message;
  return [message, ...parts.flatMap((part) => walk(part, seen)), ...(error.cause === undefined ? [] : walk(error.cause, seen))];
}

/** One error for people, with its causes and the log tail; ends with a line ending. */
export function formatError(error: unknown, options: { readonly color: boolean } = { color: false }): string {
  return `${renderChain(error, createPaint(options.color)).join('\n')}\n`;
}

/** The lines of `formatError`. */
export function renderChain(error: unknown, paint: Paint): readonly string[] {
  const { code, message, causes, logTail } = readChain(error);
  const [first = '', ...more] = escapeLines(message);
  const log = logTail.trimEnd();
  return [
    `${paint('red', 'broken')} ${code === undefined ? '' : `${paint('dim', code)} `}${first}`,
    ...more.map((line) => `  ${line}`),
    ...causes.flatMap((cause) => escapeLines(cause).map((line, index) => (index === 0 ? `because ${line}` : `  ${line}`))),
    ...(log === '' ? [] : ['last lines of its log:', ...log.split(/\r\n|\n/).map((line) => `  ${paint('dim', escapeLine(stripColors(line).replaceAll('\t', '  ')))}`)]),
  ];
}

function stripColors(text: string): string {
  // Colours of a container's log are its own; everything else that it sends is spelt out.
  return text.replace(/\u001B\[[\d;]*m/g, '');
}
