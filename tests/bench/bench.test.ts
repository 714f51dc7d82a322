import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure } from '../../harness/bench/child.ts';
import { writeCorpus } from '../../harness/bench/corpus.ts';
import { tableBudgets } from '../../harness/bench/budgets.ts';
import { OURS } from '../../harness/bench/contests.ts';
import { median, runRounds, type Result } from '../../harness/bench/rounds.ts';
import { contestTable } from '../../harness/bench/tables.ts';
import { repository } from '../support/course.ts';

const { signal } = new AbortController();
const corpora = (): string[] => readdirSync(tmpdir()).filter((name) => /^bench-(?:ts|rules|mixed)-7-/.test(name));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
function bench(args: readonly string[], onStderr: (text: string, pid: number) => void = () => undefined): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(repository, 'harness/bench.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk; });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
      if (child.pid !== undefined) onStderr(stderr, child.pid);
    });
    child.once('error', fail).once('close', (code) => done({ code, stdout, stderr }));
  });
}

test('--help says what it measures and how long a table takes', async () => {
  expect(await bench(['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm run bench[^]*--quick[^]*--sizes/) });
});

test.each([
  [['--sizes', 'many'], 'Found --sizes many, expected whole numbers'],
  [['--rounds', '0'], 'Found --rounds 0, expected whole numbers'],
  [['--only', 'speed'], 'Found --only speed, expected some of types, runs'],
  [['--fast'], "Unknown option '--fast'"],
])('%j means nothing: exit 2, and what was expected', async (args, words) => {
  expect(await bench(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
});

test.each(['ts', 'rules', 'mixed'] as const)('nothing is wrong with the generated course of %s, before and after an edit', async (kind) => {
  using corpus = writeCorpus(repository, kind, 11);
  const env = { COURSE_ROOT: corpus.root, INIT_CWD: corpus.root };
  const check = async (): Promise<string> => (await measure(process.execPath, ['harness/main.ts', 'check', '--no-cache'], { cwd: corpus.root, env, signal })).stdout;
  expect(await check()).toContain('11 blocks: 11 passed');
  const before = corpus.markdown.map((file) => readFileSync(file, 'utf8'));
  corpus.edit();
  const after = corpus.markdown.map((file) => readFileSync(file, 'utf8'));
  expect(after).not.toEqual(before);
  expect(await check()).toContain('11 blocks: 11 passed');
});

test('what fails is told with its words, and is no figure', async () => {
  await expect(measure('sh', ['-c', 'echo no such rule >&2; exit 3'], { signal })).rejects.toThrow(/ended with 3: no such rule/);
});

test('what is interrupted ends with all that it started', async () => {
  const interrupt = new AbortController();
  const sleeping = measure('sh', ['-c', 'sleep 1000 & wait'], { signal: interrupt.signal });
  interrupt.abort(new Error('Ctrl-C'));
  await expect(sleeping).rejects.toThrow('Ctrl-C');
});

test('the memory of a program is also that of what it started', async () => {
  const hold = "const held = Buffer.alloc(150e6, 1); setTimeout(() => held.at(0), 600)";
  const { peakMb = 0 } = await measure('sh', ['-c', '"$0" -e "$1" & wait', process.execPath, hold], { signal });
  expect(peakMb).toBeGreaterThan(150);
});

test('contestants take turns', async () => {
  const order: string[] = [];
  const contestant = (label: string) => ({ label, run: async () => { order.push(label); return { wallS: 1, peakMb: undefined }; } });
  await runRounds([contestant('a'), contestant('b')], { size: 1, rounds: 2, say: () => undefined });
  expect(order).toEqual(['a', 'b', 'a', 'b']);
});

test('a table says how many times ours a peer takes, where both were measured', () => {
  const results = [
    { label: 'ours', size: 1, wallS: [1, 3, 2], peakMb: 10.4 }, { label: 'peer', size: 1, wallS: [8], peakMb: undefined }, { label: 'ours', size: 2, wallS: [3], peakMb: 12 },
  ];
  expect(contestTable(results, (label) => (label === 'ours' ? undefined : 'ours')).split('\n')).toEqual([
    '| | 1 blocks | × ours | 2 blocks | × ours | peak memory |', '|---|---|---|---|---|---|',
    '| ours | 2.00 s ± 1.00 |  | 3.00 s |  | 12 MB |', '| peer | 8.00 s | 4.0× |  |  |  |', '',
  ]);
  expect([median([1, 4, 2]), median([1, 2])]).toEqual([2, 1.5]);
});

test('Ctrl-C ends it with 130; nothing is written, nothing stays', async () => {
  const before = readFileSync(join(repository, 'harness/BENCHMARKS.md'), 'utf8');
  let isInterrupted = false;
  const { code, stderr } = await bench(['--sizes', '7', '--only', 'types'], (said, pid) => {
    if (isInterrupted || !said.includes('round 1 of 5')) return;
    isInterrupted = true;
    process.kill(pid, 'SIGINT');
  });
  expect([code, isInterrupted], stderr).toEqual([130, true]);
  expect(corpora()).toEqual([]);
  expect(readFileSync(join(repository, 'harness/BENCHMARKS.md'), 'utf8')).toBe(before);
});

test('a ratio is of two results of one size', () => {
  const result = (label: string, size: number, wallS: number): Result => ({ label, size, wallS: [wallS], peakMb: undefined });
  const types = [result(OURS.cold, 200, 2), result(OURS.singly, 200, 60), result(OURS.cold, 2000, 6)];
  expect(tableBudgets({ types, runs: [], rules: [], lessons: [] }, undefined)).toContain('| TypeScript: our own, one by one | 16× | 30× at 200 blocks |');
});
