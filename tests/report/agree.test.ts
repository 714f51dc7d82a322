import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { reporters } from '../../harness/report/index.ts';
import { hostileText, options } from './hostile.ts';
import { block, diagnostic, failed, place, report } from './sample.ts';

const { DOMParser } = new JSDOM('').window;

function render(value: Report, format: string): string {
  return reporters.find(({ name }) => name === format)?.render(value, options) ?? `no format ${format}`;
}

/** Diagnostics whose message, rule and place differ: a repeated one is counted once by people's formats and by block in JSON. */
const diagnostics = fc.uniqueArray(fc.record({ line: fc.integer({ min: 1, max: 99 }), level: fc.constantFrom('error', 'warning', 'note') }), { maxLength: 14, selector: ({ line }) => line });
const outcomes = fc.array(fc.constantFrom('passed', 'failed', 'skipped', 'errored'), { maxLength: 12 });
const reports = fc.record({ found: diagnostics, kinds: outcomes, text: hostileText, breakage: fc.nat({ max: 3 }), interrupted: fc.boolean() }).map(({ found, kinds, text, breakage, interrupted }) => report({
  pageDiagnostics: found.map(({ line, level }) => diagnostic(text, place(line, 1, 2), { level })),
  verdicts: kinds.map((kind, index) => verdict(kind, index, text)),
  errors: Array.from({ length: breakage }, () => new Error(text)),
  interrupted,
}));

function verdict(kind: Verdict['kind'], index: number, text: string): Verdict {
  const common = { block: block(`${text}${index}`, { page: index % 2 === 0 ? 'even' : text }), depth: 'parsed', elapsedMs: 0 } as const;
  if (kind === 'passed') return { ...common, kind, diagnostics: [diagnostic(text, place(100 + index, 1, 2), { level: 'note' })] };
  if (kind === 'failed') return failed(`${index}`, [diagnostic(text, place(200 + index, 1, 2))], common.block);
  return kind === 'skipped' ? { ...common, kind, reason: text } : { ...common, kind, error: new HarnessError('timed-out', text) };
}

/** What a format says: blocks by verdict, diagnostics by level, breakage. */
type Counts = Readonly<Record<'failed' | 'skipped' | 'errored' | 'errors' | 'error' | 'warning' | 'note', number>>;

function countJson(value: Report): Counts & { readonly pageErrors: number; readonly cases: number } {
  interface Found { readonly level: string }
  const parsed = JSON.parse(render(value, 'json')) as { blocks: { verdict: string; diagnostics: Found[] }[]; pageDiagnostics: Found[]; errors: unknown[] };
  const kind = (name: string): number => parsed.blocks.filter((one) => one.verdict === name).length;
  const all = [...parsed.pageDiagnostics, ...parsed.blocks.flatMap((one) => one.diagnostics)];
  const level = (name: string): number => all.filter((one) => one.level === name).length;
  return {
    failed: kind('failed'), skipped: kind('skipped'), errored: kind('errored'), errors: parsed.errors.length,
    error: level('error'), warning: level('warning'), note: level('note'),
    pageErrors: parsed.pageDiagnostics.filter((one) => one.level === 'error').length,
    cases: parsed.blocks.length + parsed.pageDiagnostics.length + parsed.errors.length,
  };
}

test('all formats agree on what was found', () => {
  fc.assert(fc.property(reports, (value) => {
    const counts = countJson(value);
    const extra = value.interrupted ? 1 : 0;

    const run = (JSON.parse(render(value, 'sarif')) as { runs: [{ results: { level: string }[]; invocations: [{ toolExecutionNotifications: { level: string }[] }] }] }).runs[0];
    const levels = (all: readonly { readonly level: string }[]): object => ({ error: all.filter(({ level }) => level === 'error').length, warning: all.filter(({ level }) => level === 'warning').length, note: all.filter(({ level }) => level === 'note').length });
    expect(levels(run.results)).toEqual({ error: counts.error, warning: counts.warning, note: counts.note });
    expect(levels(run.invocations[0].toolExecutionNotifications)).toEqual({ error: counts.errored + counts.errors, warning: extra, note: counts.skipped });

    const root = new DOMParser().parseFromString(render(value, 'junit'), 'application/xml').documentElement;
    const sum = (name: string): number => [...root.querySelectorAll('testsuite')].reduce((total, suite) => total + Number(suite.getAttribute(name)), 0);
    const wanted = { tests: counts.cases + extra, failures: counts.failed + counts.pageErrors, errors: counts.errored + counts.errors + extra, skipped: counts.skipped };
    expect({ tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') }).toEqual(wanted);
    for (const [name, count] of Object.entries(wanted)) expect(Number(root.getAttribute(name))).toBe(count);
    expect([...['testcase', 'failure', 'error', 'skipped']].map((tag) => root.querySelectorAll(tag).length)).toEqual(Object.values(wanted));

    const lines = render(value, 'github').split('\n');
    const commands = (name: string): number => lines.filter((line) => line.startsWith(`::${name} `)).length;
    expect([commands('error'), commands('warning'), commands('notice')]).toEqual([counts.error + counts.errored + counts.errors + extra, counts.warning, counts.note + counts.skipped]);

    const conclusion = render(value, 'terminal').trimEnd().split('\n').at(-1)?.trim();
    expect(lines).toContain(conclusion);
  }), { numRuns: 100 });
});
