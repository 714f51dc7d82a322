import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../model/temporary.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
const TIME_LIMIT_MS = 120_000;
/** For all texts of a kind together, on a machine that others use too. */
const EACH_LIMIT_MS = 600_000;

/** Runs a program in a folder of files, then removes the folder. @throws HarnessError when it cannot be started, or is interrupted */
export async function runOver(program: string, args: readonly string[], files: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Said> {
  const folder = await makeTemporaryFolder('scan');
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    return await run(program, args, folder, { signal, timeoutMs: TIME_LIMIT_MS });
  } finally {
    await removeTemporaryFolder(folder);
  }
}

function run(program: string, args: readonly string[], cwd: string, { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number }, env: NodeJS.ProcessEnv = process.env): Promise<Said> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, signal, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // A program that panics or is ended has a code of its own, or none: what it said decides, not that it failed.
      if (error !== null && typeof error.code === 'string') reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', `${program} could not be run`, { cause: error, logTail: stderr.slice(-2_000) }));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** One line of a shell a text, half of them beside the other half: starting a program from a process as large as ours takes longer than what it does. */
const EACH = 'half() { for f in $1; do eval "$2" > "$f.said" 2>&1; echo "exit $?" >> "$f.said"; done; }; half "*0.in *2.in *4.in *6.in *8.in" "$1" & half "*1.in *3.in *5.in *7.in *9.in" "$1" & wait';

/**
 * Runs a Go program, which does little and ends at once, once for each text, with its path in `$PROGRAM` and the text's file in `$f`.
 * @param line of the shell
 * @returns what each said on both its streams, and its exit code
 * @throws HarnessError where one of them did not come to its end
 */
export async function runEach(program: string, line: string, texts: readonly string[], signal: AbortSignal): Promise<readonly { readonly code: number; readonly said: string }[]> {
  if (texts.length === 0) return [];
  const folder = await makeTemporaryFolder('scan');
  try {
    await Promise.all(texts.map((text, index) => writeFile(join(folder, `${index}.in`), text)));
    await run('sh', ['-c', EACH, 'sh', line], folder, { signal, timeoutMs: EACH_LIMIT_MS }, { ...process.env, PROGRAM: program, GOMAXPROCS: '1', GOGC: 'off', GOMEMLIMIT: '512MiB' });
    return await Promise.all(texts.map(async (_, index) => {
      const said = await readFile(join(folder, `${index}.in.said`), 'utf8').catch(() => '');
      const code = /exit (\d+)\s*$/.exec(said)?.[1];
      // Ended before its turn: that it said nothing speaks for nothing.
      if (code === undefined) throw new HarnessError('timed-out', `${program} was not done with ${texts.length} texts within ${EACH_LIMIT_MS / 1000} s. Scan fewer files at a time, or on a machine that is less busy.`);
      return { code: Number(code), said: said.replace(/exit \d+\s*$/, '') };
    }));
  } finally {
    await removeTemporaryFolder(folder);
  }
}

/** What Prometheus' own parser says of expressions, in one call: undefined for those that it takes; else where (0-based UTF-16) and its words. */
export async function askPromql(promtool: string, expressions: readonly string[], signal: AbortSignal): Promise<readonly ({ readonly offset: number; readonly words: string } | undefined)[]> {
  const rules = expressions.map((text) => `  - record: sample\n    expr: ${JSON.stringify(text)}`).join('\n');
  if (expressions.length === 0) return [];
  const { stderr } = await runOver(promtool, ['--enable-feature=promql-experimental-functions,promql-extended-range-selectors', 'check', 'rules', '--lint=none', 'all.yml'], { 'all.yml': `groups:\n- name: all\n  rules:\n${rules}\n` }, signal);
  const said = new Map([...stderr.matchAll(/group "all", rule (\d+), "sample": (?:could not parse expression: (\d+):(\d+): )?(?:parse error: )?(.*)/g)]
    .map(([, rule, line, column, words]) => [Number(rule), { offset: offsetOf(expressions[Number(rule) - 1] ?? '', Number(line ?? 1), Number(column ?? 1)), words: words ?? '' }]));
  return expressions.map((_, index) => said.get(index + 1));
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Buffer.from(lines[line - 1] ?? '').subarray(0, Math.max(0, column - 1)).toString().length;
}

/** Indices of the rule files that `promtool check rules` refuses, all asked about in one call. */
export async function askRules(promtool: string, texts: readonly string[], signal: AbortSignal): Promise<ReadonlySet<number>> {
  if (texts.length === 0) return new Set();
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.rules.yml`, `${text}\n`]));
  const { stderr } = await runOver(promtool, ['--enable-feature=promql-experimental-functions,promql-extended-range-selectors', 'check', 'rules', '--lint=none', ...Object.keys(files)], files, signal);
  return new Set([...stderr.matchAll(/^(\d+)\.rules\.yml: /gm)].map(([, index]) => Number(index)));
}

/** What Loki's own parser says against each query; undefined for those that it takes. */
export async function askLogql(logcli: string, queries: readonly string[], signal: AbortSignal): Promise<readonly (string | undefined)[]> {
  const said = await runEach(logcli, '"$PROGRAM" fmt < "$f"', queries, signal);
  return said.map((one) => /failed to parse the query: (.*)/.exec(one.said)?.[1]);
}
