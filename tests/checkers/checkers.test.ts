import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import { checkFixture, type FixtureResult, type Said } from './check-fixture.ts';

const names = readdirSync(join(import.meta.dirname, 'fixtures')).filter((name) => name.endsWith('.mdx')).sort();
const results = new Map<string, FixtureResult>();

beforeAll(async () => {
  for (const name of names) results.set(name, await checkFixture(name));
});

function resultOf(name: string): FixtureResult {
  const result = results.get(name);
  if (result === undefined) throw new Error(`${name} was not checked`);
  return result;
}
/** Without the message: what must agree exactly. */
function placesOf(said: readonly Said[]): string[] {
  return said.map(({ block, at, level, ruleId }) => `block ${block} ${at} ${level} ${ruleId}`).sort();
}

describe.each(names)('%s', (name) => {
  it('says of every block what is expected', () => {
    expect(resultOf(name).silent).toEqual([]);
    expect(resultOf(name).page.diagnostics.map(({ message }) => message)).toEqual([]);
  });
  it('finds what it wants, at its place, and nothing else', () => {
    const { found, wanted } = resultOf(name);
    expect(placesOf(found)).toEqual(placesOf(wanted));
  });
  it('says it in the words wanted', () => {
    const { found, wanted } = resultOf(name);
    for (const want of wanted) {
      const same = found.filter((each) => placesOf([each])[0] === placesOf([want])[0]);
      expect(same.map(({ message }) => message).join('\n')).toContain(want.message);
    }
  });
});

// Rule files have tests of their own, with promtool.
const own = checkers.filter(({ name }) => name !== 'rules');

it('has a want for every rule', () => {
  const wanted = new Set([...results.values()].flatMap((result) => result.wanted.map(({ ruleId }) => ruleId)));
  const all = own.flatMap((checker) => Object.keys(checker.rules).map((rule) => `${checker.name}/${rule}`));
  expect(all.filter((ruleId) => !wanted.has(ruleId))).toEqual([]);
});

it('has a clean block for every language', () => {
  const clean = new Set([...results.values()].flatMap((result) => result.cleanLanguages));
  expect(own.flatMap(({ languages }) => languages).filter((language) => !clean.has(language))).toEqual([]);
});
