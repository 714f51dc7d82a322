import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { junit } from '../../harness/report/junit.ts';
import { hostileText, mixed, options } from './hostile.ts';
import { block, diagnostic, failed, pageFile, passed, place, report } from './sample.ts';

const { DOMParser } = new JSDOM('').window;

function render(value: Report): Element {
  const document = new DOMParser().parseFromString(junit.render(value, options), 'application/xml');
  expect(document.querySelector('parsererror')?.textContent ?? '').toBe('');
  return document.documentElement;
}
const attributesOf = (element: Element | null): object => Object.fromEntries([...(element?.attributes ?? [])].map(({ name, value }) => [name, value]));
const caseOf = (value: Report, name: string): Element | undefined => [...render(value).querySelectorAll('testcase')].find((one) => one.getAttribute('name') === name);
const failedWith = (message: string): Report => report({ verdicts: [failed('a', [diagnostic(message, place(1, 1, 2))])] });

describe('a whole report', () => {
  test('one suite a page, one case a block, and the others by themselves', () => {
    const root = render(mixed);
    expect(attributesOf(root)).toEqual({ name: 'observability-course', tests: '9', failures: '3', errors: '3', skipped: '1', time: '1.234' });
    expect([...root.querySelectorAll('testsuite')].map(attributesOf)).toEqual([
      { name: 'day-1/lag', tests: '6', failures: '2', errors: '2', skipped: '0', time: '1.544' },
      { name: 'day-1/other', tests: '1', failures: '0', errors: '0', skipped: '1', time: '0.000' },
      { name: 'docs/content/docs/empty.mdx', tests: '1', failures: '1', errors: '0', skipped: '0', time: '0.000' },
      { name: 'harness', tests: '1', failures: '0', errors: '1', skipped: '0', time: '0.000' },
    ]);
    expect([...root.querySelectorAll('testcase')].map((one) => [one.getAttribute('classname'), one.getAttribute('name'), ...[...one.children].map(({ tagName }) => tagName)])).toEqual([
      ['day-1/lag', 'day-1/lag#a', 'system-out'],
      ['day-1/lag', 'day-1/lag#b', 'failure'],
      ['day-1/lag', 'day-1/lag#b2', 'failure'],
      ['day-1/lag', 'day-1/lag#d', 'error'],
      ['day-1/lag', 'day-1/lag#e', 'error'],
      ['day-1/lag', 'page/title at docs/content/docs/day-1/lag.mdx:1:1', 'system-out'],
      ['day-1/other', 'day-1/other#c', 'skipped'].map((text) => text.replace('other#c', 'lag#c')),
      ['docs/content/docs/empty.mdx', 'page/dataset at docs/content/docs/empty.mdx:9:2', 'failure'],
      ['harness', 'error 1', 'error'],
    ]);
  });

  test('where, what and why', () => {
    expect(attributesOf(caseOf(mixed, 'day-1/lag#a') ?? null)).toEqual({ classname: 'day-1/lag', name: 'day-1/lag#a', file: pageFile, line: '1', time: '1.500' });
    const failure = caseOf(mixed, 'day-1/lag#b')?.querySelector('failure') ?? null;
    expect(attributesOf(failure)).toEqual({ type: 'json/syntax-error', message: 'Found `]`.' });
    expect(failure?.textContent).toBe(`error json/syntax-error Found \`]\`.\n--> ${pageFile}:3:8\nnote opened here\n--> ${pageFile}:2:1`);
    const error = caseOf(mixed, 'day-1/lag#d')?.querySelector('error') ?? null;
    expect(attributesOf(error)).toEqual({ type: 'backend-lost', message: 'Loki went away' });
    expect(error?.textContent).toBe('broken backend-lost Loki went away\nbecause socket hang up\nlast lines of its log:\n  level=error msg="bye"');
    expect(attributesOf(caseOf(mixed, 'day-1/lag#c')?.querySelector('skipped') ?? null)).toEqual({ message: 'waits for a release' });
    expect(caseOf(mixed, 'day-1/lag#a')?.querySelector('system-out')?.textContent).toBe(`note json/syntax-error Odd.\n--> ${pageFile}:7:1`);
    expect(attributesOf(caseOf(mixed, 'error 1')?.querySelector('error') ?? null)).toEqual({ type: 'Error', message: 'no engine' });
  });

  test('a failure is named after its first error, not after a warning above it', () => {
    const value = report({ verdicts: [failed('a', [diagnostic('odd', place(1, 1, 2), { level: 'warning', ruleId: 'json/odd' }), diagnostic('bad', place(2, 1, 2))])] });
    expect(attributesOf(render(value).querySelector('failure'))).toEqual({ type: 'json/syntax-error', message: 'bad' });
    expect(render(value).querySelector('failure')?.textContent).toContain('warning json/odd odd');
  });

  test('nothing to tell, and an interrupted run, which must not look whole', () => {
    expect(junit.render(report(), options)).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="observability-course" tests="0" failures="0" errors="0" skipped="0" time="1.234"/>\n');
    const root = render(report({ verdicts: [passed('a')], interrupted: true }));
    expect(attributesOf(root)).toMatchObject({ tests: '2', errors: '1' });
    expect(attributesOf(root.querySelector('error'))).toEqual({ type: 'interrupted', message: 'Interrupted: this report is incomplete.' });
  });
});

