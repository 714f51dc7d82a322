import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { github } from '../../harness/report/github.ts';
import { hostileText, mixed, options } from './hostile.ts';
import { block, diagnostic, failed, pageFile, passed, place, report } from './sample.ts';

const render = (value: Report): string[] => github.render(value, options).split('\n');
const onPage = (message: string, more: Parameters<typeof diagnostic>[2] = {}, at = place(1, 1, 2)): Report => report({ pageDiagnostics: [diagnostic(message, at, more)] });

/** Reads a workflow command as GitHub's runner does: properties to the next `::`, each unescaped after splitting. */
function parse(line: string): { readonly command: string; readonly properties: Readonly<Record<string, string>>; readonly message: string } {
  const [, command = '', pairs = '', message = ''] = /^::(\w+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  const unescape = (text: string): string => text.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const properties = Object.fromEntries(pairs.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1))]));
  return { command, properties, message: message.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%') };
}

test('a whole report: breakage once, mistakes once, then warnings, notices and the summary', () => {
  expect(render(mixed)).toEqual([
    '::error title=broken::no engine',
    `::error file=${pageFile},line=1,col=1,endLine=1,endColumn=8,title=broken backend-lost::Loki went away%0Ano verdict for 2 blocks: day-1/lag#d, day-1/lag#e%0Abecause socket hang up%0Alast lines of its log:%0Alevel=error msg="bye"`,
    '::error file=docs/content/docs/empty.mdx,line=9,endLine=11,title=page/dataset::No such dataset.',
    `::error file=${pageFile},line=3,col=8,endLine=3,endColumn=9,title=json/syntax-error::Found \`]\`.%0Anote opened here (${pageFile}:2:1)`,
    `::warning file=${pageFile},line=1,col=1,endLine=1,endColumn=4,title=page/title::No title.`,
    `::notice file=${pageFile},line=7,col=1,endLine=7,endColumn=2,title=json/syntax-error::Odd.`,
    '::notice file=docs/content/docs/day-1/other.mdx,line=4,col=1,endLine=4,endColumn=8,title=skipped::day-1/lag#c: waits for a release',
    '6 blocks: 1 passed, 2 failed, 1 skipped, 2 errored · 2 errors, 1 warning, 1 note · 1.2 s',
    '',
  ]);
});

test('nothing wrong is one line; an interrupted run says so first', () => {
  expect(render(report({ verdicts: [passed('a')] }))).toEqual(['1 block: 1 passed · 1.2 s', '']);
  expect(render(report({ interrupted: true }))).toEqual(['::error title=interrupted::Interrupted: this report is incomplete.', '0 blocks · 1.2 s', '']);
});

describe('escaping', () => {
  test('of a message: %, CR and LF; of a property : and , too', () => {
    expect(render(onPage('100%, a:b\r\nc\rd', { ruleId: 'a,b:c/50%' }, place(1, 1, 2, 'x,y:z%0A.mdx')))[0])
      .toBe('::error file=x%2Cy%3Az%250A.mdx,line=1,col=1,endLine=1,endColumn=2,title=a%2Cb%3Ac/50%25::100%25, a:b%0D%0Ac%0Dd');
  });

  test('other controls are spelt out: a log is a terminal', () => {
    expect(render(onPage('a\u001B[2J\u202Eb\u2028\tc\uD800'))[0]).toMatch(/::a\\u\{1b\}\[2J\\u\{202e\}b\\u\{2028\} {2}c\\u\{d800\}$/);
  });

  test('no text begins a command of its own, and file and message come back as they went in', () => {
    fc.assert(fc.property(hostileText, hostileText, (message, file) => {
      const value = report({
        verdicts: [
          failed(message, [diagnostic(message, place(1, 1, 2, file), { related: [{ message, place: place(1, 1, 2) }] })]),
          { kind: 'skipped', block: block(message, { id: message as never }), depth: 'parsed', elapsedMs: 0, reason: message },
        ],
        errors: [new Error(message, { cause: new Error(message) })],
      });
      const text = github.render(value, options);
      expect(text.match(/(?![\n\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu)).toBeNull();
      const lines = text.split('\n');
      expect(lines.map((line) => parse(line).command)).toEqual(['error', 'error', 'notice', '', '']);
      if (/[^\P{C}\r\n]|[\u2028\u2029]/u.test(message + file)) return;
      const read = parse(lines[1] as string);
      expect(read.properties['file']).toBe(file);
      expect(read.message.startsWith(`${message}\nnote `)).toBe(true);
    }), { numRuns: 300 });
  });
});

test('columns only within one line: GitHub drops them from places of several', () => {
  expect(parse(render(onPage('m', {}, place(3, 4, 2, pageFile, 5)))[0] as string).properties).toEqual({ file: pageFile, line: '3', endLine: '5', title: 'json/syntax-error' });
});

test('a message longer than GitHub takes is cut with a note', () => {
  const [line = ''] = render(onPage('x'.repeat(1 << 20)));
  expect(line.length).toBeLessThan(4096);
  expect(line).toContain('… (cut here: 1044776 of 1048576 characters are left out');
  expect(render(onPage('\u0000'.repeat(3000)))[0]?.length).toBeLessThan(4096);
});

test('an error of more than five blocks names five; colours of a log are left out', () => {
  const error = new HarnessError('timed-out', 'slow', { logTail: '\u001B[31mred\u001B[0m\nplain\n' });
  const verdicts = Array.from({ length: 7 }, (_, index) => ({ kind: 'errored' as const, block: block(`e${index}`), depth: 'checked' as const, elapsedMs: 0, error }));
  expect(parse(render(report({ verdicts, errors: [error] }))[0] as string).message)
    .toBe('slow\nno verdict for 7 blocks: day-1/lag#e0, day-1/lag#e1, day-1/lag#e2, day-1/lag#e3, day-1/lag#e4 and 2 more\nlast lines of its log:\nred\nplain');
});

describe('what GitHub does not show', () => {
  const many = (count: number, level: 'error' | 'warning' | 'note') => Array.from({ length: count }, (_, index) => diagnostic(`${level} ${index}`, place(1, 1, 2), { level }));

  test('ten of a type are shown', () => {
    expect(render(report({ pageDiagnostics: [...many(10, 'error'), ...many(10, 'warning')] }))).toHaveLength(22);
  });

  test('the eleventh is in the log, and counted at the end', () => {
    const lines = render(report({ pageDiagnostics: [...many(12, 'error'), ...many(11, 'warning'), ...many(3, 'note')] }));
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(12);
    expect(lines.slice(-3)).toEqual([
      '0 blocks · 12 errors, 11 warnings, 3 notes · 1.2 s',
      'GitHub shows 10 annotations of a type. Only in this log: 2 errors, 1 warning.',
      '',
    ]);
  });

  test('skipped blocks are notices too', () => {
    const verdicts = Array.from({ length: 11 }, (_, index) => ({ kind: 'skipped' as const, block: block(`s${index}`), depth: 'parsed' as const, elapsedMs: 0, reason: 'why' }));
    expect(render(report({ verdicts })).at(-2)).toBe('GitHub shows 10 annotations of a type. Only in this log: 1 notice.');
  });
});
