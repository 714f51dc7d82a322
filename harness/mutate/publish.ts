import type { MeasuredPage, MutantCounts, PublishedMutations } from '../model/mutations.ts';
import type { MutationReport } from './report.ts';
import { tallyBy, type Tally } from './tally.ts';

/** What a page's blocks were when it was measured. */
export interface PageState {
  readonly blocksSha256: string;
  readonly blocks: number;
}

/**
 * What is stored, with the pages of a run put in place of what was known of them. Pages that are gone are left out.
 * @param states of every page of the course, by id
 * @param before undefined: nothing was stored, or it was measured another way
 */
export function publish({ judged }: Pick<MutationReport, 'judged'>, pages: readonly string[], states: ReadonlyMap<string, PageState>, how: Pick<PublishedMutations, 'seed' | 'perFault' | 'perService'>, before: PublishedMutations | undefined): PublishedMutations {
  const isSame = before !== undefined && before.seed === how.seed && before.perFault === how.perFault && before.perService === how.perService;
  const kept = (isSame ? before.pages : []).filter(({ page }) => states.has(page) && !pages.includes(page));
  const measured = pages.map((page): MeasuredPage => ({
    page, ...(states.get(page) as PageState),
    kinds: tallyBy(judged.filter(({ mutant, outcome }) => mutant.block.page === page && outcome.kind !== 'unknown'), ({ mutant }) => mutant.kind).map(toCounts),
  }));
  return { formatVersion: 1, seed: how.seed, perFault: how.perFault, perService: how.perService, pages: [...kept, ...measured].sort((left, right) => (left.page < right.page ? -1 : 1)) };
}

function toCounts({ name: kind, mutants, caught, atDepth, differs, survived, equivalent }: Tally): MutantCounts {
  return { kind, mutants, caught, atDepth, differs, survived, equivalent };
}

/** One line a kind: what changes is read as a diff. */
export function toPublishedJson({ pages, ...how }: PublishedMutations): string {
  const lines = pages.map(({ kinds, ...page }) => `  {${JSON.stringify(page).slice(1, -1)},"kinds":[\n${kinds.map((kind) => `    ${JSON.stringify(kind)}`).join(',\n')}\n  ]}`);
  return `{${JSON.stringify(how).slice(1, -1)},"pages":[\n${lines.join(',\n')}\n]}\n`;
}
