import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyCourse, differences, runVerify } from '../../harness/soak/copy.ts';
import { soakInterrupts } from '../../harness/soak/interrupts.ts';
import { findLeftOvers, halfWritten } from '../../harness/soak/left-overs.ts';
import { soakRuns } from '../../harness/soak/runs.ts';
import { repository } from '../support/course.ts';

const { signal } = new AbortController();
const soak = (...args: string[]) => spawnSync(process.execPath, [join(repository, 'harness/soak.ts'), ...args], { encoding: 'utf8' });

/** A repository whose harness is a script: what a run does is what stands there. */
let fake: string;
beforeEach(() => {
  fake = mkdtempSync(join(tmpdir(), 'fake-course-'));
  for (const folder of ['harness', 'node_modules', 'docs/transcripts/p']) mkdirSync(join(fake, folder), { recursive: true });
  writeFileSync(join(fake, 'docs/transcripts/p/a.json'), '1');
});
afterEach(() => rmSync(fake, { recursive: true }));
const passes = "import { writeFileSync } from 'node:fs';\nwriteFileSync('soak-report.json', JSON.stringify({ blocks: [{ id: 'p#a', verdict: 'passed', diagnostics: [] }], pageDiagnostics: [], errors: [] }));\n";
const harness = (code: string): void => writeFileSync(join(fake, 'harness/main.ts'), code);
const options = () => ({ repository: fake, pages: [], signal, say: () => undefined });

test('--help says what is held', () => {
  expect(soak('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm run soak[^]*--interrupts N/) });
});
test.each([
  [[], 'expected at least one of them'], [['--runs', '0'], 'Found --runs 0, expected a whole number above 0'], [['--runs', '2', 'day-9'], 'day-9'], [['--forever'], "Unknown option '--forever'"],
])('%j means nothing: exit 2', (args, words) => {
  expect(soak(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(words) });
});

test('runs that are alike differ in nothing, and the checkout stays as it is', async () => {
  harness(passes);
  expect(await soakRuns(3, options())).toEqual([]);
  expect([existsSync(join(fake, 'soak-report.json')), readFileSync(join(fake, 'docs/transcripts/p/a.json'), 'utf8')]).toEqual([false, '1']);
});
test('a byte that changes is found, with the run and the file', async () => {
  harness(`${passes}writeFileSync('docs/transcripts/p/a.json', process.env.TZ);\n`);
  expect(await soakRuns(2, options())).toEqual([expect.stringMatching(/^run 1: the bytes of transcripts\/p\/a\.json: \w+ → \w+$/), expect.stringMatching(/^run 2: the bytes of transcripts\/p\/a\.json/)]);
});
test('a verdict that changes is found, and a run without a report', async () => {
  harness(passes.replace("'passed'", "process.env.TZ === 'UTC' ? 'passed' : 'failed'"));
  expect(await soakRuns(2, options())).toEqual(['run 2: the verdict of p#a: failed  → passed ']);
  harness("console.error('out of memory');\nprocess.exit(2);\n");
  expect(await soakRuns(1, options())).toEqual(['run 1: no report, exit code 2: out of memory']);
});

test('a file that runs leave is found, whoever is interrupted', async () => {
  harness(`${passes}writeFileSync(process.env.TMPDIR + '/rest', '');\n`);
  expect(await soakInterrupts(2, options())).toEqual(expect.arrayContaining(['the whole run: temporary file rest', expect.stringMatching(/^interruption 2 \(SIGTERM after \d+ ms\): temporary file rest$/), 'the run after the last: temporary file rest']));
  expect(await soakRuns(1, options())).toEqual(['run 1: temporary file rest']);
});

test('a run that ends with another code than an interrupted one, or the whole one, is found', async () => {
  harness(`for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(1));\n${passes}await new Promise((resolve) => setTimeout(resolve, 2_000));\n`);
  expect(await soakInterrupts(3, options())).toEqual(expect.arrayContaining([expect.stringMatching(/^interruption \d \((Ctrl-C|SIGTERM|Ctrl-C twice) after \d+ ms\): exit code 1/)]));
});

test('what is half written is found, and no stored answer is taken for it', async () => {
  using copy = copyCourse(fake, 'half');
  expect(halfWritten(copy)).toEqual([]);
  writeFileSync(join(copy.root, 'docs/transcripts/p/a.json.7.tmp'), '');
  expect(halfWritten(copy)).toEqual(['file docs/transcripts/p/a.json.7.tmp']);
  expect([...copy.answers().keys()]).toEqual(['transcripts/p/a.json', 'transcripts/p/a.json.7.tmp']);
  mkdirSync(join(copy.root, 'docs/editions/1.0/docs/transcripts/p'), { recursive: true });
  writeFileSync(join(copy.root, 'docs/editions/1.0/docs/transcripts/p/b.json'), '');
  expect([...copy.answers().keys()]).toContain('editions/1.0/docs/transcripts/p/b.json');
});

test('containers and networks count, and only those of the run', async () => {
  using copy = copyCourse(fake, 'engine');
  const hanging = spawn(process.execPath, [join(repository, 'tests/engine/start-and-hang.ts'), repository], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  await once(hanging.stdout, 'data');
  const left = await findLeftOvers(copy, hanging.pid ?? 0);
  hanging.kill('SIGINT');
  await once(hanging, 'exit');
  expect(left.map((line) => line.split(' ')[0])).toEqual(['container', 'network', 'process']);
  expect((await findLeftOvers(copy, process.pid)).filter((line) => !line.startsWith('process'))).toEqual([]);
});

test('a run reads no answer but those of the copy', async () => {
  harness(passes);
  using copy = copyCourse(fake, 'own');
  const run = await runVerify(copy, { pages: [], signal });
  expect([run.code, [...(run.verdicts ?? [])]]).toEqual([0, [['p#a', 'passed ']]]);
  expect(differences('x', new Map([['a', '1']]), new Map([['b', '1']]))).toEqual(['x of a: 1 → none', 'x of b: none → 1']);
});
