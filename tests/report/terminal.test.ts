import { describe, expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { formatError, reporters } from '../../harness/report/index.ts';
import { terminal } from '../../harness/report/terminal.ts';
import { block, diagnostic, failed, pageFile, passed, place, report } from './sample.ts';

const source = '# Lag\n```json name="broken"\n{ "a": ] }\n```\n\tx = 1;\nname: 日本 😀 = e\u0301x;\n';
const render = (value: Report, color = false, text: string | undefined = source): string => terminal.render(value, { color, readSource: (file) => (file === pageFile ? text : undefined) });
/** The code frame of one diagnostic of the page. */
const frame = (at: ReturnType<typeof place>, text = source): string[] => render(report({ pageDiagnostics: [diagnostic('m', at)] }), false, text).split('\n').slice(3, 6);

describe('a whole report', () => {
  test('by page, with frames, skips, breakage, changes and a summary', () => {
    const error = new HarnessError('backend-not-ready', 'Prometheus did not answer in 30 s', { cause: new Error('GET /-/ready: 503'), logTail: 'ts=1 msg="opening storage"\n\u001B[31mts=2 err\u001B[0m\n' });
    const value = report({
      pageDiagnostics: [diagnostic('No checker knows `titel`.', place(2, 9, 22), { ruleId: 'mdx/unknown-attribute' })],
      verdicts: [
        passed('a', { language: 'promql' }, 'compared'),
        failed('broken', [diagnostic('Found `]`, expected a value.', place(3, 8, 9), { related: [{ message: 'opened here', place: place(3, 1, 2) }] })]),
        { kind: 'skipped', block: block('c', { page: 'day-1/other' }), depth: 'parsed', elapsedMs: 0, reason: 'until 2027-03-01: waits for a release' },
        { kind: 'errored', block: block('d', { language: 'promql' }), depth: 'checked', elapsedMs: 0, error },
        { kind: 'errored', block: block('e', { language: 'promql' }), depth: 'checked', elapsedMs: 0, error },
      ],
      changes: [{ file: 'docs/transcripts/day-1/lag/a.json', change: 'changed', diff: '-  "0.2"\n+  "0.25"\n' }],
      stack: { prometheus: { version: '3.5.0', imageDigest: 'sha256:1' }, loki: { version: '3.5' } },
    });
    expect(render(value)).toBe(`docs/content/docs/day-1/lag.mdx
  error mdx/unknown-attribute No checker knows \`titel\`.
  --> docs/content/docs/day-1/lag.mdx:2:9
    |
  2 | \`\`\`json name="broken"
    |         ^^^^^^^^^^^^^

  error json/syntax-error Found \`]\`, expected a value.
  --> docs/content/docs/day-1/lag.mdx:3:8
    |
  3 | { "a": ] }
    |        ^
  note opened here
  --> docs/content/docs/day-1/lag.mdx:3:1
    |
  3 | { "a": ] }
    | ^

Skipped
  day-1/lag#c: until 2027-03-01: waits for a release

Broken: ours or a container’s, not the text of a page
  broken backend-not-ready Prometheus did not answer in 30 s
  because GET /-/ready: 503
  last lines of its log:
    ts=1 msg="opening storage"
    ts=2 err
  no verdict for 2 blocks: day-1/lag#d, day-1/lag#e

changed docs/transcripts/day-1/lag/a.json
  -  "0.2"
  +  "0.25"

  page         blocks  compared  failed  skipped  errored
  day-1/lag         4         1       1        0        2
  day-1/other       1         0       0        1        0

  language  blocks  compared  failed  skipped  errored
  promql         3         1       0        0        2
  json           2         0       1        1        0

  prometheus 3.5.0 · loki 3.5
  5 blocks: 1 passed, 1 failed, 1 skipped, 2 errored · 2 errors · 1.2 s
`);
  });

  test('nothing wrong, nothing to check, interrupted', () => {
    expect(render(report({ verdicts: [passed('a')] }))).toBe('  page       blocks  checked\n  day-1/lag       1        1\n\n  language  blocks  checked\n  json           1        1\n\n  1 block: 1 passed · 1.2 s\n');
    expect(render(report())).toBe('  0 blocks · 1.2 s\n');
    expect(render(report({ interrupted: true }))).toBe('  Interrupted: this report is incomplete.\n  0 blocks · 1.2 s\n');
  });

  test('what was found leads to where its rule is explained', () => {
    const found = { pageDiagnostics: [diagnostic('m', place(3, 1, 2))] };
    expect(render(report({ ...found, rulesAt: 'docs/rules/' }))).toContain('  what a rule means, with an example repaired: docs/rules/<rule>.md\n');
    expect(render(report({ ...found, rulesAt: 'https://course.technow.example/rules/' }))).toContain('repaired: https://course.technow.example/rules/<rule>/\n');
    expect(render(report({ rulesAt: 'docs/rules/' }))).not.toContain('rule');
  });

  test('warnings of a block that passed are shown', () => {
    const verdict = { ...passed('a'), kind: 'passed' as const, diagnostics: [diagnostic('odd', place(3, 1, 2), { level: 'warning' })] };
    expect(render(report({ verdicts: [verdict] }))).toContain('  warning json/syntax-error odd');
  });

  test('one mistake that fails several blocks is shown and counted once', () => {
    const shared = diagnostic('The dataset cannot be had.', place(1, 1, 2));
    const lines = render(report({ verdicts: [failed('a', [shared]), failed('b', [shared, diagnostic('Another.', place(1, 1, 2))])] })).split('\n');
    expect(lines.filter((line) => line.includes('cannot be had'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Another.'))).toHaveLength(1);
    expect(lines.at(-2)).toContain('2 blocks: 2 failed · 2 errors');
  });

  test('a diagnostic in an included file stands under the page that shows it', () => {
    const lines = render(report({ verdicts: [failed('a', [diagnostic('m', place(7, 1, 2, 'snippets/a.ts'))])] })).split('\n');
    expect(lines.slice(0, 4)).toEqual([pageFile, '  error json/syntax-error m', '  --> snippets/a.ts:7:1', '']);
  });

  test('colour only if asked', () => {
    const value = report({ verdicts: [failed('a', [diagnostic('m', place(3, 1, 2))])], changes: [{ file: 'f', change: 'added', diff: '+x' }] });
    expect(render(value, false)).not.toContain('\u001B');
    expect(render(value, true)).toContain('\u001B[31merror\u001B[39m');
    expect(render(value, true).replace(/\u001B\[\d+m/g, '')).toBe(render(value, false));
  });
});

describe('code frames', () => {
  test('carets stand under the columns behind a tab', () => {
    expect(frame(place(5, 6, 7))).toEqual(['    |', '  5 |     x = 1;', '    |         ^']);
    expect(frame(place(5, 1, 2))[2]).toBe('    | ^^^^');
  });

  test('… behind wide characters, emoji and combining marks', () => {
    expect(frame(place(6, 7, 9))).toEqual(['    |', '  6 | name: 日本 😀 = e\u0301x;', '    |       ^^^^']);
    expect(frame(place(6, 10, 12))[2]).toBe('    |            ^^');
    expect(frame(place(6, 13, 14))[2]).toBe('    |               ^');
    expect(frame(place(6, 17, 18))[2]).toBe('    |                  ^');
  });

  test('… at the end of a line, of an empty line, and in the middle of a character', () => {
    expect(frame(place(3, 11, 11))[2]).toBe('    |           ^');
    expect(frame(place(1, 1, 1), '')).toEqual(['    |', '  1 |', '    | ^']);
    expect(frame(place(6, 11, 12))[2]).toBe('    |            ^^');
    expect(frame(place(1, 3, 3), '😀')[2]).toBe('    |   ^');
  });

  test('over several lines: the first, and where it ends', () => {
    expect(frame(place(3, 3, 2, pageFile, 5))[2]).toBe('    |   ^^^^^^^^ to 5:2');
  });

  test('a long line is cut around the caret', () => {
    const [, text = '', caret = ''] = frame(place(1, 501, 504), `${'x'.repeat(500)}abc${'y'.repeat(500)}`);
    expect(text.length).toBeLessThan(130);
    expect(text).toMatch(/^ {2}1 \| …x+abcy+…$/);
    expect(text.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('abc');
  });

  test('a file or line that is not there has no frame, and a mark of bytes no column', () => {
    expect(render(report({ pageDiagnostics: [diagnostic('m', place(99, 1, 2))] })).split('\n').slice(2, 4)).toEqual(['  --> docs/content/docs/day-1/lag.mdx:99:1', '']);
    expect(frame(place(1, 1, 2), '\uFEFFabc')).toEqual(['    |', '  1 | abc', '    | ^']);
  });
});

describe('text of others', () => {
  const hostile = 'a\u001B[2Jb\u0007\u202Ec\u0000\u009B1m\u2028d\uD800e\u200Bf\rg';
  const spelt = 'a\\u{1b}[2Jb\\u{7}\\u{202e}c\\u{0}\\u{9b}1m\\u{2028}d\\u{d800}e\\u{200b}f\\u{d}g';

  test('is spelt out wherever it is printed', () => {
    const error = new HarnessError('backend-lost', hostile, { cause: new Error(hostile), logTail: hostile });
    const output = render(report({
      pageDiagnostics: [diagnostic(hostile, place(1, 1, 2, hostile), { related: [{ message: hostile, place: place(1, 1, 2) }] })],
      verdicts: [{ kind: 'skipped', block: block(hostile, { id: hostile as never, page: hostile, language: hostile }), depth: 'parsed', elapsedMs: 0, reason: hostile }],
      errors: [error],
      changes: [{ file: hostile, change: 'added', diff: hostile }],
      stack: { [hostile]: { version: hostile } },
    }));
    expect(output.match(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu)).toBeNull();
    expect(output.split(spelt).length - 1).toBeGreaterThanOrEqual(12);
  });

  test('in a code frame too, the carets still under the columns', () => {
    expect(frame(place(1, 3, 4), '\u001B\u202Ex')).toEqual(['    |', '  1 | \\u{1b}\\u{202e}x', '    |               ^']);
  });

  test('a message of several lines stays readable', () => {
    expect(render(report({ pageDiagnostics: [diagnostic('one\n\ttwo', place(99, 1, 2))] })).split('\n').slice(1, 3)).toEqual(['  error json/syntax-error one', '      two']);
  });
});

describe('formatError', () => {
  test('the chain to its end, the log tail of the innermost container', () => {
    const inner = new HarnessError('backend-not-ready', 'no answer', { logTail: 'line 1\nline 2\n' });
    const outer = new HarnessError('io-failed', 'cannot verify', { cause: new AggregateError([new Error('first'), inner], 'two things') });
    expect(formatError(outer)).toBe('broken io-failed cannot verify\nbecause two things\nbecause first\nbecause no answer\nlast lines of its log:\n  line 1\n  line 2\n');
  });

  test('what is no error, and a chain that bites its tail', () => {
    expect(formatError('text')).toBe('broken text\n');
    const loop = new Error('a');
    loop.cause = new TypeError('b', { cause: loop });
    expect(formatError(loop)).toBe('broken a\nbecause b\n');
    expect(formatError(new RangeError())).toBe('broken RangeError\n');
  });
});

test('reporters have names of their own', () => {
  expect(reporters.map(({ name }) => name)).toEqual(['terminal', 'json', 'sarif', 'junit', 'github']);
});
