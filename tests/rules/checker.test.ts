import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../harness/backends/container.ts';
import { rules } from '../../harness/checkers/rules.ts';
import { checkRules, root } from './check-rules.ts';

const signal = new AbortController().signal;
const stack = new AsyncDisposableStack();
let promtool: string | undefined;

beforeAll(async () => {
  const engine = stack.use(await openEngine({ root, log: () => undefined, signal }));
  promtool = await engine.tool('prometheus', 'promtool');
}, 120_000);
afterAll(() => stack.disposeAsync());

const isStatic = (place: string): boolean => !place.endsWith('/promtool-refuses');

describe('rules.mdx', () => {
  it('finds what it wants with promtool, at its place and in these words, and nothing else', async () => {
    const { found, wanted, otherWords, pageProblems } = await checkRules('rules.mdx', promtool);
    expect(pageProblems).toEqual([]);
    expect(found).toEqual(wanted);
    expect(otherWords).toEqual([]);
  });
  it('finds the same without promtool, but for what only promtool knows', async () => {
    const { found, wanted } = await checkRules('rules.mdx', undefined);
    expect(found).toEqual(wanted.filter(isStatic));
  });
  it('has a want for every rule', async () => {
    const { wanted } = await checkRules('rules.mdx', undefined);
    const ids = new Set(wanted.map((place) => place.split('/').at(-1)));
    expect(Object.keys(rules.rules).filter((rule) => !ids.has(rule))).toEqual([]);
  });
  it('says that promtool cannot be run, rather than passing', async () => {
    await expect(checkRules('rules.mdx', '/nowhere/promtool')).rejects.toMatchObject({ code: 'checker-crashed' });
  });
});
