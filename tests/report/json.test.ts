import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { json } from '../../harness/report/json.ts';
import { terminal } from '../../harness/report/terminal.ts';
import { block, diagnostic, failed, passed, place, report } from './sample.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../harness/report/report.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);
const options = { color: false, readSource: () => undefined };

function render(value: Report): Record<string, unknown> {
  const parsed = JSON.parse(json.render(value, options)) as Record<string, unknown>;
  expect(validate(parsed) ? [] : validate.errors).toEqual([]);
  return parsed;
}

const full = report({
  pageDiagnostics: [diagnostic('page', place(2, 3, 4), { level: 'warning' })],
  verdicts: [
    passed('a', { title: 'a.json' }, 'compared'),
    failed('b', [diagnostic('m', place(3, 8, 9, 'snippets/a.ts'))]),
    { kind: 'skipped', block: block('c'), depth: 'parsed', elapsedMs: 0, reason: 'why' },
    { kind: 'errored', block: block('d'), depth: 'checked', elapsedMs: 3.6, error: new HarnessError('timed-out', 'slow', { cause: new Error('deep'), logTail: 'log' }) },
  ],
  changes: [{ file: 'f.json', change: 'added', diff: 'long' }],
  errors: [new Error('no engine')],
  stack: { prometheus: { version: '3.5', imageDigest: 'sha256:1' }, jaeger: { version: '2' } },
});

test('the format of architecture §8', () => {
  const common = { page: 'day-1/lag', line: 1, language: 'json' };
  expect(render(full)).toEqual({
    formatVersion: 1,
    stack: { prometheus: { version: '3.5', imageDigest: 'sha256:1' }, jaeger: { version: '2' } },
    elapsedMs: 1235,
    interrupted: false,
    blocks: [
      { ...common, id: 'day-1/lag#a', file: 'a.json', verdict: 'passed', depth: 'compared', elapsedMs: 1, diagnostics: [] },
      { ...common, id: 'day-1/lag#b', verdict: 'failed', depth: 'parsed', elapsedMs: 2, diagnostics: [{ ruleId: 'json/syntax-error', level: 'error', message: 'm', file: 'snippets/a.ts', line: 3, column: 8, endLine: 3, endColumn: 9 }] },
      { ...common, id: 'day-1/lag#c', verdict: 'skipped', depth: 'parsed', reason: 'why', elapsedMs: 0, diagnostics: [] },
      { ...common, id: 'day-1/lag#d', verdict: 'errored', depth: 'checked', elapsedMs: 4, error: { code: 'timed-out', message: 'slow', causes: ['deep'], logTail: 'log' }, diagnostics: [] },
    ],
    pageDiagnostics: [{ ruleId: 'json/syntax-error', level: 'warning', message: 'page', file: 'docs/content/docs/day-1/lag.mdx', line: 2, column: 3, endLine: 2, endColumn: 4 }],
    changes: [{ file: 'f.json', change: 'added' }],
    errors: [{ message: 'no engine', causes: [] }],
  });
});

test('a shard says which, of which pages and over what; second places of a diagnostic come with it', () => {
  const shard = { index: 2, count: 3, command: 'verify', pages: ['day-1/lag', 'empty'], inputs: 'ab'.repeat(32) } as const;
  const value = render(report({ shard, pageDiagnostics: [diagnostic('m', place(1, 1, 2), { related: [{ message: 'opened here', place: place(2, 3, 4) }] })] }));
  expect(value).toMatchObject({ shard, pageDiagnostics: [{ related: [{ message: 'opened here', file: 'docs/content/docs/day-1/lag.mdx', line: 2, column: 3, endLine: 2, endColumn: 4 }] }] });
  for (const wrong of [{ index: 0 }, { inputs: 'abc' }, { command: 'scan' }, { pages: undefined }, { extra: 1 }]) {
    expect(validate(JSON.parse(JSON.stringify({ ...value, shard: { ...shard, ...wrong } })))).toBe(false);
  }
});

test('a message of a megabyte is valid and whole', () => {
  const message = ']]>\u0000😀'.repeat(1 << 18);
  expect(render(report({ verdicts: [failed('a', [diagnostic(message, place(1, 1, 2))])], errors: [new Error(message)] }))).toMatchObject({ blocks: [{ diagnostics: [{ message }] }], errors: [{ message }] });
});

test.each([
  ['a skip without a reason', { verdict: 'skipped' }],
  ['a failure without a diagnostic', { verdict: 'failed' }],
  ['a line of zero', { line: 0 }],
  ['a verdict that there is not', { verdict: 'ok' }],
  ['a field that there is not', { severity: 'high' }],
])('the schema refuses %s', (_, wrong) => {
  const value = render(report({ verdicts: [passed('a')] }));
  const [first] = value['blocks'] as object[];
  expect(validate({ ...value, blocks: [{ ...first, ...wrong }] })).toBe(false);
});

test('any text gives valid JSON of the same text, and a terminal report without control characters', () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom('\u0000', '\u001B', '\uD800', '\u2028', ']]>', '😀', '\n', '\r', '\t'), fc.string({ unit: 'binary', maxLength: 2 })), minLength: 1 });
  fc.assert(fc.property(text, text, (message, name) => {
    const value = report({ verdicts: [failed(name, [diagnostic(message, place(1, 1, 2))], { page: name, language: name })] });
    expect(render(value)).toMatchObject({ blocks: [{ page: name, diagnostics: [{ message }] }] });
    expect(terminal.render(value, options).match(/(?![\n\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu)).toBeNull();
  }), { numRuns: 200 });
}, 60_000);
