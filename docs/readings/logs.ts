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
const usualFields = ['event', 'error_code', 'payment_status', 'peer', 'duration_ms'];

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

/** Fields that the query filters or groups by: they are why these lines are here. */
export function fieldsOfQuery(query: string): string[] {
  const filters = [...query.matchAll(/\|\s*([a-z_]\w*)\s*(?:=~|!~|!=|>=|<=|==|=|>|<)/gi)].map((match) => match[1] ?? '');
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

function lineSummary(entry: LogLine, fields: Readonly<Record<string, unknown>> | undefined, highlighted: readonly string[]): ElementContent[] {
  const level = levelOf(fields, entry.labels);
  const clock = entry.atMs === undefined ? [] : [h('time', { dateTime: new Date(entry.atMs).toISOString() }, formatClock(entry.atMs, 'milliseconds'))];
  const word = level === '' ? [] : [h('span', { className: ['level', `level-${level.toLowerCase()}`] }, level)];
  if (!fields) return [...clock, ...word, h('span', { className: ['message'] }, entry.line)];
  const service = fields['service'] ?? entry.labels['service'];
  const wanted = highlighted.filter((name) => fields[name] !== undefined);
  const chosen = wanted.length > 0 ? wanted : usualFields.filter((name) => fields[name] !== undefined).slice(0, 1);
  return [
    ...clock,
    ...word,
    ...(typeof service === 'string' ? [h('span', { className: ['service'] }, service)] : []),
    h('span', { className: ['message'] }, [
      String(fields['msg'] ?? fields['message'] ?? ''),
      ...chosen.flatMap((name): ElementContent[] => [{ type: 'text', value: ' ' }, h('span', { className: ['field'] }, [`${name}=`, h('mark', formatField(fields[name]))])]),
    ]),
  ];
}

function viewLine(entry: LogLine, highlighted: readonly string[]): Element {
  const fields = parseFields(entry.line);
  const summary = lineSummary(entry, fields, highlighted);
  if (!fields) return h('li', { className: ['log-line'] }, [h('div', { className: ['log-summary'] }, summary)]);
  const pairs = Object.entries(fields).flatMap(([name, value]) => [h('dt', name), h('dd', formatField(value))]);
  return h('li', { className: ['log-line'] }, [h('details', [h('summary', { className: ['log-summary'] }, summary), h('dl', pairs)])]);
}

/** Log lines as a list: clock, level as a word, service, message and the fields that matter; the whole entry opens on demand. */
export function viewLines(all: readonly LogLine[], highlighted: readonly string[], total = all.length, limits = { shown: shownLines, kept: keptLines }): Element[] {
  const entries = all.slice(0, limits.kept);
  const [shown, rest] = splitAt(entries, limits.shown);
  const list = (lines: readonly LogLine[]): Element => h('ol', { className: ['log'] }, lines.map((entry) => viewLine(entry, highlighted)));
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
  return viewLines(entries, fieldsOfQuery(context.text), output.total, context.brief ? { shown: 3, kept: 3 } : undefined);
}
