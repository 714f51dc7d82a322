import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeAttempt } from '../../harness/exercise.ts';
import { listEditions } from '../../harness/editions.ts';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import type { Output } from '../../harness/model/transcript.ts';
import { HarnessError, type Verdict } from '../../harness/model/verdict.ts';
import { listPages } from '../../harness/pages.ts';
import { parsePage, readProofs } from '../../harness/parse/index.ts';
import { makeCourse } from '../support/course.ts';
import { block, diagnostic, passed, place } from '../report/sample.ts';

const root = resolve(import.meta.dirname, '../..');
const proof = { page: 'day-1/lag', claim: 'Did it.', at: ['start', 'start-python'], passed: 'done: all' };
const failed = (name: string, message: string, ruleId: Diagnostic['ruleId'] = 'shell/exit'): Verdict => ({
  kind: 'failed', block: block(name), depth: 'ran', elapsedMs: 1, diagnostics: [diagnostic(message, place(3, 1, 2), { ruleId })],
});
const printing = (name: string, stdout: string): ReadonlyMap<string, Output> => new Map([[block(name).id, { kind: 'process', stdout, stderr: '', exitCode: 0 }]]);
const judge = (verdicts: readonly Verdict[], outputs: ReadonlyMap<string, Output> = new Map()) => judgeAttempt(proof, { verdicts, pageDiagnostics: [], errors: [] }, outputs);

describe('an attempt at an exercise', () => {
  test('passes when its check prints so, in either language', () => {
    expect(judge([failed('start', 'Ended with exit code 0, expected 1.'), passed('other')], printing('start', '3 a\ndone: all 3\n'))).toEqual({ passed: true });
    expect(judge([passed('start'), failed('start-python', 'Ended.')], printing('start-python', 'done: all 3\n'))).toEqual({ passed: true });
  });
  test('passes when a query answers that must not answer of the starting file', () => {
    const query = { ...proof, passed: 'Found 1 series in the answer, expected none' };
    expect(judgeAttempt(query, { verdicts: [failed('start', 'Found 1 series in the answer, expected none: the fence says `empty`.', 'answer/not-empty')], pageDiagnostics: [], errors: [] }, new Map())).toEqual({ passed: true });
    expect(judgeAttempt(query, { verdicts: [failed('start', 'Found 3 series in the answer, expected none: the fence says `empty`.', 'answer/not-empty')], pageDiagnostics: [], errors: [] }, new Map()).passed).toBe(false);
  });
  test('that fails is told what its check printed, and what is wrong, but not that it is no longer the starting file', () => {
    expect(judge([failed('start', 'Expected other words.', 'answer/unmet-expectation'), failed('other', 'Found no end of this string.', 'shell/syntax-error')], printing('start', 'missing: two\n')))
      .toEqual({ passed: false, printed: 'missing: two\n', complaints: ['docs/content/docs/day-1/lag.mdx:3: Found no end of this string.'] });
  });
  test('is not passed by leaving the check out, nor by what another block prints', () => {
    expect(judge([failed('start', 'Ended with exit code 0, expected 1.')], printing('start', ''))).toEqual({ passed: false, printed: '', complaints: [] });
    expect(judge([passed('start'), passed('solution')], printing('solution', 'done: all 3\n')).passed).toBe(false);
  });
  test('says nothing where something of ours broke', () => {
    const error = new HarnessError('backend-lost', 'gone');
    expect(() => judge([{ kind: 'errored', block: block('start'), depth: 'checked', elapsedMs: 1, error }])).toThrow(error);
  });
});

describe('what can be proven', () => {
  const editions = listEditions(root);
  test('is a page with the blocks that are its check', () => {
    for (const edition of editions) for (const { page, at } of readProofs(edition.root)) {
      const { blocks } = parsePage({ root: edition.root, file: `docs/content/docs/${page}.mdx` });
      expect(at.filter((name) => !blocks.some((one) => one.name === name)), page).toEqual([]);
    }
  });
  test('is refused with the name of an entry that is not whole', () => {
    using broken = makeCourse({});
    broken.write('docs/proofs.yml', 'day-1/x: {claim: Did it., at: [a]}\n');
    expect(() => readProofs(broken.root)).toThrow('docs/proofs.yml: found claim, at under day-1/x, expected claim and passed with a text each');
  });
  test('is every exercise of the current edition', () => {
    const exercises = listPages(root).map((file) => parsePage({ root, file })).filter(({ frontmatter }) => frontmatter['kind'] === 'exercise').map(({ id }) => id);
    expect(exercises.length).toBeGreaterThan(2);
    expect(readProofs(root).map(({ page }) => page).sort()).toEqual(exercises.sort());
  });
});

test('npm run exercise lists the exercises, and refuses words that mean none', () => {
  const program = join(root, 'harness/exercise.ts');
  expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toContain('day-1/exercise-logs');
  expect(() => execFileSync(process.execPath, [program, 'day-1/exercise-log'], { encoding: 'utf8', stdio: 'pipe' })).toThrow('did you mean day-1/exercise-logs?');
});
