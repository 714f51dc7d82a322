import { datasetsOf } from './parse/index.ts';
import type { Block, Page } from './model/block.ts';
import type { Checker } from './model/checker.ts';
import { findChecker } from './model/checker.ts';

/**
 * What one more block adds to a run, by the backend that executes it: milliseconds on 2 cores, measured as decision 0009 says.
 * A table and no clock: every machine must come to the same shards without asking another. Only the proportions matter.
 */
const BLOCK_MS: Readonly<Record<string, number>> = {
  prometheus: 100, loki: 480, jaeger: 440, sandbox: 60, live: 3_800,
  // These wait side by side: four took no longer than one. What is left is a guess.
  alerting: 500, alertmanager: 200, 'prometheus-config': 200, exposition: 100, dashboard: 500, 'loki-config': 1_000, 'collector-config': 4_000, 'loki-rules': 2_000, 'compose-run': 5_000,
};
/** A backend that nobody has measured yet. */
const OTHER_BLOCK_MS = 500;
const CHECKED_MS = 20;
const MERMAID_MS = 240;
/** A dataset is simulated and loaded once a run, and rules over it have a Prometheus and an Alertmanager of their own. */
const DATASET_MS = 2_300;
const ALERTS_MS = 4_000;

/** What a page costs: its own blocks, and what it shares with other pages of the same run. */
export interface PageCost {
  readonly ownMs: number;
  /** Name → milliseconds, paid once a run however many pages need it. */
  readonly shared: ReadonlyMap<string, number>;
}

/** The cost of a page with blocks for these checkers. Looks at tags and attributes only, never at a clock. */
export function costPage(page: Page, checkers: readonly Checker[]): PageCost {
  const shared = new Map<string, number>();
  let ownMs = 0;
  for (const block of page.blocks) {
    const backend = backendOf(block, checkers);
    if (backend === undefined) {
      ownMs += block.language === 'mermaid' ? MERMAID_MS : CHECKED_MS;
      continue;
    }
    ownMs += BLOCK_MS[backend] ?? OTHER_BLOCK_MS;
    if (backend === 'live' || backend === 'sandbox') continue;
    for (const dataset of datasetsOf(block, page)) {
      shared.set(`dataset ${dataset}`, DATASET_MS);
      if (backend === 'alerting') shared.set(`alerts ${dataset}`, ALERTS_MS);
    }
  }
  return { ownMs, shared };
}

/** Ignored blocks count like others: `verify` tries them. */
function backendOf(block: Block, checkers: readonly Checker[]): string | undefined {
  const checker = findChecker(block, checkers);
  if (checker?.backend === undefined || block.attributes.has('no_run')) return undefined;
  return block.attributes.has('scrapes') || block.attributes.has('continues') ? 'live' : checker.backend;
}
