import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS_FILE, type MeasuredPage, type MutantCounts, type PublishedMutations } from '../../harness/model/mutations.ts';
import { hashBlocks } from '../../harness/parse/index.ts';
import { h, type Element } from '../readings/hast.ts';
import { toHtml } from '../readings/index.ts';
import type { Course } from './course.ts';
import { addressOf } from './outline.ts';

/** A kind of which fewer are caught is not done. */
const ENOUGH = 0.9;
const DEPTHS = ['parse', 'type', 'load', 'expect', 'behaviour'] as const;
type Counts = Omit<MutantCounts, 'kind'>;

/** What was measured, and of each page whether its blocks are still those. */
interface Measured {
  readonly pages: readonly (MeasuredPage & { readonly title: string; readonly isCurrent: boolean })[];
  readonly published: PublishedMutations;
}

function readMeasured(course: Course): Measured | undefined {
  const file = join(course.root, MUTATIONS_FILE);
  if (!existsSync(file)) return undefined;
  const published = JSON.parse(readFileSync(file, 'utf8')) as PublishedMutations;
  const pages = published.pages.flatMap((measured) => {
    const page = course.pageById(measured.page);
    return page === undefined ? [] : [{ ...measured, title: String(page.frontmatter['title']), isCurrent: hashBlocks(page) === measured.blocksSha256 }];
  });
  return { published, pages };
}

/** `<Mutations />`: how many of the mistakes that were made on purpose a check caught, by kind of block and by page. */
export function renderMutations(course: Course): string {
  const measured = readMeasured(course);
  if (measured === undefined || measured.pages.length === 0) return toHtml(h('p', 'Nothing has been measured yet.'));
  const { pages: all, published: { seed, perFault, perService } } = measured;
  const [pages, incidents] = [all.filter(({ page }) => !isIncident(page)), all.filter(({ page }) => isIncident(page))];
  return toHtml(h('div', [
    h('p', `Measured on ${describeBlocks(pages, 'pages')}. At most ${perFault} mistakes of each kind in a block, and ${perService} in a service; which, seed ${seed} decides.`),
    h('h2', { id: 'by-kind-of-block' }, 'By kind of block'),
    byKind(pages),
    h('h2', { id: 'by-page' }, 'By page'),
    byPage('Page', pages),
    ...(incidents.length === 0 ? [] : [
      h('h2', { id: 'incidents' }, 'What incidents say of themselves'),
      h('p', `The same mistakes in what each incident says that its telemetry shows: ${describeBlocks(incidents, 'incidents')}.`),
      byKind(incidents), byPage('Incident', incidents),
    ]),
  ]));
}

type MeasuredPages = Measured['pages'];

function isIncident(page: string): boolean {
  return page.startsWith('incidents/');
}

/** `12 blocks of 2 pages, of which all are as they are today`. */
function describeBlocks(pages: MeasuredPages, what: string): string {
  const count = (some: MeasuredPages): number => some.reduce((sum, { blocks }) => sum + blocks, 0);
  const [blocks, current] = [count(pages), count(pages.filter(({ isCurrent }) => isCurrent))];
  return `${blocks} blocks of ${pages.length} ${what}, of which ${current === blocks ? 'all are' : `${current} are`} as they are today`;
}

function byKind(pages: MeasuredPages): Element {
  const kinds = [...Map.groupBy(pages.flatMap((page) => page.kinds), ({ kind }) => kind)].sort(([left], [right]) => (left < right ? -1 : 1));
  return table('Kind of block', [...kinds.map(([kind, counts]): Row => [kind, add(counts)]), ['all', add(pages.flatMap((page) => page.kinds))]]);
}

function byPage(what: string, pages: MeasuredPages): Element {
  return table(what, pages.filter(({ kinds }) => kinds.length > 0).map((page): Row => [h('a', { href: addressOf(page.page) }, page.title), add(page.kinds), page.isCurrent ? undefined : 'its blocks have changed since']), true);
}

/** One sentence a page, by page id, for pages whose blocks are as they were measured. */
export function describeMutants(course: Course): Record<string, string> {
  const pages = readMeasured(course)?.pages.filter(({ isCurrent, kinds }) => isCurrent && kinds.length > 0) ?? [];
  return Object.fromEntries(pages.map(({ page, kinds }) => {
    const { mutants, caught, equivalent } = add(kinds);
    return [page, `Of ${mutants - equivalent} mistakes made on purpose in the blocks of this page, a check catches ${caught}.`];
  }));
}

function add(all: readonly Counts[]): Counts {
  const sum = (of: (counts: Counts) => number): number => all.reduce((total, counts) => total + of(counts), 0);
  return {
    mutants: sum(({ mutants }) => mutants), caught: sum(({ caught }) => caught), differs: sum(({ differs }) => differs), survived: sum(({ survived }) => survived), equivalent: sum(({ equivalent }) => equivalent),
    atDepth: Object.fromEntries(DEPTHS.map((depth) => [depth, sum(({ atDepth }) => atDepth[depth] ?? 0)])),
  };
}

type Row = readonly [name: string | Element, counts: Counts, note?: string | undefined];

function table(what: string, rows: readonly Row[], isBrief = false): Element {
  const columns = [what, 'mistakes', 'caught', ...(isBrief ? [] : DEPTHS), 'answer differs', 'missed', 'mean the same', 'share'];
  return h('table', [
    h('thead', [h('tr', columns.map((column) => h('th', { scope: 'col' }, column)))]),
    h('tbody', rows.map(([name, counts, note]) => h('tr', [
      h('td', [name, note === undefined ? '' : ` (${note})`]),
      ...[counts.mutants, counts.caught, ...(isBrief ? [] : DEPTHS.map((depth) => counts.atDepth[depth] ?? 0)), counts.differs, counts.survived, counts.equivalent].map((count) => h('td', String(count))),
      h('td', [shareOf(counts)]),
    ]))),
  ]);
}

/** Rounded down: nine in ten are not reached by rounding. */
function shareOf({ mutants, caught, equivalent }: Counts): Element | string {
  const share = mutants === equivalent ? undefined : caught / (mutants - equivalent);
  if (share === undefined) return '–';
  const words = `${Math.floor(share * 100)} %`;
  return share < ENOUGH ? words : h('strong', words);
}
