import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';

const FILE = 'snippets/incidents/first-light.yaml';
const incident = `${readFileSync(join(repository, FILE), 'utf8').replace(/^notes:[\s\S]*/m, '').trimEnd()}
story: The gateway's only instance is gone for 45 seconds.
expectations:
`;
/** Where the first expectation begins. */
const FIRST = incident.split('\n').length;
const item = (claim: string, query: string, proven = 'dataset'): string => `  - claim: ${claim}
    signal: metrics
    visible: true
    proven: ${proven}
    query: ${query}
    expect: count > 0
`;
interface JsonReport {
  readonly blocks: readonly { readonly id: string; readonly line: number; readonly verdict: string; readonly reason?: string; readonly expectation?: object; readonly diagnostics: readonly { readonly ruleId: string; readonly file: string; readonly line: number; readonly column: number }[] }[];
  readonly pageDiagnostics: readonly { readonly ruleId: string; readonly line: number; readonly message: string }[];
}

let course: SmallCourse;
beforeEach(() => { course = makeCourse({}); });
afterEach(() => course[Symbol.dispose]());
async function check(expectations: string, args: readonly string[] = []): Promise<JsonReport & { readonly code: number | null }> {
  course.write(FILE, incident + expectations);
  const { code, stdout, stderr } = await course.run(['check', ...args, '--report', 'json']);
  expect(stdout, stderr).not.toBe('');
  return { code, ...(JSON.parse(stdout) as JsonReport) };
}

describe('check, of an incident', () => {
  test('a mistake in a query is found at its place in the YAML', async () => {
    const { code, blocks } = await check(item('It is up.', 'min(up)') + item('It is misspelt.', 'sum(rate(http_request_total{service="gateway"}[1m]))'));
    expect(code).toBe(1);
    expect(blocks.map(({ id, verdict }) => [id, verdict])).toEqual([['incidents/first-light#picture', 'passed'], ['incidents/first-light#it-is-up', 'passed'], ['incidents/first-light#it-is-misspelt', 'failed']]);
    expect(blocks[2]?.diagnostics).toMatchObject([{ ruleId: 'promql/unknown-metric', file: FILE, line: FIRST + 10, column: 12 + 'sum(rate('.length }]);
    expect(blocks[1]).toMatchObject({ line: FIRST, expectation: { claim: 'It is up.', signal: 'metrics', visible: true, proven: 'dataset' } });
    expect(blocks[0]).not.toHaveProperty('expectation');
  });
  test('what only live services show is skipped, and says why', async () => {
    const { code, blocks } = await check(item('It is up.', 'min(up)', 'both') + item('A target says why it fails.', 'min(up)', 'live'));
    expect([code, blocks.slice(1).map(({ verdict, reason }) => [verdict, reason])]).toEqual([0, [['passed', undefined], ['skipped', 'it is proven on the live services only, and this run has none']]]);
  });
  test.each(['incidents/first-light', 'incidents', FILE])('it is called %s', async (name) => {
    expect((await check(item('It is up.', 'min(up)'), [name])).blocks).toHaveLength(2);
  });
  test('an attribute of the wrong form is one of its line', async () => {
    const { blocks } = await check(item('It is up.', 'min(up)').replace('count > 0', 'many'));
    expect(blocks[1]?.diagnostics).toMatchObject([{ ruleId: 'plan/attribute-form', file: FILE, line: FIRST + 5, column: 13 }]);
  });
  test('what cannot be simulated is told once, with the place of the mistake', async () => {
    course.write(FILE, (incident + item('It is up.', 'min(up)') + item('It is still up.', 'min(up)')).replace('seed: 20260302', 'sead: 20260302'));
    const { code, stdout } = await course.run(['check']);
    expect(code).toBe(1);
    expect(stdout.match(/plan\/unknown-dataset.*/g)).toEqual([expect.stringMatching(/^plan\/unknown-dataset The dataset cannot be had: snippets\/incidents\/first-light\.yaml:\d+:1: unknown key "sead" in the incident: did you mean "seed"\? Correct it there\.$/)]);
  });
  test('an expectation that cannot be asked is found, and hides no other', async () => {
    const { blocks, pageDiagnostics } = await check(item('It is up.', 'min(up)') + item('It is not asked.', 'min(up)').replace('    visible: true\n', ''));
    expect(blocks).toHaveLength(2);
    expect(pageDiagnostics).toMatchObject([{ ruleId: 'incident/not-valid', line: FIRST + 6 }]);
  });
  test.each([['is not YAML', '  - claim: this: that\n'], ['has an expectation that cannot be asked', item('It is up.', 'min(up)').replace('signal: metrics', 'signal: metric')]])('the answers of a file that %s wait until it is mended', async (_what, expectations) => {
    course.write('docs/transcripts/incidents/first-light/it-is-up.json', '{}');
    const { pageDiagnostics } = await check(expectations);
    expect(pageDiagnostics.map(({ ruleId }) => ruleId)).toEqual(['incident/not-valid']);
  });
});
