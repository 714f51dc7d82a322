import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repository } from '../support/course.ts';

const folder = mkdtempSync(join(tmpdir(), 'ci-count-'));
afterAll(() => rmSync(folder, { recursive: true }));

function count(verify: object, live: object | undefined, tests: object): { readonly lines: readonly string[]; readonly code: number | null } {
  const files = Object.entries({ verify, live, tests }).map(([name, content]) => {
    const file = join(folder, `${name}.json`);
    rmSync(file, { force: true });
    if (content !== undefined) writeFileSync(file, JSON.stringify(content));
    return file;
  });
  const { stdout, status } = spawnSync(process.execPath, [join(repository, '.ci/count.mjs'), ...files, '0'], { encoding: 'utf8' });
  return { lines: stdout.trim().split('\n').map((line) => line.replaceAll(`${folder}/`, '')), code: status };
}

const passed = { id: 'p#a', verdict: 'passed', depth: 'ran', diagnostics: [] };
const run = (...blocks: object[]) => ({ blocks, pageDiagnostics: [], errors: [] });
const tests = (failed: number) => ({
  numPassedTests: 2, numFailedTests: failed, numPendingTests: 0,
  testResults: [{ assertionResults: [{ status: 'passed', fullName: 'is well', failureMessages: [] }, ...Array.from({ length: failed }, (_, index) => ({ status: 'failed', fullName: `is ill ${index}`, failureMessages: ['Error: no\n    at there'] }))] }],
});

test('what passed is counted, each kind by itself, and all in the last line', () => {
  expect(count(run(passed, passed), run(passed), tests(0))).toEqual({ code: 0, lines: [
    'blocks: 2 passed (2 ran), 0 failed, 0 errored, 0 skipped', 'live claims: 1 passed (1 ran), 0 failed, 0 errored, 0 skipped', 'tests: 2 passed, 0 failed, 0 skipped; site build passed', '6 passed, 0 failed',
  ] });
});

test('what did not pass is named, with the first line of what was found', () => {
  const failed = { id: 'p#b', verdict: 'failed', depth: 'ran', diagnostics: [{ ruleId: 'x/hint', level: 'warning', message: 'hm' }, { ruleId: 'answer/unmet-expectation', level: 'error', message: 'Expected 1.\nMore' }] };
  const errored = { id: 'p#c', verdict: 'errored', depth: 'parsed', diagnostics: [], error: { message: 'Loki is gone' } };
  const broken = { blocks: [failed], pageDiagnostics: [{ file: 'p.mdx', line: 3, ruleId: 'link/broken', level: 'error', message: 'Nobody there.' }], errors: [{ message: 'no engine' }] };
  const { lines, code } = count(run(passed, errored), broken, tests(1));
  expect([code, ...lines.slice(0, 5), lines.at(-1)]).toEqual([1,
    'errored p#c: Loki is gone', 'failed p#b: answer/unmet-expectation Expected 1.', 'failed p.mdx:3: link/broken Nobody there.', 'broken: no engine', 'failed test: is ill 0: Error: no', '4 passed, 5 failed',
  ]);
});

test('claims that a busy machine left without a verdict are told, each reason once, and are no failure', () => {
  const skipped = (id: string) => ({ id, page: 'incidents/leak', verdict: 'skipped', reason: 'not judged: busy', depth: 'parsed', diagnostics: [] });
  const { lines, code } = count(run(passed), run(passed, skipped('a'), skipped('b')), tests(0));
  expect([code, lines[0], lines[2], lines.at(-1)]).toEqual([0, 'skipped live claims of incidents/leak: not judged: busy', 'live claims: 1 passed (2 parsed, 1 ran), 0 failed, 0 errored, 2 skipped', '5 passed, 0 failed']);
});

test('a flood of failures leaves the counts in sight, and a step without a report is one', () => {
  const { lines, code } = count(run(passed), undefined, tests(30));
  expect([code, lines[0], lines[20], lines[21], lines.at(-1)]).toEqual([1, 'live.json is missing: that step did not finish', 'failed test: is ill 19: Error: no', '… and 10 more', '4 passed, 31 failed']);
});
