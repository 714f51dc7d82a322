import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lint, SYNTAX } from '../checkers/python/ruff.ts';
import { exposition } from '../checkers/exposition.ts';
import { mermaid } from '../checkers/mermaid.ts';
import { excuse, excuseIn } from './excuses.ts';
import { askChecker } from './judge-with-checker.ts';
import type { Judge, Outcome, Piece } from './model.ts';

/** Python: its syntax, by ruff. What names and types mean is known only with the packages that the document has in mind. */
export const judgePython: Judge = async (pieces, context) => {
  const found = Map.groupBy(pieces.length === 0 ? [] : lint(pieces.map(({ text }, index) => ({ path: String(index), text }))), ({ path }) => Number(path));
  const packages = pieces.length === 0 ? undefined : await context.tool('python-packages');
  return new Map(pieces.map((piece, index): [Piece, Outcome] => {
    const broken = (found.get(index) ?? []).find(({ code }) => code === SYNTAX);
    if (broken === undefined) return [piece, judgeNames(piece, packages)];
    const doubt = excuse(piece) ?? (/\bon Python \d|\boutside\b/.test(broken.message) ? 'another version of Python, or a notebook, takes it' : doubtPython(piece.text));
    if (doubt !== undefined) return [piece, { kind: 'unknown', reason: `it is not Python as it stands, which need not be wrong: ${doubt}` }];
    return [piece, { kind: 'failed', depth: 'parsed', found: [{ rule: 'python/syntax-error', level: 'error', offset: broken.offset, length: broken.length, message: `${broken.message.replace(/\.?$/, '.')} Correct it here or directly before.` }] }];
  }));
};

/** Whether all that it imports is here, or Python's own. A part of a program imports nothing, and may use anything. */
function judgeNames({ text }: Piece, packages: string | undefined): Outcome {
  const imports = [...text.matchAll(/^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))/gm)].map(([, from, plain]) => from ?? plain ?? '');
  if (imports.length === 0) return { kind: 'unknown', reason: 'it is a part of a program, which imports nothing' };
  const strange = imports.find((name) => !STANDARD.has(name.split('.')[0] ?? '') && (packages === undefined || !existsAs(packages, name)));
  return strange === undefined ? { kind: 'passed', depth: 'parsed' } : { kind: 'unknown', reason: `it imports what is not here: ${strange}` };
}

function existsAs(packages: string, name: string): boolean {
  const path = join(packages, ...name.split('.'));
  return existsSync(path) || existsSync(`${path}.py`);
}

/** Modules of Python itself that samples import. */
const STANDARD = new Set([
  '__future__', 'abc', 'argparse', 'asyncio', 'base64', 'collections', 'concurrent', 'contextlib', 'contextvars', 'copy', 'csv', 'dataclasses', 'datetime', 'decimal', 'enum', 'functools', 'gc', 'glob', 'hashlib', 'heapq', 'hmac', 'http', 'inspect', 'io', 'itertools', 'json',
  'logging', 'math', 'multiprocessing', 'operator', 'os', 'pathlib', 'pickle', 'platform', 'queue', 'random', 're', 'secrets', 'shutil', 'signal', 'socket', 'sqlite3', 'ssl', 'statistics', 'string', 'struct', 'subprocess', 'sys', 'tempfile', 'textwrap', 'threading', 'time',
  'timeit', 'traceback', 'tracemalloc', 'types', 'typing', 'unittest', 'urllib', 'uuid', 'warnings', 'weakref', 'zipfile', 'zlib',
]);

function doubtPython(text: string): string | undefined {
  if (/^\s*(?:>>>|\.\.\. |In \[|Out\[|[$%!] ?\w|pip |python )/m.test(text)) return 'it is a session, or has commands of a notebook';
  if (/^\s*print\s+["'\w]|\bexcept \w+, \w+:|^\s*exec\s+["']|<>|\bur?'/m.test(text)) return 'it is Python 2';
  if (/^import\s+["']|=\s*rule\b[^\n]*\{|^\s*(?:default\s+)?\w+\s*:?=\s*\w*\s*\{\s*$/m.test(text)) return 'it is another language under this tag, such as Sentinel';
  if (/^\s/.test(text.split('\n').find((line) => line.trim() !== '') ?? '')) return 'it begins in the middle of a function';
  return /^(?:import|from)\s/m.test(text) ? undefined : 'it is a part of a program';
}

/** Mermaid, by its own parser. Kinds of diagram that it has no part for may come with a plugin. */
export const judgeMermaid: Judge = async (pieces, context) => {
  const found = await askChecker(mermaid, pieces, () => ({ language: 'mermaid' }), context);
  return new Map([...found].map(([piece, own]): [Piece, Outcome] => {
    if (own.length === 0) return [piece, { kind: 'passed', depth: 'parsed' }];
    const plain = piece.text.replace(/<\/?[a-z]+\s*\/?>|\.{3}|\$\{?\w+\}?|✅|❌|⚠|\{\{[^{}]*\}\}/gi, '');
    const doubt = own.some(({ message }) => /no kind of diagram|empty block/.test(message)) ? 'its kind of diagram may come with a plugin' : own.some(({ message }) => message.includes('->>-')) ? 'it may be for another version, in which colours stand behind `activate`' : excuse({ ...piece, text: '' }) ?? (excuseIn(plain)?.startsWith('a ') === true ? excuseIn(plain) : undefined);
    return [piece, doubt === undefined ? { kind: 'failed', depth: 'parsed', found: own } : { kind: 'unknown', reason: `Mermaid does not parse it, which need not be wrong: ${doubt}` }];
  }));
};

/** What a service answers to a scrape. Parts of an answer are as right as all of it: only lines that nothing reads count. */
export const judgeExposition: Judge = async (pieces, context) => {
  const found = await askChecker(exposition, pieces, ({ text }) => ({ language: /^# EOF$/m.test(text) ? 'openmetrics' : 'prometheus' }), context);
  return new Map([...found].map(([piece, own]): [Piece, Outcome] => {
    if (own.length === 0) return [piece, { kind: 'passed', depth: 'parsed' }];
    const doubt = excuse(piece) ?? (/#\s*\{/.test(piece.text) ? 'it has exemplars, of which the formats differ' : undefined);
    return [piece, doubt === undefined ? { kind: 'failed', depth: 'parsed', found: own } : { kind: 'unknown', reason: `no scrape reads it as it stands, which need not be wrong: ${doubt}` }];
  }));
};
