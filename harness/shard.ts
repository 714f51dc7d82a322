import { createHash } from 'node:crypto';
import { hashCourse } from './cache.ts';
import type { Page } from './model/block.ts';
import type { ReportShard } from './model/report.ts';
import { UsageError } from './pages.ts';
import type { PageCost } from './shard-costs.ts';

/** One of the parts that a run is split into: `index` from 1 to `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** @throws UsageError when the text is not `2/4` or the like */
export function readShard(text: string): Shard {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index < 1 || index > count) throw new UsageError(`--shard ${text} means nothing: expected a part and how many there are, from --shard 1/4 to --shard 4/4`);
  return { index, count };
}

/**
 * The pages of one shard, in the order in which they came. Pages stay whole, so that what continues a live block, and what
 * is remembered of a page, stay together. The dearest page is placed first, each where it costs least: a page whose dataset
 * a shard loads anyway is cheap there. The same pages give the same shards on every machine, in whatever order they come;
 * all shards together hold each page once.
 */
export function takeShard(pages: readonly Page[], shard: Shard, costOf: (page: Page) => PageCost): Page[] {
  const priced = pages.map((page) => ({ page, cost: costOf(page), totalMs: totalOf(costOf(page)) }))
    .sort((left, right) => right.totalMs - left.totalMs || (left.page.id < right.page.id ? -1 : 1));
  const loads = Array.from({ length: shard.count }, () => ({ ms: 0, shared: new Set<string>() }));
  const taken = new Set<string>();
  for (const { page, cost } of priced) {
    const ends = loads.map((load) => load.ms + addedMs(cost, load.shared));
    const cheapest = ends.indexOf(Math.min(...ends));
    const load = loads[cheapest] as (typeof loads)[number];
    load.ms = ends[cheapest] as number;
    for (const name of cost.shared.keys()) load.shared.add(name);
    if (cheapest === shard.index - 1) taken.add(page.id);
  }
  return pages.filter((page) => taken.has(page.id));
}

function totalOf({ ownMs, shared }: PageCost): number {
  return [...shared.values()].reduce((sum, ms) => sum + ms, ownMs);
}

function addedMs({ ownMs, shared }: PageCost, present: ReadonlySet<string>): number {
  return [...shared].reduce((sum, [name, ms]) => (present.has(name) ? sum : sum + ms), ownMs);
}

/** What the report says of its shard, so that reports of different runs are never merged. */
export function describeShard(root: string, command: 'check' | 'verify', selected: readonly Page[], taken: readonly Page[], shard: Shard): ReportShard {
  return { ...shard, command, pages: taken.map(({ id }) => id), inputs: hashInputs(root, command, selected.map(({ id }) => id)) };
}

/** Hash over everything that verdicts depend on: the course, the command, and which pages were asked for. */
export function hashInputs(root: string, command: string, selected: readonly string[]): string {
  return createHash('sha256').update(hashCourse(root)).update(JSON.stringify([command, [...selected].sort()])).digest('hex');
}
