import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateMark, pageOf } from '../../docs/rule-pages/rule-text.ts';
import { backends } from '../../harness/backends/index.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { collectRules } from '../../harness/evidence.ts';
import { repository } from '../support/course.ts';
import { readTexts } from './texts.ts';

const rules = [...collectRules(checkers, backends).keys()];
const texts = readTexts();

test('every rule has a text: write docs/rules/<rule>.md for those listed here', () => {
  expect(rules.filter((id) => !texts.has(id))).toEqual([]);
});

test('every text, and every proof beside it, belongs to a rule', () => {
  const known = new Set<string>(rules);
  expect([...texts.keys()].filter((id) => !known.has(id))).toEqual([]);
  const proofs = readdirSync(join(repository, 'docs/rules'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  expect(proofs.filter((id) => !known.has(id))).toEqual([]);
});

test.each([...texts])('%s says in words what it means, and marks one place of its failing example', (_, text) => {
  const words = text.parts.filter((part) => typeof part === 'string').join(' ').split(/\s+/);
  expect(words.length).toBeGreaterThan(19);
  const failing = pageOf(text, 'failing');
  if (text.unprovoked !== undefined) return expect(failing).toBeUndefined();
  const files = text.parts.filter((part) => typeof part !== 'string' && part.role === 'failing' && part.mark !== undefined);
  expect(files, 'at="…" or after="…"').toHaveLength(1);
  expect(files.map((file) => typeof file === 'string' ? undefined : locateMark(file)), 'the marked text is in the example').not.toContain(undefined);
});
