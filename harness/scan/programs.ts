import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** As many at once as processors that others leave us. */
const AT_ONCE = 4;
const TIME_LIMIT_MS = 30_000;

/** Runs a program in a folder of files, then removes the folder. @throws HarnessError when it cannot be started, or is interrupted */
export async function runOver(program: string, args: readonly string[], files: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), 'scan-'));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    return await run(program, args, folder, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<Said> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, signal, timeout: TIME_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // A program that panics or is ended has a code of its own, or none: what it said decides, not that it failed.
      if (error !== null && typeof error.code === 'string') reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', `${program} could not be run`, { cause: error, logTail: stderr.slice(-2_000) }));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** Each item through a slow function, few at a time, answers in order. */
export async function mapFew<Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next; at < items.length; at = next) {
      next += 1;
      answers[at] = await ask(items[at] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return answers;
}

/** What Prometheus' own parser says of expressions, in one call: undefined for those that it takes; else where (0-based UTF-16) and its words. */
export async function askPromql(promtool: string, expressions: readonly string[], signal: AbortSignal): Promise<readonly ({ readonly offset: number; readonly words: string } | undefined)[]> {
  const rules = expressions.map((text) => `  - record: sample\n    expr: ${JSON.stringify(text)}`).join('\n');
  if (expressions.length === 0) return [];
  const { stderr } = await runOver(promtool, ['--enable-feature=promql-experimental-functions', 'check', 'rules', '--lint=none', 'all.yml'], { 'all.yml': `groups:\n- name: all\n  rules:\n${rules}\n` }, signal);
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
  const { stderr } = await runOver(promtool, ['--enable-feature=promql-experimental-functions', 'check', 'rules', '--lint=none', ...Object.keys(files)], files, signal);
  return new Set([...stderr.matchAll(/^(\d+)\.rules\.yml: /gm)].map(([, index]) => Number(index)));
}

/** What Loki's own parser says against a query; undefined when it takes it. */
export async function askLogql(logcli: string, query: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile(logcli, ['fmt'], { signal, timeout: TIME_LIMIT_MS }, (error, _stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', 'logcli could not be run', { cause: error, logTail: stderr }));
      else resolve(/failed to parse the query: (.*)/.exec(stderr)?.[1]);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(query);
  });
}
