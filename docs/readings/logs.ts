import type { Labels } from '../../harness/model/dataset.ts';
import type { LogsOutput } from '../../harness/model/transcript.ts';
import { formatClock } from './clock.ts';
import type { ReadingContext } from './context.ts';
import { fold, plural, splitAt } from './fold.ts';
import { h, type Element, type ElementContent } from './hast.ts';

const shownLines = 8;
/** More lines than anybody reads stay in the stored answer. */
const keptLines = 40;
/** Fields with a place of their own in the line. */
const placedFields = new Set(['ts', 'time', 'level', 'msg']);
/** Fields of the log contract by how much they usually tell. */
const tellingFields = ['error_code', 'error_type', 'payment_status', 'provider_code', 'service_version', 'version', 'peer', 'duration_ms', 'status', 'event'];

export interface LogLine {
  readonly atMs: number | undefined;
  readonly labels: Labels;
  readonly line: string;
}

function parseFields(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Fields that the query compares or groups by: they are why these lines are here. One that must be equal tells nothing new. */
export function fieldsOfQuery(query: string): string[] {
  const filters = [...query.matchAll(/\|\s*([a-z_]\w*)\s*(?:=~|!~|!=|>=|<=|>|<)/gi)].map((match) => match[1] ?? '');
  const groups = [...query.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap((match) => (match[1] ?? '').split(',').map((name) => name.trim()));
  return [...new Set([...filters, ...groups])].filter((name) => name !== '' && !placedFields.has(name));
}

function formatField(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function levelOf(fields: Readonly<Record<string, unknown>> | undefined, labels: Labels): string {
  const level = labels['level'] ?? fields?.['level'];
  return typeof level === 'string' ? level : '';
}

interface Emphasis {
  readonly fields: readonly string[];
  /** Texts that the prose relies on (`expect="contains=…"`). */
  readonly texts: readonly string[];
  /** Fields whose value is given by the query. */
  readonly given: ReadonlySet<string>;
}

/** At most three fields of a line: those that the query or the prose is about first, then the telling ones. */
function chooseFields(fields: Readonly<Record<string, unknown>>, emphasis: Emphasis): (readonly [name: string, isMarked: boolean])[] {
  const mentioned = Object.keys(fields).filter((name) => !placedFields.has(name) && emphasis.texts.some((text) => formatField(fields[name]) === text));
  const marked = [...new Set([...emphasis.fields.filter((name) => fields[name] !== undefined), ...mentioned])];
  const telling = tellingFields.filter((name) => fields[name] !== undefined && !marked.includes(name) && !emphasis.given.has(name) && fields[name] !== fields['msg']);
  const extra = telling.slice(0, Math.max(0, 2 - marked.length));
  return [...marked.slice(0, 3).map((name) => [name, true] as const), ...extra.map((name, index) => [name, marked.length === 0 && index === 0] as const)];
}

function lineSummary(entry: LogLine, fields: Readonly<Record<string, unknown>> | undefined, emphasis: Emphasis): ElementContent[] {
  const level = levelOf(fields, entry.labels);
  const clock = entry.atMs === undefined ? [] : [h('time', { dateTime: new Date(entry.atMs).toISOString() }, formatClock(entry.atMs, 'milliseconds'))];
  const word = level === '' ? [] : [h('span', { className: ['level', `level-${level.toLowerCase()}`] }, level)];
  if (!fields) return [...clock, ...word, h('span', { className: ['message'] }, entry.line)];
  const service = fields['service'] ?? entry.labels['service'];
  return [
    ...clock,
    ...word,
    ...(typeof service === 'string' ? [h('span', { className: ['service'] }, service)] : []),
    h('span', { className: ['message'] }, [
      String(fields['msg'] ?? fields['message'] ?? ''),
      ...chooseFields(fields, emphasis).flatMap(([name, isMarked]): ElementContent[] => [{ type: 'text', value: ' ' }, h('span', { className: ['field'] }, [`${name}=`, h(isMarked ? 'mark' : 'span', formatField(fields[name]))])]),
    ]),
  ];
}

function viewLine(entry: LogLine, emphasis: Emphasis): Element {
  const fields = parseFields(entry.line);
  const summary = lineSummary(entry, fields, emphasis);
  if (!fields) return h('li', { className: ['log-line'] }, [h('div', { className: ['log-summary'] }, summary)]);
  const pairs = Object.entries(fields).flatMap(([name, value]) => [h('dt', name), h('dd', formatField(value))]);
  return h('li', { className: ['log-line'] }, [h('details', [h('summary', { className: ['log-summary'] }, summary), h('dl', pairs)])]);
}

const noEmphasis: Emphasis = { fields: [], texts: [], given: new Set() };

function emphasisOf(context: ReadingContext): Emphasis {
  const expected = context.attributes.get('expect')?.value;
  const texts = typeof expected === 'string' ? [...expected.matchAll(/contains=(?:'([^']*)'|"([^"]*)")/g)].map((match) => match[1] ?? match[2] ?? '') : [];
  const given = new Set([...context.text.matchAll(/\|\s*([a-z_]\w*)\s*=\s*["`]/gi)].map((match) => match[1] ?? ''));
  return { fields: fieldsOfQuery(context.text), texts, given };
}

/** Log lines as a list: clock, level as a word, service, message and the fields that matter; the whole entry opens on demand. */
export function viewLines(all: readonly LogLine[], emphasis = noEmphasis, total = all.length, limits = { shown: shownLines, kept: keptLines }): Element[] {
  const entries = all.slice(0, limits.kept);
  const [shown, rest] = splitAt(entries, limits.shown);
  const list = (lines: readonly LogLine[]): Element => h('ol', { className: ['log'] }, lines.map((entry) => viewLine(entry, emphasis)));
  return [
    list(shown),
    ...(rest.length > 0 ? [fold(plural(rest.length, 'more line'), [list(rest)], { className: 'rest' })] : []),
    ...(total > entries.length ? [h('p', { className: ['shared'] }, `${entries.length} of ${total} matching lines`)] : []),
  ];
}

/** Answer of a log query. Times are those of the stream, on the incident's clock. */
export function viewLogs(output: LogsOutput, context: ReadingContext): Element[] {
  const entries = output.entries.map((entry) => ({
    atMs: Number(BigInt(entry.timestampNs) / 1_000_000n),
    labels: entry.labels,
    line: entry.line,
  }));
  return viewLines(entries, emphasisOf(context), output.total, context.brief ? { shown: 3, kept: 3 } : undefined);
}
