import { backends } from './backends/index.ts';
import { checkers } from './checkers/index.ts';
import type { Edition } from './editions.ts';
import { byPlace, collectRules } from './evidence.ts';
import { joinInputs, movePage, type OfEdition } from './join-editions.ts';
import type { Block, Page } from './model/block.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { NonEmpty } from './model/place.ts';
import type { Report, ReportShard } from './model/report.ts';
import { HarnessError, type HarnessErrorCode, type Verdict } from './model/verdict.ts';
import { UsageError } from './pages.ts';
import { parsePage } from './parse/index.ts';
import { commonAttributes } from './plan/attributes.ts';
import { readJsonReport, type JsonBlock, type JsonDiagnostic, type JsonError, type JsonReport } from './report/read-json.ts';
import { hashInputs } from './shard.ts';

/** A file with the JSON report of one shard. */
export interface Part {
  readonly file: string;
  readonly text: string;
}
type Shard = JsonReport & { readonly file: string; readonly shard: ReportShard };

/**
 * The report that a run in one piece would have given, but for elapsed times (the longest shard's). Blocks are read again from
 * the pages, which must be those that the shards judged.
 * @param editions every page of each edition, relative to its folder
 * @throws UsageError when the parts are not all the shards of one run over the course as it is here
 */
export function mergeReports(parts: readonly Part[], editions: readonly OfEdition<readonly string[]>[]): Report {
  const shards = parts.map(readPart);
  requireWhole(shards);
  requireSameRun(shards, editions.map(({ edition }) => edition));
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const judged = new Set(shards.flatMap(({ shard }) => shard.pages));
  const pages = editions.flatMap(({ edition, value }) => value.map((file) => movePage(parsePage({ root: edition.root, file, knownAttributes }), edition))).filter((page) => judged.has(page.id));
  const errorOf = createErrors();
  const verdicts = mergeVerdicts(shards, pages, errorOf);
  return {
    rules: collectRules(checkers, backends),
    pageDiagnostics: mergePageDiagnostics(shards, verdicts),
    verdicts,
    changes: shards.flatMap(({ changes }) => changes.map((change) => ({ ...change, diff: '' }))),
    errors: [...new Set(shards.flatMap(({ errors }) => errors.map(errorOf)))],
    stack: mergeStack(shards),
    elapsedMs: Math.max(...shards.map(({ elapsedMs }) => elapsedMs)),
    interrupted: shards.some(({ interrupted }) => interrupted),
  };
}

function readPart({ file, text }: Part): Shard {
  let report: JsonReport;
  try {
    report = readJsonReport(text);
  } catch (cause) {
    throw new UsageError(`${file} is no report of this harness: ${cause instanceof Error ? cause.message : String(cause)}. Merge what \`verify --shard 1/4 --report json=FILE\` wrote`);
  }
  if (report.shard === undefined) throw new UsageError(`${file} is the report of a run in one piece: there is nothing to merge. Shards come from \`verify --shard 1/4 --report json=FILE\``);
  return { ...report, file, shard: report.shard };
}

/** Each part once, and none missing. */
function requireWhole(shards: readonly Shard[]): void {
  const [first] = shards;
  if (first === undefined) throw new UsageError('merge needs the JSON reports of all shards: `npm run merge -- 1.json 2.json`');
  const { count } = first.shard;
  const other = shards.find(({ shard }) => shard.count !== count);
  if (other !== undefined) throw new UsageError(`${first.file} is one of ${count} shards, ${other.file} one of ${other.shard.count}: they were not split alike`);
  const byIndex = Map.groupBy(shards, ({ shard }) => shard.index);
  const doubled = [...byIndex].find(([, members]) => members.length > 1);
  if (doubled !== undefined) throw new UsageError(`shard ${doubled[0]}/${count} is there twice: ${doubled[1].map(({ file }) => file).join(' and ')}. Give each once`);
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0) throw new UsageError(`of ${count} shards ${missing.map((index) => `${index}/${count}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: without ${missing.length === 1 ? 'it' : 'them'} nobody knows whether the course is right`);
}

/** All of one run, over the course as it is here. */
function requireSameRun(shards: readonly Shard[], editions: readonly Edition[]): void {
  const first = shards[0] as Shard;
  for (const { file, shard, stack } of shards) {
    if (shard.command !== first.shard.command) throw new UsageError(`${first.file} is of \`${first.shard.command}\`, ${file} of \`${shard.command}\``);
    const differing = [...new Set([...Object.keys(stack), ...Object.keys(first.stack)])].find((image) => stack[image]?.version !== first.stack[image]?.version);
    if (differing !== undefined) throw new UsageError(`${first.file} ran against ${differing} ${first.stack[differing]?.version ?? 'nothing'}, ${file} against ${differing} ${stack[differing]?.version ?? 'nothing'}: run all shards against one stack`);
    if (shard.inputs !== first.shard.inputs) throw new UsageError(`${first.file} and ${file} are of different states of the course, or of different pages: run all shards on the same commit with the same arguments`);
  }
  const here = hashHere(editions, first.shard.command, shards.flatMap(({ shard }) => shard.pages));
  if (here !== first.shard.inputs) throw new UsageError('the shards ran over another state of the course than the one here: check out their commit, with no file changed, and merge again');
}

