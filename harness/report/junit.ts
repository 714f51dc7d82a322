import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Report, Reporter } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { renderChain, readChain } from './errors.ts';
import { escapeLines } from './escape.ts';
import { createPaint } from './paint.ts';
import { cutText, diagnosticsOf } from './tally.ts';

/** UTF-16 units. Servers that show JUnit refuse or hang on more than some megabytes. */
const maxMessageLength = 10_000;
const maxBodyLength = 100_000;
const maxTitleLength = 500;

interface Outcome {
  readonly tag: 'failure' | 'error' | 'skipped' | 'system-out';
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: string;
}
interface Case {
  /** A page's id; its file, where no block tells the id; or `harness`. */
  readonly suite: string;
  readonly name: string;
  readonly place: Place | undefined;
  readonly elapsedMs: number;
  /** Undefined: passed, nothing to say. */
  readonly outcome: Outcome | undefined;
}

/** For CI servers: a suite a page, a case a block; diagnostics of pages and breakage outside blocks are cases of their own. */
export const junit: Reporter = {
  name: 'junit',
  render(report) {
    const cases = listCases(report);
    const suites = [...Map.groupBy(cases, ({ suite }) => suite)].map(([name, members]) => {
      const elapsedMs = members.reduce((sum, one) => sum + one.elapsedMs, 0);
      return element('testsuite', countCases(name, members, elapsedMs), members.map(renderCase));
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', countCases('observability-course', cases, report.elapsedMs), suites)}\n`;
  },
};

function listCases({ verdicts, pageDiagnostics, errors, interrupted }: Report): readonly Case[] {
  const pages = new Map(verdicts.map(({ block }) => [block.fence.file, block.page]));
  const cases: readonly Case[] = [
    ...verdicts.map((verdict) => ({ suite: verdict.block.page, name: verdict.block.id, place: verdict.block.fence, elapsedMs: verdict.elapsedMs, outcome: concludeBlock(verdict) })),
    ...pageDiagnostics.map((found) => ({ suite: pages.get(found.place.file) ?? found.place.file, name: `${found.ruleId} at ${formatPlace(found.place)}`, place: found.place, elapsedMs: 0, outcome: concludeDiagnostics([found], found.level === 'error') })),
    ...errors.map((error, index) => ({ suite: 'harness', name: `error ${index + 1}`, place: undefined, elapsedMs: 0, outcome: concludeError(error) })),
  ];
  // A run that was ended early must not look like one that is whole.
  const message = 'Interrupted: this report is incomplete.';
  const end: Case = { suite: 'harness', name: 'interrupted', place: undefined, elapsedMs: 0, outcome: { tag: 'error', attributes: { type: 'interrupted', message }, body: message } };
  return interrupted ? [...cases, end] : cases;
}

function concludeBlock(verdict: Verdict): Outcome | undefined {
  if (verdict.kind === 'skipped') return { tag: 'skipped', attributes: { message: titleOf(verdict.reason) }, body: cutText(verdict.reason, maxMessageLength) };
  if (verdict.kind === 'errored') return concludeError(verdict.error);
  return concludeDiagnostics(diagnosticsOf(verdict), verdict.kind === 'failed');
}

function concludeDiagnostics(found: readonly Diagnostic[], isFailure: boolean): Outcome | undefined {
  const first = found.find(({ level }) => level === 'error') ?? found[0];
  if (first === undefined) return undefined;
  const body = cutText(found.map(describe).join('\n\n'), maxBodyLength);
  return isFailure ? { tag: 'failure', attributes: { type: first.ruleId, message: titleOf(first.message) }, body } : { tag: 'system-out', attributes: {}, body };
}

function concludeError(error: Error): Outcome {
  const { code, message } = readChain(error);
  const body = cutText(renderChain(error, createPaint(false)).join('\n'), maxBodyLength);
  return { tag: 'error', attributes: { type: code ?? error.name, message: titleOf(message) }, body };
}

function describe({ level, ruleId, message, place, related }: Diagnostic): string {
  const others = related.flatMap((other) => [`note ${cutText(other.message, maxMessageLength)}`, `--> ${formatPlace(other.place)}`]);
  return [`${level} ${ruleId} ${cutText(message, maxMessageLength)}`, `--> ${formatPlace(place)}`, ...others].join('\n');
}

function formatPlace({ file, start }: Place): string {
  return `${file}:${start.line}:${start.column}`;
}

function titleOf(message: string): string {
  return cutText(message.split(/\r\n|\n/)[0] ?? '', maxTitleLength);
}

function countCases(name: string, cases: readonly Case[], elapsedMs: number): Readonly<Record<string, string>> {
  const count = (tag: Outcome['tag']): string => String(cases.filter(({ outcome }) => outcome?.tag === tag).length);
  return { name, tests: String(cases.length), failures: count('failure'), errors: count('error'), skipped: count('skipped'), time: formatSeconds(elapsedMs) };
}

function renderCase({ suite, name, place, elapsedMs, outcome }: Case): string {
  const where = place === undefined ? {} : { file: place.file, line: String(place.start.line) };
  const attributes = { classname: suite, name, ...where, time: formatSeconds(elapsedMs) };
  return element('testcase', attributes, outcome === undefined ? [] : [`<${outcome.tag}${renderAttributes(outcome.attributes)}>${escapeXml(outcome.body)}</${outcome.tag}>`]);
}

function formatSeconds(elapsedMs: number): string {
  return (elapsedMs / 1000).toFixed(3);
}

function element(tag: string, attributes: Readonly<Record<string, string>>, children: readonly string[]): string {
  const start = `<${tag}${renderAttributes(attributes)}`;
  return children.length === 0 ? `${start}/>` : `${start}>\n${children.join('\n')}\n</${tag}>`;
}

function renderAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(value).replaceAll('\n', '&#10;')}"`).join('');
}

/** Well-formed whatever the text: XML 1.0 has no way to write most controls, half characters, U+FFFE and U+FFFF, so they are spelt out. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\uFFFE': '\\u{fffe}', '\uFFFF': '\\u{ffff}' };
  return escapeLines(text).join('\n').replace(/[&<>"\uFFFE\uFFFF]/g, (character) => entities[character] ?? '');
}
