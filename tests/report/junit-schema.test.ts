import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Report } from '../../harness/model/report.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { junit } from '../../harness/report/junit.ts';
import { hostileText, mixed, options } from './hostile.ts';
import { block, diagnostic, failed, passed, place, report } from './sample.ts';

const schema = readFileSync(join(import.meta.dirname, 'schemas/junit-4.xsd'), 'utf8');

/** What the schema of 2010 does not know and every server reads: where a case stands, why it was skipped, how many were. */
const LATER = [/(<testcase [^>]*?) file="[^"]*"/g, /(<testcase [^>]*?) line="\d+"/g, /(<skipped) message="[^"]*"/g, /(<testsuites [^>]*?) skipped="\d+"/g];
const without = (text: string, patterns: readonly RegExp[]): string => patterns.reduce((rest, pattern) => rest.replace(pattern, '$1'), text);

async function complaints(...texts: readonly string[]): Promise<readonly string[]> {
  const { valid, errors } = await validateXML({ xml: texts.map((contents, index) => ({ fileName: `${index}.xml`, contents })), schema, maxMemoryPages: 4096 });
  expect(valid).toBe(errors.length === 0);
  return errors.map(({ message }) => message);
}
const rendered = (...values: readonly Report[]): string[] => values.map((value) => without(junit.render(value, options), LATER));

test('a whole report, an empty one and an interrupted one are valid', async () => {
  expect(await complaints(...rendered(mixed, report(), report({ verdicts: [passed('a')], interrupted: true })))).toEqual([]);
});

test('whatever the text, it is valid', async () => {
  const values = fc.sample(fc.tuple(hostileText, hostileText), { numRuns: 60, seed: 20261121 }).map(([message, name]) => report({
    verdicts: [
      failed(name, [diagnostic(message, place(1, 1, 2, name), { related: [{ message, place: place(1, 1, 2, name) }] })], { page: name }),
      { kind: 'skipped', block: block(name, { id: name as never }), depth: 'parsed', elapsedMs: 0, reason: message },
      { kind: 'errored', block: block(name), depth: 'parsed', elapsedMs: 0, error: new HarnessError('timed-out', message, { cause: new Error(name), logTail: message }) },
    ],
    pageDiagnostics: [diagnostic(message, place(1, 1, 2, name), { level: 'warning' })],
    errors: [new Error(message)],
  }));
  expect(await complaints(...rendered(...values))).toEqual([]);
});

test('messages of a megabyte each are valid, and cut: a server would choke on them', async () => {
  const message = ']]>\u0000😀<&'.repeat(1 << 17);
  const text = junit.render(report({ verdicts: Array.from({ length: 20 }, (_, index) => failed(`${index}`, [diagnostic(message, place(1, 1, 2))])), errors: [new Error(message)] }), options);
  expect(text.length).toBeLessThan(21 * 150_000);
  expect(text).toContain('are left out; the json report has them all');
  expect(await complaints(without(text, LATER))).toEqual([]);
});

test.each([
  ['what is not known to it', (text: string) => text.replace('<failure', '<failed').replace('</failure', '</failed')],
  ['a case without a name', (text: string) => text.replace(/(<testcase [^>]*?) name="[^"]*"/, '$1')],
  ['text that ends too early', (text: string) => text.slice(0, -5)],
])('the schema refuses %s', async (_, spoil) => {
  expect(await complaints(spoil(rendered(mixed)[0] ?? ''))).not.toEqual([]);
});

test('beyond the schema there is nothing but those four attributes', async () => {
  const text = junit.render(mixed, options);
  for (const pattern of LATER) {
    expect(text).toMatch(pattern);
    expect((await complaints(without(text, LATER.filter((one) => one !== pattern)))).length).toBeGreaterThan(0);
  }
});
