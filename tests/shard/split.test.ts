import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import type { Page } from '../../harness/model/block.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { commonAttributes } from '../../harness/plan/attributes.ts';
import { readShard, takeShard } from '../../harness/shard.ts';
import { costPage, type PageCost } from '../../harness/shard-costs.ts';

const page = (id: string): Page => ({ id }) as unknown as Page;
/** A page's cost stands in its frontmatter here: own milliseconds, and what it shares. */
const priced = fc.uniqueArray(fc.record({
  id: fc.string({ minLength: 1, maxLength: 6 }), ownMs: fc.nat(5_000), shared: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
}), { selector: ({ id }) => id, maxLength: 30 });
const SHARED_MS = 2_000;
type Priced = readonly { readonly id: string; readonly ownMs: number; readonly shared: readonly string[] }[];
const costsOf = (all: Priced) => {
  const costs = new Map(all.map(({ id, ownMs, shared }) => [id, { ownMs, shared: new Map(shared.map((name) => [name, SHARED_MS])) }]));
  return ({ id }: Page): PageCost => costs.get(id) as PageCost;
};
const split = (all: Priced, count: number): string[][] =>
  Array.from({ length: count }, (_, index) => takeShard(all.map(({ id }) => page(id)), { index: index + 1, count }, costsOf(all)).map(({ id }) => id));
const loadOf = (ids: readonly string[], all: Priced): number => {
  const members = all.filter(({ id }) => ids.includes(id));
  return members.reduce((sum, { ownMs }) => sum + ownMs, 0) + new Set(members.flatMap(({ shared }) => shared)).size * SHARED_MS;
};

describe('all shards together', () => {
  test('hold each page once, in the order in which they came', () => {
    fc.assert(fc.property(priced, fc.integer({ min: 1, max: 12 }), (all, count) => {
      const shards = split(all, count);
      expect(shards.flat().sort()).toEqual(all.map(({ id }) => id).sort());
      for (const shard of shards) expect(shard).toEqual(all.map(({ id }) => id).filter((id) => shard.includes(id)));
    }));
  });

  test('are the same wherever the pages come from, in whatever order', () => {
    fc.assert(fc.property(priced, fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat()), (all, count, order) => {
      const shuffled = all.map((one) => ({ one, at: order.next().value as number })).sort((left, right) => left.at - right.at).map(({ one }) => one);
      expect(split(shuffled, count).map((shard) => shard.sort())).toEqual(split(all, count).map((shard) => shard.sort()));
    }));
  });

  test('cost about the same: none exceeds the least by more than its dearest page', () => {
    fc.assert(fc.property(priced, fc.integer({ min: 2, max: 6 }), (all, count) => {
      const loads = split(all, count).map((ids) => loadOf(ids, all));
      const dearest = Math.max(0, ...all.map(({ ownMs, shared }) => ownMs + shared.length * SHARED_MS));
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(dearest);
    }));
  });
});

test('pages over one dataset go together where that is cheaper: it is loaded once', () => {
  const all = [{ id: 'p', ownMs: 900, shared: ['a'] }, { id: 'q', ownMs: 800, shared: ['b'] }, { id: 'r', ownMs: 700, shared: ['a'] }, { id: 's', ownMs: 600, shared: ['b'] }];
  expect(split(all, 2)).toEqual([['p', 'r'], ['q', 's']]);
});

test('more shards than pages: some have none', () => {
  expect(split([{ id: 'p', ownMs: 1, shared: [] }], 3)).toEqual([['p'], [], []]);
});

test.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/2', '-1/4', '1/99999'])('--shard %s means nothing', (text) => {
  expect(() => readShard(text)).toThrow('--shard 1/4 to --shard 4/4');
});

describe('the cost of a page', () => {
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const costOf = (...fences: readonly string[]): PageCost => costPage(parsePage({
    root: '/nowhere', file: 'docs/content/docs/p.mdx', knownAttributes,
    source: `---\ndataset: healthy\n---\n\n${fences.map((info) => `\`\`\`${info}\nx\n\`\`\`\n`).join('\n')}`,
  }), checkers);

  test('a page without blocks costs nothing', () => {
    expect(costOf()).toEqual({ ownMs: 0, shared: new Map() });
  });
  test('what is only checked costs least, what listens most', () => {
    const [json, notRun, query, live] = [costOf('json'), costOf('promql no_run'), costOf('promql name=a'), costOf('ts name=a scrapes=2')].map(({ ownMs }) => ownMs) as [number, number, number, number];
    expect(notRun).toBe(json);
    expect(query).toBeGreaterThan(json);
    expect(live).toBeGreaterThan(10 * query);
  });
  test('a dataset is counted once however many queries ask it, a live service needs none', () => {
    expect([...costOf('promql name=a', 'logql name=b', 'promql name=c dataset=checkout-lag').shared.keys()]).toEqual(['dataset healthy', 'dataset checkout-lag']);
    expect(costOf('ts name=a scrapes=2', 'promql name=b continues=a').shared).toEqual(new Map());
  });
});
