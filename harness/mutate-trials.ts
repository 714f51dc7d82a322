import { pathOf, reachableFiles } from './backends/sandbox/jobs.ts';
import type { Block, Page } from './model/block.ts';
import type { PlannedBlock } from './model/plan.ts';
import { copyElsewhere, copyWithFault } from './mutate/copy.ts';
import { orderBySeed, type Mutant } from './mutate/mutant.ts';
import type { Trial } from './mutate-judge.ts';

type TreeFile = Parameters<typeof reachableFiles>[1][number];
/** Decides what becomes of blocks of a page. */
export type PlanOf = (page: Page, blocks: readonly Block[]) => readonly PlannedBlock[];
/** What is executed without a service of its own: one such block elsewhere is run beside those of the page. */
const RUN_ELSEWHERE: ReadonlySet<string> = new Set(['alerting', 'alertmanager', 'prometheus-config']);

/** Blocks of other pages that show a file which this page shows, too. What needs a service of its own is only checked. */
export function planElsewhere(page: Page, course: readonly Page[], plan: PlanOf): PlannedBlock[] {
  const sources = new Set(page.blocks.flatMap(({ source }) => source ?? []));
  return course.filter(({ id }) => id !== page.id).flatMap((other) => {
    const showing = other.blocks.filter(({ source, attributes }) => source !== undefined && sources.has(source) && !attributes.has('rejects'));
    if (showing.length === 0) return [];
    return plan(other, other.blocks).filter(({ block, action }) => showing.includes(block) && action.kind !== 'skip')
      .map((one) => (one.action.kind === 'run' && !RUN_ELSEWHERE.has(one.action.backend) ? onlyCheck(one) : one));
  });
}

function onlyCheck({ block, action }: PlannedBlock): PlannedBlock {
  return action.kind === 'run' ? { block, action: { kind: 'check', checker: action.checker } } : { block, action };
}

/** How many things a block says of what it shows. */
function claimsOf({ attributes }: Block): number {
  return ['fires', 'quiet', 'never', 'expect', 'routes', 'alerts'].reduce((sum, name) => sum + (attributes.has(name) ? String(attributes.get(name)?.value).split(/[,;]/).length : 0), 0);
}

/**
 * Each mutant with the planned copies of every block that it reaches.
 * @param elsewhere see `planElsewhere`
 * @param snippets files that blocks may import
 */
export function makeTrials(mutants: readonly Mutant[], page: Page, elsewhere: readonly PlannedBlock[], plan: PlanOf, snippets: readonly TreeFile[] = []): Trial[] {
  const copies = mutants.map((mutant, index) => ({ mutant, mark: `mutant${index}`, blocks: copyWithFault(mutant, `mutant${index}`, page.blocks, findReaders(mutant.block, page.blocks, snippets)) }));
  const planned = new Map(plan(page, [...page.blocks, ...copies.flatMap(({ blocks }) => blocks)]).map((one) => [one.block.id as string, one]));
  return copies.map(({ mutant, mark, blocks }) => ({
    mutant, mark,
    planned: [
      ...blocks.map((block) => planned.get(block.id) as PlannedBlock).filter(({ action }) => action.kind !== 'skip'),
      ...makeElsewhere(mutant, mark, elsewhere),
    ],
  }));
}

/** Diffs of the file that a block shows, and of the services that import it the one whose answers are held to most: each is three backends. */
export function findReaders({ source }: Block, page: readonly Block[], snippets: readonly TreeFile[]): ReadonlySet<Block> {
  if (source === undefined) return new Set();
  const diffs = page.filter(({ language, attributes }) => language === 'diff' && ['of', 'into'].some((name) => `snippets/${String(attributes.get(name)?.value)}` === source));
  const claims = (service: Block): number => [service, ...page.filter(({ attributes }) => attributes.get('continues')?.value === service.name)].reduce((sum, block) => sum + claimsOf(block), 0);
  const [service] = page.filter((block) => block.source !== source && block.attributes.has('scrapes') && reachableFiles(pathOf(block), snippets).some(({ path }) => path === source)).sort((left, right) => claims(right) - claims(left));
  return new Set(service === undefined ? diffs : [...diffs, service]);
}

/** Of the blocks that show the line with the fault, the one that claims most is run; all others are checked. */
function makeElsewhere(mutant: Mutant, mark: string, elsewhere: readonly PlannedBlock[]): PlannedBlock[] {
  const line = mutant.text.split('\n').findIndex((text, index) => text !== mutant.block.text.split('\n')[index]);
  const sharing = elsewhere.filter(({ block }) => block.source === mutant.block.source);
  const [runs] = sharing.filter(({ block, action }) => action.kind === 'run' && block.lines[line]?.shown === true).sort((left, right) => claimsOf(right.block) - claimsOf(left.block));
  const actions = new Map(sharing.map((one) => [one.block.id as string, (one === runs ? one : onlyCheck(one)).action]));
  return copyElsewhere(mutant, mark, sharing.map(({ block }) => block)).map((block) => ({ block, action: actions.get(block.id.slice(0, -`~${mark}`.length)) as PlannedBlock['action'] }));
}

/** Blocks that show the same lines of a file have the same mutants: the first has them. */
export function dropRepeated(mutants: readonly Mutant[]): Mutant[] {
  const firsts = new Map(mutants.toReversed().map((mutant) => [`${mutant.block.source} ${mutant.text}`, mutant]));
  return mutants.filter((mutant) => mutant.block.source === undefined || firsts.get(`${mutant.block.source} ${mutant.text}`) === mutant);
}

/** Of each service so many as were asked for, whatever the fault: those that static checks catch too, so that the share of caught ones stays true. */
export function sampleServices(trials: readonly Trial[], { seed, perService }: { readonly seed: string; readonly perService: number }): Trial[] {
  const isService = ({ planned }: Trial): boolean => planned.some(({ block, action }) => action.kind === 'run' && block.attributes.has('scrapes'));
  const services = Map.groupBy(trials.filter(isService), ({ mutant }) => mutant.block.source ?? mutant.block.id);
  const chosen = new Set([...services.values()].flatMap((group) => orderBySeed(group.map((trial) => ({ id: trial.mutant.id, trial })), seed).slice(0, perService).map(({ trial }) => trial)));
  return trials.filter((trial) => !isService(trial) || chosen.has(trial));
}
