import { execFile } from 'node:child_process';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { HarnessError } from '../../model/verdict.ts';
import { lineStarts } from './ruff.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

export interface PythonText {
  /** Relative to the tree that blocks run in: `pages/day-1/lag/first.py`, `snippets/technow/checkout.py`. */
  readonly path: string;
  readonly text: string;
}
export interface PythonFinding {
  readonly path: string;
  readonly tool: 'pyright' | 'ruff';
  /** `reportCallIssue` of pyright, `B006` of ruff. */
  readonly code: string;
  /** UTF-16. */
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}
interface Answer {
  readonly generalDiagnostics: readonly {
    readonly file: string;
    readonly severity: string;
    readonly message: string;
    readonly rule?: string;
    readonly range: { readonly start: Position; readonly end: Position };
  }[];
}
interface Position {
  readonly line: number;
  readonly character: number;
}

/** The sandbox's Python, whatever this machine has. A package of which pyright knows only types (it brings many) is still missing. */
const SETTINGS = { pythonVersion: '3.11', pythonPlatform: 'Linux', typeCheckingMode: 'standard', reportMissingModuleSource: 'error', reportUnnecessaryComparison: 'error' };

/**
 * Type-checks all texts in one process of pyright.
 * @param modules files that the texts may import, at their own paths
 * @param packages folder of installed packages; undefined: imports of packages are not judged
 * @throws HarnessError `checker-crashed` when pyright does not run or speaks in an unknown way, `cancelled`
 */
export async function typeCheck(texts: readonly PythonText[], modules: readonly PythonText[], packages: string | undefined, signal: AbortSignal): Promise<PythonFinding[]> {
  if (texts.length === 0) return [];
  const folder = await realpath(await makeTemporaryFolder('check-python'));
  try {
    for (const { path, text } of [...modules, ...texts]) await write(join(folder, path), text);
    const settings = packages === undefined ? { ...SETTINGS, reportMissingImports: 'none', reportMissingModuleSource: 'none' } : { ...SETTINGS, extraPaths: [packages] };
    await write(join(folder, 'pyrightconfig.json'), JSON.stringify({ ...settings, include: texts.map(({ path }) => path) }));
    const byPath = new Map(texts.map(({ path, text }) => [path, text]));
    const { generalDiagnostics } = await run(folder, signal);
    return generalDiagnostics.flatMap((each) => {
      const path = relative(folder, each.file).replaceAll('\\', '/');
      const text = byPath.get(path);
      return text === undefined || each.severity !== 'error' ? [] : [{ path, tool: 'pyright' as const, code: each.rule ?? 'pyright', message: lastReason(each.message), ...place(text, each.range) }];
    });
  } finally {
    await removeTemporaryFolder(folder);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** No PATH: pyright would look for a Python of this machine, and judge by its packages. */
function run(folder: string, signal: AbortSignal): Promise<Answer> {
  const pyright = createRequire(import.meta.url).resolve('pyright/index.js');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [pyright, '--outputjson', '-p', 'pyrightconfig.json'], { cwd: folder, signal, env: { PATH: '/nonexistent', HOME: folder }, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // 0: nothing found, 1: something found. All else is not about the texts.
      if (error === null || error.code === 1) {
        try {
          resolve(JSON.parse(stdout) as Answer);
          return;
        } catch {
          // Not JSON: reported below with what was said.
        }
      }
      reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', `pyright did not answer: ${error?.message ?? 'no JSON'}. Is the package "pyright" installed? npm ci installs it.`, { cause: error, logTail: `${stdout}\n${stderr}`.slice(-4_000) }));
    });
  });
}

/** Says in other words what the first line said. */
const SAME_AGAIN = /^(Type )?"[^"]*" is not assignable to (type )?"[^"]*"$/;

/** Pyright explains in indented lines below; the first is what happened, and the last why. One line has room for both. */
function lastReason(message: string): string {
  const lines = message.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const [first = '', ...more] = lines;
  const reason = more.at(-1);
  return reason === undefined || SAME_AGAIN.test(reason) ? first : `${first.replace(/\.?$/, '')}: ${reason}`;
}

function place(text: string, { start, end }: { readonly start: Position; readonly end: Position }): { offset: number; length: number } {
  const starts = lineStarts(text);
  const offset = Math.min((starts[start.line] ?? text.length) + start.character, text.length);
  return { offset, length: Math.max(Math.min((starts[end.line] ?? text.length) + end.character, text.length) - offset, 0) };
}