describe('text of others', () => {
  test('is well-formed, and spelt out where XML has no character for it', () => {
    const root = render(failedWith('a\u0000b\u001B]]>\uD800\uFFFE😀<&"\r\nc\td\re'));
    expect(root.querySelector('failure')?.textContent).toContain('a\\u{0}b\\u{1b}]]>\\u{d800}\\u{fffe}😀<&"\nc  d\\u{d}e');
    expect(root.querySelector('failure')?.getAttribute('message')).toBe('a\\u{0}b\\u{1b}]]>\\u{d800}\\u{fffe}😀<&"');
  });

  test('… wherever it stands', () => {
    fc.assert(fc.property(hostileText, (text) => {
      const error = Object.assign(new Error(text, { cause: new Error(text) }), { logTail: text });
      const at = place(1, 1, 2, text);
      const root = render(report({
        verdicts: [
          failed(text, [diagnostic(text, at, { ruleId: `${text}/a`, related: [{ message: text, place: at }] })], { id: text as never, page: text, fence: at }),
          { kind: 'skipped', block: block(text), depth: 'parsed', elapsedMs: 0, reason: text },
        ],
        pageDiagnostics: [diagnostic(text, at, { level: 'note' })],
        errors: [error],
      }));
      expect(attributesOf(root)).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '1' });
      expect(root.querySelectorAll('testcase > *')).toHaveLength(4);
    }), { numRuns: 200 });
  });

  test('a message of 1 MB is cut with a note, never inside a character', () => {
    const root = render(failedWith('😀'.repeat(262_145)));
    const text = root.querySelector('failure')?.textContent ?? '';
    expect(text).toContain('… (cut here: 514290 of 524290 characters are left out; the json report has them all)');
    expect(text).not.toContain('\\u{d83d}');
    expect(junit.render(failedWith('x'.repeat(1 << 20)), options).length).toBeLessThan(20_000);
    expect(root.querySelector('failure')?.getAttribute('message')?.length).toBeLessThan(700);
  });

  test('a thousand long messages on one block are cut too', () => {
    const one = diagnostic('x'.repeat(9000), place(1, 1, 2));
    expect(junit.render(report({ verdicts: [failed('a', [one, ...Array.from({ length: 999 }, () => one)])] }), options).length).toBeLessThan(120_000);
  });

  test('an error of 1 MB is cut in its attribute and in its text', () => {
    const error = render(report({ errors: [new Error('x'.repeat(1 << 20))] })).querySelector('error');
    expect(error?.getAttribute('message')).toContain(`${'x'.repeat(500)}… (cut here: 1048076 of 1048576 `);
    expect(error?.textContent.length).toBeLessThan(101_000);
  });

  test('a line ending in a name stays one', () => {
    expect(render(report({ verdicts: [passed('a', { page: 'one\ntwo' })] })).querySelector('testsuite')?.getAttribute('name')).toBe('one\ntwo');
  });

  test('an odd high surrogate at the cut is left out whole', () => {
    expect(render(failedWith(`a${'😀'.repeat(262_144)}`)).querySelector('failure')?.textContent).toContain('(cut here: 514290 of 524289 ');
  });
});
