import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { readContract } from './support/contract.ts';
import { indexSpans, type SpanIndex } from './support/field-index.ts';
import { checkTags, type TagMistake } from './support/jaeger-tags.ts';
import { checkTraceId } from './support/jaeger-trace-id.ts';
import { wholeBlock } from './support/ranges.ts';
import { hintAt, suggest } from './support/suggest.ts';
import { findWorld, type World } from './support/world.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'A line is not `key=value`.' },
  'unknown-key': { level: 'error', summary: 'A key that trace search does not have.' },
  'duplicate-key': { level: 'error', summary: 'A key is given twice.' },
  'no-service': { level: 'error', summary: 'Jaeger searches within a service, and none is given.' },
  'bad-duration': { level: 'error', summary: 'A duration is not one, or the shortest is longer than the longest.' },
  'bad-limit': { level: 'error', summary: '`limit` is not a whole number above 0.' },
  'bad-tags': { level: 'error', summary: '`tags` is not a JSON object of strings.' },
  'error-tag': { level: 'error', summary: 'Errors are selected by `error=true`, which Jaeger answers wrongly.' },
  'bad-trace-id': { level: 'error', summary: 'A trace id is not one, stands beside other keys, or cannot be known beforehand.' },
  'unknown-trace': { level: 'error', summary: 'No stored trace has this id.' },
  'unknown-service': { level: 'error', summary: 'No span is of this service.' },
  'unknown-operation': { level: 'error', summary: 'The service has no span of this name.' },
  'unknown-tag': { level: 'error', summary: 'No span has this tag.' },
  'unknown-tag-value': { level: 'error', summary: 'No span has this value of the tag.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;
type Found = Omit<Finding<RuleName>, 'block'>;

const KEYS = ['service', 'operation', 'tags', 'minDuration', 'maxDuration', 'limit', 'traceID'];
/** Marked `empty`, a query may ask for what is not there. */
const ALLOWED_WHEN_EMPTY: ReadonlySet<RuleName> = new Set<RuleName>(['unknown-trace', 'unknown-operation', 'unknown-tag', 'unknown-tag-value']);

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly keyRange: TextRange;
  readonly valueRange: TextRange;
}

/** Trace queries: one `key=value` a line, `#` comments allowed, as the jaeger backend reads them. */
export const jaeger = defineChecker({
  name: 'jaeger',
  languages: ['jaeger'],
  attributes: ['dataset', 'expect', 'at', 'range', 'empty', 'alone', 'continues', 'control', 'rejects'],
  rules,
  backend: 'jaeger',
  check: async (blocks, context) => (await Promise.all(blocks.map(async (block) => checkBlock(block, context)))).flat(),
});

async function checkBlock(block: Block, context: CheckContext): Promise<Finding<RuleName>[]> {
  // The real Jaeger decides whether it refuses, and with which words.
  if (block.attributes.has('rejects')) return [];
  const { entries, found } = readEntries(block.text);
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const world = findWorld(block, context);
  const index = world.kind === 'dataset' ? indexSpans(world.dataset) : undefined;
  const missing: Found[] = byKey.has('service') || byKey.has('traceID') || found.some(({ rule }) => rule === 'unknown-key' || rule === 'syntax-error')
    ? [] : [{ rule: 'no-service', range: wholeBlock(block), message: `Found no \`service=\`, expected one: Jaeger searches within a service.${index === undefined ? '' : hintAt('', index.operations.keys())}` }];
  const all = [...found, ...missing, ...checkDurations(byKey), ...checkLimit(byKey), ...checkTagEntry(byKey, index), ...checkTraceIdEntry(byKey, index), ...(index === undefined ? await checkDeclared(byKey, world, context) : checkNames(byKey, index))];
  const isEmpty = block.attributes.has('empty');
  return all.filter(({ rule }) => !(isEmpty && ALLOWED_WHEN_EMPTY.has(rule))).map((each) => ({ block, ...each }));
}

function readEntries(text: string): { readonly entries: readonly Entry[]; readonly found: Found[] } {
  const entries: Entry[] = [];
  const found: Found[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const entry = readEntry(line, offset);
    if (entry !== undefined) {
      const problem = judgeEntry(entry, entries);
      if (problem !== undefined) found.push(problem);
      if ('key' in entry && problem === undefined) entries.push(entry);
    }
    offset += line.length + 1;
  }
  return { entries, found };
}

/** Undefined for what is no entry: a comment, an empty line. Without a key: a line that is nothing of these. */
function readEntry(line: string, offset: number): Entry | { readonly range: TextRange; readonly line: string } | undefined {
  const content = line.trim();
  if (content === '' || content.startsWith('#')) return undefined;
  const start = line.indexOf(content);
  const at = line.indexOf('=');
  if (at <= start) return { range: { offset: offset + start, length: content.length }, line: content };
  const key = line.slice(0, at).trim();
  const value = line.slice(at + 1).trim();
  const valueStart = value === '' ? at + 1 : line.indexOf(value, at + 1);
  return { key, value, keyRange: { offset: offset + start, length: key.length }, valueRange: { offset: offset + valueStart, length: value.length } };
}

function judgeEntry(entry: Exclude<ReturnType<typeof readEntry>, undefined>, before: readonly Entry[]): Found | undefined {
  if (!('key' in entry)) return { rule: 'syntax-error', range: entry.range, message: `Found \`${entry.line}\`, expected key=value with one of ${KEYS.join(', ')}. Write one a line.` };
  if (!KEYS.includes(entry.key)) return { rule: 'unknown-key', range: entry.keyRange, message: `Found the key \`${entry.key}\`, expected one of ${KEYS.join(', ')}.${keyHint(entry.key, entry.value)}` };
  if (before.some(({ key }) => key === entry.key)) return { rule: 'duplicate-key', range: entry.keyRange, message: `Found \`${entry.key}\` a second time, expected it once: Jaeger would use one of them. Remove one.` };
  if (entry.value === '') return { rule: 'syntax-error', range: entry.keyRange, message: `Found \`${entry.key}=\` without a value, expected one. Write it, or remove the line.` };
  return undefined;
}

