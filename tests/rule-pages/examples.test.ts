import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { locateMark, pageOf, type ExampleFile, type RuleText } from '../../docs/rule-pages/rule-text.ts';
import type { RuleProof } from '../../docs/rule-pages/proof.ts';
import { backends } from '../../harness/backends/index.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { collectRules } from '../../harness/evidence.ts';
import { normaliseLive } from '../../harness/backends/sandbox/normalise.ts';
import { makeExampleCourse, proveStored, runCourse, writeFiles, type PageResult, type StoredExample } from './prove.ts';
import { proofFile, readTexts } from './texts.ts';

const rules: ReadonlyMap<string, { readonly level: RuleProof['level']; readonly summary: string }> = collectRules(checkers, backends);
// RULES=promql proves only those whose id begins so: for who writes a text.
const wanted = process.env['RULES'] ?? '';
const texts = [...readTexts().values()].filter(({ id }) => id.startsWith(wanted));
const provoked = texts.filter(({ unprovoked }) => unprovoked === undefined);
const storing = provoked.filter((text) => pageOf(text, 'before') !== undefined);
// A lock is judged only where all answers are right: it gets a course of its own.
const isAboutLock = (text: RuleText): boolean => filesOf(text, 'failing').some(({ file }) => file === 'docs/transcripts/lock.json');

function filesOf({ parts }: RuleText, role: ExampleFile['role']): ExampleFile[] {
  return parts.filter((part): part is ExampleFile => typeof part !== 'string' && part.role === role && part.file !== undefined);
}
const sourceOf = (text: RuleText, role: ExampleFile['role']): string => pageOf(text, role)?.source ?? '';

/** Live answers have the times and ports of their run: the stored one stays while the new one says the same. */
function keepLive(id: string, answers: RuleProof['answers']): RuleProof['answers'] {
  if (!existsSync(proofFile(id))) return answers;
  const stored = (JSON.parse(readFileSync(proofFile(id), 'utf8')) as RuleProof).answers;
  const reduce = ({ transcript }: RuleProof['answers'][number]): string => JSON.stringify({ ...transcript, output: normaliseLive(transcript.output) });
  return answers.map((answer) => {
    const before = stored.find(({ name }) => name === answer.name);
    return answer.transcript.dataset === undefined && before !== undefined && reduce(before) === reduce(answer) ? before : answer;
  });
}

let failing: ReadonlyMap<string, PageResult>;
let repaired: ReadonlyMap<string, PageResult>;

const toStored = (text: RuleText): StoredExample => ({ page: `failing/${text.id}`, before: sourceOf(text, 'before'), failing: sourceOf(text, 'failing'), files: filesOf(text, 'failing') });

beforeAll(async () => {
  const others = provoked.filter((text) => !storing.includes(text));
  const pages = [...others.map((text) => [`failing/${text.id}`, sourceOf(text, 'failing')]), ...provoked.map((text) => [`repaired/${text.id}`, sourceOf(text, 'repaired')])];
  using course = makeExampleCourse(Object.fromEntries(pages));
  for (const text of others) writeFiles(course, `failing/${text.id}`, filesOf(text, 'failing'));
  for (const text of provoked) writeFiles(course, `repaired/${text.id}`, filesOf(text, 'repaired'));
  const all = await runCourse(course, ['verify', '--update']);
  failing = new Map([...all, ...await proveStored(storing.filter((text) => !isAboutLock(text)).map(toStored)), ...await proveStored(storing.filter(isAboutLock).map(toStored))]);
  repaired = all;
}, 600_000);

describe.each(provoked.map((text) => [text.id, text] as const))('%s', (id, text) => {
  test('the failing example breaks this rule, at its mark, and no other', () => {
    const result = failing.get(`failing/${id}`);
    expect(new Set(result?.said.map(({ ruleId }) => ruleId)), result?.printed).toEqual(new Set([id, ...text.beside]));
    const marked = text.parts.find((part): part is ExampleFile => typeof part !== 'string' && part.role === 'failing' && part.mark !== undefined);
    expect(result?.said.map(({ line, column }) => ({ line, column })), result?.printed).toContainEqual(marked && locateMark(marked));
  });
  test('the repaired example passes', () => {
    const result = repaired.get(`repaired/${id}`);
    expect(result?.said.map(({ ruleId, message }) => `${ruleId} ${message}`)).toEqual([]);
    const allowed = sourceOf(text, 'repaired').includes(' ignore ') ? ['passed', 'skipped'] : ['passed'];
    expect(result?.verdicts.filter((verdict) => !allowed.includes(verdict))).toEqual([]);
  });
  test('its page shows what was really said and answered (renew with -u, then read the diff)', async () => {
    const [was, is] = [failing.get(`failing/${id}`), repaired.get(`repaired/${id}`)];
    const page = `docs/content/docs/failing/${id}.mdx`;
    const lines = new Set(was?.said.filter(({ file }) => file === page).flatMap(({ line, endLine }) => Array.from({ length: Math.min(endLine, line) - line + 1 }, (_, index) => line + index)));
    const proof: RuleProof = {
      level: rules.get(id)?.level ?? 'error', summary: rules.get(id)?.summary ?? '',
      failing: sourceOf(text, 'failing'), said: was?.printed ?? '', lines: [...lines].sort((a, b) => a - b),
      repaired: sourceOf(text, 'repaired'), answers: keepLive(id, is?.answers ?? []),
    };
    await expect(`${JSON.stringify(proof, undefined, 1)}\n`).toMatchFileSnapshot(proofFile(id));
  });
});
