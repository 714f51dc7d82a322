import { createHash } from 'node:crypto';
import type { Edition } from './editions.ts';
import type { Block, BlockId, Page } from './model/block.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { NonEmpty, Place } from './model/place.ts';
import type { Report, ReportShard } from './model/report.ts';
import type { Verdict } from './model/verdict.ts';

/** A report, or a page, as it reads from the repository: an edition knows only its own folder. */
export interface OfEdition<T> {
  readonly edition: Edition;
  readonly value: T;
}

/** One report of those of several editions, in their order. Ids and paths say whose they are. */
export function joinEditions(reports: readonly OfEdition<Report>[]): Report {
  const moved = reports.map(({ edition, value }) => moveReport(value, edition));
  const [first] = moved;
  if (first === undefined) throw new Error('Found no report to join, expected at least one: a course has at least one edition.');
  if (moved.length === 1) return first;
  const shards = moved.flatMap(({ shard }) => shard ?? []);
  return {
    ...first,
    pageDiagnostics: moved.flatMap((report) => report.pageDiagnostics),
    verdicts: moved.flatMap((report) => report.verdicts),
    changes: moved.flatMap((report) => report.changes),
    errors: moved.flatMap((report) => report.errors),
    stack: Object.assign({}, ...moved.map((report) => report.stack)) as Report['stack'],
    elapsedMs: moved.reduce((sum, report) => sum + report.elapsedMs, 0),
    interrupted: moved.some((report) => report.interrupted),
    ...(shards.length === 0 ? {} : { shard: joinShards(shards) }),
  };
}

/** One hash of those of all editions; that of a single one stays what it is. */
export function joinInputs(inputs: readonly string[]): string {
  return inputs.length === 1 ? inputs[0] as string : createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function joinShards(shards: readonly ReportShard[]): ReportShard {
  return { ...shards[0] as ReportShard, pages: shards.flatMap(({ pages }) => pages), inputs: joinInputs(shards.map(({ inputs }) => inputs)) };
}

function moveReport(report: Report, edition: Edition): Report {
  if (edition.isCurrent) return report;
  const { prefix, folder } = edition;
  return {
    ...report,
    pageDiagnostics: report.pageDiagnostics.map((found) => moveDiagnostic(found, folder)),
    verdicts: report.verdicts.map((verdict) => moveVerdict(verdict, edition)),
    changes: report.changes.map((change) => ({ ...change, file: `${folder}${change.file}` })),
    stack: Object.fromEntries(Object.entries(report.stack).map(([image, version]) => [`${prefix}${image}`, version])),
    ...(report.shard === undefined ? {} : { shard: { ...report.shard, pages: report.shard.pages.map((id) => `${prefix}${id}`) } }),
  };
}

function moveVerdict(verdict: Verdict, edition: Edition): Verdict {
  const block = moveBlock(verdict.block, edition);
  if (verdict.kind === 'failed') return { ...verdict, block, diagnostics: verdict.diagnostics.map((found) => moveDiagnostic(found, edition.folder)) as unknown as NonEmpty<Diagnostic> };
  if (verdict.kind === 'passed') return { ...verdict, block, diagnostics: verdict.diagnostics.map((found) => moveDiagnostic(found, edition.folder)) };
  return { ...verdict, block };
}

/** A page of an edition, as reports name it. */
export function movePage(page: Page, edition: Edition): Page {
  if (edition.isCurrent) return page;
  return { ...page, id: `${edition.prefix}${page.id}`, file: `${edition.folder}${page.file}`, blocks: page.blocks.map((block) => moveBlock(block, edition)) };
}

function moveBlock(block: Block, { prefix, folder }: Edition): Block {
  return { ...block, id: `${prefix}${block.id}` as BlockId, page: `${prefix}${block.page}`, fence: movePlace(block.fence, folder) };
}

function moveDiagnostic(found: Diagnostic, folder: string): Diagnostic {
  return { ...found, place: movePlace(found.place, folder), related: found.related.map((one) => ({ ...one, place: movePlace(one.place, folder) })) };
}

function movePlace(place: Place, folder: string): Place {
  return { ...place, file: `${folder}${place.file}` };
}