/** Words of Jaeger's own form, of TraceQL and of other trace searches, and what they are called here. */
function keyHint(key: string, value: string): string {
  const word = key.toLowerCase();
  if (word === 'tag') return ' Write tags={"key":"value"}.';
  if (['duration', 'latency', 'longerthan'].includes(word)) return ` Write minDuration=${value} for spans that take at least as long, or maxDuration=${value}.`;
  if (['lookback', 'start', 'end', 'from', 'to', 'since', 'time', 'at', 'range'].includes(word)) return ' When to search is said on the fence: `at=14:10 range=15m`.';
  if (['trace', 'trace_id', 'traceid', 'id'].includes(word)) return ` Write traceID=${value}.`;
  if (['name', 'span', 'spanname', 'endpoint', 'route'].includes(word)) return ` Write operation=${value}.`;
  const near = suggest(key, KEYS);
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  return key.includes('.') ? ` A tag goes into tags={"${key}":"…"}.` : ` Remove it, or search for a tag: tags={"${key}":"${value}"}.`;
}

/** Go's durations, which Jaeger reads: `1.5s`, `1h30m`. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
const UNIT_US: Readonly<Record<string, number>> = { ns: 0.001, us: 1, µs: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

function durationUs(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_US[unit ?? ''] ?? 0), 0);
}

function checkDurations(entries: ReadonlyMap<string, Entry>): Found[] {
  const [shortest, longest] = [entries.get('minDuration'), entries.get('maxDuration')];
  const bad = [shortest, longest].flatMap((entry): Found[] => (entry === undefined || durationUs(entry.value) !== undefined
    ? [] : [{ rule: 'bad-duration', range: entry.valueRange, message: `Found ${entry.key}=${entry.value}, expected a number with its unit. Write it like 800ms, 2s or 1m30s.` }]));
  if (bad.length > 0 || shortest === undefined || longest === undefined) return bad;
  if ((durationUs(shortest.value) ?? 0) <= (durationUs(longest.value) ?? 0)) return [];
  return [{ rule: 'bad-duration', range: shortest.valueRange, message: `Found minDuration=${shortest.value} above maxDuration=${longest.value}, expected it below: no span is both. Swap them.` }];
}

function checkLimit(entries: ReadonlyMap<string, Entry>): Found[] {
  const entry = entries.get('limit');
  if (entry === undefined || /^[1-9]\d*$/.test(entry.value)) return [];
  return [{ rule: 'bad-limit', range: entry.valueRange, message: `Found limit=${entry.value}, expected a whole number above 0. Write it in digits.` }];
}

function checkNames(entries: ReadonlyMap<string, Entry>, index: SpanIndex): Found[] {
  const [service, operation] = [entries.get('service'), entries.get('operation')];
  if (service === undefined) return [];
  const joined = /^([^\s,]+)\s*,\s*\w+=/.exec(service.value)?.[1];
  if (joined !== undefined) {
    return [{ rule: 'unknown-service', range: service.valueRange, message: `Found service=${service.value}, expected the name of one service. Write one key=value a line, without commas: service=${joined}.` }];
  }
  const quoted = /^(["'])(.*)\1$/.exec(service.value)?.[2];
  if (quoted !== undefined) {
    return [{ rule: 'unknown-service', range: service.valueRange, message: `Found service=${service.value}, expected the name without quotes, which would be part of it. Write service=${quoted}.` }];
  }
  const operations = index.operations.get(service.value);
  if (operations === undefined) {
    return [{ rule: 'unknown-service', range: service.valueRange, message: `Found service=${service.value}, expected a service with spans in ${index.owner}.${hintAt(service.value, index.operations.keys())}` }];
  }
  if (operation === undefined || operations.has(operation.value)) return [];
  return [{ rule: 'unknown-operation', range: operation.valueRange, message: `Found operation=${operation.value}, expected a span of ${service.value} in ${index.owner}.${hintAt(operation.value, operations)}` }];
}

/** A live block stores the spans that its code starts. */
async function checkDeclared(entries: ReadonlyMap<string, Entry>, world: World, context: CheckContext): Promise<Found[]> {
  const operation = entries.get('operation');
  if (operation === undefined || world.kind !== 'live' || !['ts', 'typescript'].includes(world.block.language)) return [];
  const { spans, hasComputedSpans } = await readContract([world.block], context.root);
  if (hasComputedSpans || spans.has(operation.value)) return [];
  return [{ rule: 'unknown-operation', range: operation.valueRange, message: `Found operation=${operation.value}, expected a span that block ${world.block.name ?? ''} starts.${hintAt(operation.value, spans)}` }];
}

function checkTagEntry(entries: ReadonlyMap<string, Entry>, index: SpanIndex | undefined): Found[] {
  const entry = entries.get('tags');
  return entry === undefined ? [] : checkTags(entry.value, index).map(({ offset, length, ...found }: TagMistake) => ({ ...found, range: { offset: entry.valueRange.offset + offset, length } }));
}

function checkTraceIdEntry(entries: ReadonlyMap<string, Entry>, index: SpanIndex | undefined): Found[] {
  const entry = entries.get('traceID');
  const mistake = entry === undefined ? undefined : checkTraceId(entry.value, [...entries.keys()].filter((key) => key !== 'traceID'), index);
  return entry === undefined || mistake === undefined ? [] : [{ ...mistake, range: entry.valueRange }];
}
