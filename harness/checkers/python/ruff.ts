import type { Diagnostic, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { createRequire } from 'node:module';
import type { PythonFinding, PythonText } from './pyright.ts';

/** What ruff calls a text that is not Python. */
export const SYNTAX = 'invalid-syntax';

/**
 * What runs and does not do what it seems to. Style (quotes, line length, order of imports) is not a reader's problem, and names are pyright's.
 * E7 E9 F: pycodestyle's and Pyflakes' faults; B: bugbear's; ASYNC: blocking calls in coroutines; DTZ: times without a zone;
 * G, LOG: what the logging module cannot handle; PLE: Pylint's errors; S113: a request without time limit.
 */
const SELECTED = ['E7', 'E9', 'F', 'B', 'ASYNC', 'DTZ', 'G', 'LOG', 'PLE', 'S113'];
const LEFT_TO_PYRIGHT = ['F821', 'F822'];
const TARGET = 'py311';
/** `PositionEncoding.Utf16` of the package, a number at run time. */
const UTF16 = 1;

let workspace: Workspace | undefined;

/** Lints every text, in this process. */
export function lint(texts: readonly PythonText[]): PythonFinding[] {
  workspace ??= open();
  const opened = workspace;
  return texts.flatMap(({ path, text }) => keepFirstSyntaxError(opened.check(text) as Diagnostic[]).map((each) => toFinding(path, text, each)));
}

/** Loaded only when there is Python to look at: it is 10 MB of WebAssembly. */
function open(): Workspace {
  const ruff = createRequire(import.meta.url)('@astral-sh/ruff-wasm-nodejs') as typeof import('@astral-sh/ruff-wasm-nodejs');
  return new ruff.Workspace({ 'target-version': TARGET, lint: { select: SELECTED, ignore: LEFT_TO_PYRIGHT } }, UTF16);
}

/** After the first, the parser guesses; other findings of such a text are guesses as well. */
function keepFirstSyntaxError(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const first = found.find(({ code }) => code === SYNTAX || code === null);
  return first === undefined ? found : [first];
}

function toFinding(path: string, text: string, { code, message, start_location: start, end_location: end }: Diagnostic): PythonFinding {
  const starts = lineStarts(text);
  const offset = Math.min((starts[start.row - 1] ?? text.length) + start.column - 1, text.length);
  const stop = Math.min((starts[end.row - 1] ?? text.length) + end.column - 1, text.length);
  return { path, tool: 'ruff', code: code ?? SYNTAX, offset, length: Math.max(stop - offset, 0), message };
}

/** Offset of each line's first character, UTF-16. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
