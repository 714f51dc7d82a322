import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCourse, repository } from '../support/course.ts';

interface Reported {
  readonly blocks: readonly { readonly id: string; readonly verdict: string; readonly diagnostics: readonly { readonly ruleId: string; readonly message: string; readonly line: number; readonly column: number }[] }[];
}

/** What only real backends can tell: block, rule, line and column on the page, words. */
const wanted: readonly (readonly [block: string, ruleId: string, place: string, words: string])[] = [
  ['p99', 'answer/unmet-expectation', '6:29', '`value > 5`: the answer is 2.9'],
  ['none', 'answer/empty', '10:1', 'write `empty` on the fence'],
  ['quotes', 'logql/other-rejection', '15:1', 'It said: parse error at line 1, col 10: invalid char literal'],
  ['cut', 'jaeger/limit-reached', '19:1', 'Raise limit='],
  ['boom', 'typescript/threw', '26:23', "Cannot read properties of undefined (reading 'length')"],
  ['html', 'typescript/not-scraped', '30:1', 'unsupported Content-Type "text/html"'],
  ['late', 'rules/wrong-delay', '42:16', 'write after=5m30s'],
  ['late', 'rules/wrong-delay', '42:16', 'write after=7m15s'],
  ['late', 'rules/fired-when-quiet', '43:15', 'expected silence'],
];

test('mistakes that show only when a block runs are reported at their line, and nothing of them is stored', async () => {
  using course = makeCourse({ mistakes: readFileSync(join(repository, 'tests/pipeline/pages/runtime-mistakes.mdx'), 'utf8') });
  const { code, stdout, stderr } = await course.run(['verify', '--update', '--report', 'json']);
  expect(code, stderr).toBe(1);
  const { blocks } = JSON.parse(stdout) as Reported;
  expect(blocks.every((block) => block.verdict === 'failed')).toBe(true);
  const found = blocks.flatMap((block) => block.diagnostics.map((one) => [block.id.replace('mistakes#', ''), one.ruleId, `${one.line}:${one.column}`, one.message]));
  expect(found.map(([block, ruleId, place]) => [block, ruleId, place])).toEqual(wanted.map(([block, ruleId, place]) => [block, ruleId, place]));
  wanted.forEach(([, , , words], index) => expect(found[index]?.[3]).toContain(words));
  expect(stdout).not.toContain('docs/transcripts/mistakes/');
});