/** What the shards' runs hashed, over the editions of which they judged pages. */
function hashHere(editions: readonly Edition[], command: string, pages: readonly string[]): string {
  const others = editions.filter(({ isCurrent }) => !isCurrent);
  const ownOf = (edition: Edition): readonly string[] => (edition.isCurrent
    ? pages.filter((id) => !others.some(({ prefix }) => id.startsWith(prefix)))
    : pages.filter((id) => id.startsWith(edition.prefix)).map((id) => id.slice(edition.prefix.length)));
  const asked = editions.filter((edition) => ownOf(edition).length > 0);
  return joinInputs((asked.length === 0 ? editions.slice(0, 1) : asked).map((edition) => hashInputs(edition.root, command, ownOf(edition))));
}

function mergeVerdicts(shards: readonly Shard[], pages: readonly Page[], errorOf: (error: JsonError) => Error): Verdict[] {
  const reported = new Map(shards.flatMap(({ blocks, file }) => blocks.map((block) => [block.id, { block, file }] as const)));
  const blocks = pages.flatMap((page) => page.blocks);
  const known = new Set<string>(blocks.map(({ id }) => id));
  const stray = [...reported.values()].find(({ block }) => !known.has(block.id));
  if (stray !== undefined) throw new UsageError(`${stray.file} tells of a block ${stray.block.id}, which no page of the shards has: the file was changed since it was written`);
  return blocks.map((block) => {
    const found = reported.get(block.id);
    if (found === undefined) throw new UsageError(`no shard tells of the block ${block.id}: the reports were changed since they were written`);
    return toVerdict(found.block, block, errorOf);
  });
}

function toVerdict(json: JsonBlock, block: Block, errorOf: (error: JsonError) => Error): Verdict {
  const outcome = { block, depth: json.depth, elapsedMs: json.elapsedMs };
  const diagnostics = json.diagnostics.map(toDiagnostic);
  if (json.verdict === 'failed') return { ...outcome, kind: 'failed', diagnostics: diagnostics as unknown as NonEmpty<Diagnostic> };
  if (json.verdict === 'errored') return { ...outcome, kind: 'errored', error: errorOf(json.error as JsonError) as HarnessError };
  return json.verdict === 'skipped' ? { ...outcome, kind: 'skipped', reason: json.reason ?? '' } : { ...outcome, kind: 'passed', diagnostics };
}

function toDiagnostic({ ruleId, level, message, related = [], ...place }: JsonDiagnostic): Diagnostic {
  return { ruleId, level, message, place: toPlace(place), related: related.map(({ message: said, ...at }) => ({ message: said, place: toPlace(at) })) };
}

function toPlace({ file, line, column, endLine, endColumn }: Omit<JsonDiagnostic, 'ruleId' | 'level' | 'message' | 'related'>): Diagnostic['place'] {
  return { file, start: { line, column }, end: { line: endLine, column: endColumn } };
}

/** The lock is one file, at which every shard looks: said once, and not at all while an answer is wrong, as in one piece. */
function mergePageDiagnostics(shards: readonly Shard[], verdicts: readonly Verdict[]): Diagnostic[] {
  const all = shards.flatMap(({ pageDiagnostics }) => pageDiagnostics.map(toDiagnostic));
  const [ofLock, others] = [all.filter(({ ruleId }) => ruleId === 'transcript/stale-lock'), all.filter(({ ruleId }) => ruleId !== 'transcript/stale-lock')];
  const isAnswerWrong = verdicts.some((verdict) => verdict.kind === 'failed' && verdict.diagnostics.some(({ ruleId }) => ruleId.startsWith('transcript/')));
  return [...others, ...(isAnswerWrong ? [] : ofLock.slice(0, 1))].sort(byPlace);
}

/** Versions are the same everywhere. A digest is told where all that started the image agree: built images differ from machine to machine. */
function mergeStack(shards: readonly Shard[]): Report['stack'] {
  return Object.fromEntries(Object.entries((shards[0] as Shard).stack).map(([image, { version }]) => {
    const digests = new Set(shards.flatMap(({ stack }) => stack[image]?.imageDigest ?? []));
    const [imageDigest] = digests;
    return [image, { version, ...(digests.size === 1 && imageDigest !== undefined ? { imageDigest } : {}) }];
  }));
}

/** Equal errors are one again: reports tell each once, however many blocks it took down. */
function createErrors(): (error: JsonError) => Error {
  const known = new Map<string, Error>();
  return (json) => {
    const key = JSON.stringify([json.code, json.message, json.causes, json.logTail]);
    const error = known.get(key) ?? toError(json);
    known.set(key, error);
    return error;
  };
}

function toError({ code, message, causes, logTail }: JsonError): Error {
  const cause = causes.reduceRight<Error | undefined>((inner, text) => new Error(text, inner === undefined ? {} : { cause: inner }), undefined);
  if (code === undefined) return new Error(message, cause === undefined ? {} : { cause });
  return new HarnessError(code as HarnessErrorCode, message, { ...(cause === undefined ? {} : { cause }), ...(logTail === undefined ? {} : { logTail }) });
}
