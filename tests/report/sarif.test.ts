import Ajv04 from 'ajv-draft-04';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../harness/model/report.ts';
import { sarif } from '../../harness/report/sarif.ts';
import { hostileText, mixed, options } from './hostile.ts';
import { diagnostic, failed, pageFile, passed, place, report } from './sample.ts';
import schema from './schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };

/** RFC 3986: no character that must be escaped, and something that a base makes an address of. */
const isReference = (text: string): boolean => /^[\w.~!$&'()*+,;=:@/?#%[\]-]*$/.test(text) && !/%(?![\dA-Fa-f]{2})/.test(text) && URL.canParse(text, 'file:///');
const validate = new Ajv04.default({ allErrors: true, strict: false, unicodeRegExp: false, formats: { uri: (text: string) => URL.canParse(text), 'uri-reference': isReference, 'date-time': true } }).compile(schema);

interface Result {
  readonly ruleId: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface Run {
  readonly tool: object;
  readonly results: readonly Result[];
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: { readonly text: string } }[] }[];
}

function render(value: Report, more: Partial<typeof options> = {}): Run {
  const parsed = JSON.parse(sarif.render(value, { ...options, ...more })) as { readonly runs: readonly [Run] };
  expect(validate(parsed) ? [] : validate.errors).toEqual([]);
  return parsed.runs[0];
}
const fingerprintsOf = (value: Report, source: string): string[] =>
  render(value, { readSource: () => source }).results.map(({ partialFingerprints }) => partialFingerprints['sourceLine/v1'] as string);

describe('a whole report', () => {
  test('rules and the versions of the stack', () => {
    expect(render(mixed).tool).toEqual({
      driver: {
        name: 'observability-course',
        rules: [
          { id: 'json/syntax-error', shortDescription: { text: 'The text is no JSON.' }, defaultConfiguration: { level: 'error' } },
          { id: 'page/title', shortDescription: { text: 'A page has no title.' }, defaultConfiguration: { level: 'warning' } },
        ],
        notifications: [{ id: 'backend-lost' }],
      },
      extensions: [{ name: 'loki', version: '3.5', properties: { imageDigest: 'sha256:1' } }],
    });
  });

  test('each mistake once, with its place and what explains it', () => {
    const at = (uri: string, startLine: number, startColumn: number, endLine: number, endColumn: number): object =>
      ({ physicalLocation: { artifactLocation: { uri }, region: { startLine, startColumn, endLine, endColumn } } });
    const partialFingerprints = { 'sourceLine/v1': expect.stringMatching(/^[\da-f]{32}:1$/) };
    expect(render(mixed).results).toEqual([
      { ruleId: 'page/title', ruleIndex: 1, level: 'warning', message: { text: 'No title.' }, locations: [at(pageFile, 1, 1, 1, 4)], partialFingerprints },
      { ruleId: 'page/dataset', level: 'error', message: { text: 'No such dataset.' }, locations: [at('docs/content/docs/empty.mdx', 9, 2, 11, 6)], partialFingerprints },
      { ruleId: 'json/syntax-error', ruleIndex: 0, level: 'note', message: { text: 'Odd.' }, locations: [at(pageFile, 7, 1, 7, 2)], partialFingerprints },
      {
        ruleId: 'json/syntax-error', ruleIndex: 0, level: 'error', message: { text: 'Found `]`.' }, locations: [at(pageFile, 3, 8, 3, 9)], partialFingerprints,
        relatedLocations: [{ id: 1, ...at(pageFile, 2, 1, 2, 2), message: { text: 'opened here' } }],
      },
    ]);
    expect(render(mixed)).toMatchObject({ columnKind: 'utf16CodeUnits' });
  });

  test('a rule leads to its page where the address of the site is known', () => {
    const rules = new Map([['json/syntax-error', { level: 'error', summary: 'No JSON.' }]] as const);
    const driverRules = (rulesAt: string | undefined): unknown => (render(report({ rules, ...(rulesAt === undefined ? {} : { rulesAt }) })) as unknown as { tool: { driver: { rules: unknown } } }).tool.driver.rules;
    const rule = { id: 'json/syntax-error', shortDescription: { text: 'No JSON.' }, defaultConfiguration: { level: 'error' } };
    expect(driverRules('https://course.technow.example/rules/')).toEqual([{ ...rule, helpUri: 'https://course.technow.example/rules/json/syntax-error/' }]);
    expect(driverRules('docs/rules/')).toEqual([rule]);
    expect(driverRules(undefined)).toEqual([rule]);
  });

  test('breakage and skips are notifications of the invocation, never results', () => {
    const fence = (uri: string, startLine: number): object => ({ physicalLocation: { artifactLocation: { uri }, region: { startLine, startColumn: 1, endLine: startLine, endColumn: 8 } } });
    const broken = {
      level: 'error', descriptor: { id: 'backend-lost', index: 0 }, locations: [fence(pageFile, 1)],
      exception: { kind: 'backend-lost', message: 'Loki went away', innerExceptions: [{ message: 'socket hang up' }] },
      properties: { logTail: 'level=error msg="bye"\n' },
    };
    expect(render(mixed).invocations).toEqual([{
      executionSuccessful: false,
      exitCode: 2,
      toolExecutionNotifications: [
        { level: 'error', message: { text: 'no engine' }, exception: { kind: 'Error', message: 'no engine', innerExceptions: [] } },
        { ...broken, message: { text: 'No verdict for day-1/lag#d: Loki went away' } },
        { ...broken, message: { text: 'No verdict for day-1/lag#e: Loki went away' } },
        { level: 'note', message: { text: 'Skipped day-1/lag#c: waits for a release' }, locations: [fence('docs/content/docs/day-1/other.mdx', 4)] },
      ],
    }]);
  });

  test('a page that is wrong is a run that went well; an interrupted one is none', () => {
    expect(render(report({ verdicts: [failed('a', [diagnostic('m', place(1, 1, 2))])] })).invocations).toEqual([{ executionSuccessful: true, exitCode: 1, toolExecutionNotifications: [] }]);
    expect(render(report({ interrupted: true })).invocations).toEqual([
      { executionSuccessful: false, exitCode: 130, toolExecutionNotifications: [{ level: 'warning', message: { text: 'Interrupted: this report is incomplete.' } }] },
    ]);
    expect(render(report({ verdicts: [passed('a')] })).results).toEqual([]);
  });
});

describe('fingerprints', () => {
  const at = (line: number, column: number, message = 'm', ruleId: `${string}/${string}` = 'json/syntax-error') => diagnostic(message, place(line, column, column + 1), { ruleId });
  const fingerprint = (): string => fingerprintsOf(report({ pageDiagnostics: [at(1, 3)] }), '  [ ]')[0] ?? '';

  test('stay when the line moves, is indented, or the message counts differently', () => {
    expect(fingerprintsOf(report({ pageDiagnostics: [at(3, 9, 'found 5')] }), '\n\n        [ ]\r\n')).toEqual([fingerprint()]);
    expect(fingerprint()).toMatch(/^[\da-f]{32}:1$/);
  });

  test('differ for another text, another rule, and a second one of the same line', () => {
    expect(fingerprintsOf(report({ pageDiagnostics: [at(1, 3)] }), '[1]')).not.toEqual([fingerprint()]);
    expect(fingerprintsOf(report({ pageDiagnostics: [at(1, 3, 'm', 'json/other')] }), '[ ]')).not.toEqual([fingerprint()]);
    expect(fingerprintsOf(report({ pageDiagnostics: [at(1, 3), at(1, 4)] }), '[ ]')).toEqual([fingerprint(), fingerprint().replace(/1$/, '2')]);
  });

  test('of places without a source differ by message', () => {
    const prints = render(report({ pageDiagnostics: [at(1, 1, 'a'), at(1, 1, 'b')] }), { readSource: () => undefined }).results.map(({ partialFingerprints }) => partialFingerprints['sourceLine/v1']);
    expect(new Set(prints).size).toBe(2);
    expect(prints.every((print) => print?.endsWith(':1'))).toBe(true);
  });
});

test('a file name is a relative URI, whatever it holds', () => {
  const uris = render(report({ pageDiagnostics: ['a b/c#d?.mdx', 'x:y/%20/ü', '\uD800/😀'].map((file) => diagnostic(file, place(1, 1, 2, file))) })).results
    .map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri);
  expect(uris).toEqual(['a%20b/c%23d%3F.mdx', 'x%3Ay/%2520/%C3%BC', '%EF%BF%BD/%F0%9F%98%80']);
});

test('any text gives a valid log of the same text; only lone surrogates, which no UTF-8 can carry, are replaced', () => {
  fc.assert(fc.property(hostileText, hostileText, (message, file) => {
    const value = report({ verdicts: [failed(file, [diagnostic(message, place(1, 1, 2, file))])], errors: [new Error(message)] });
    const run = render(value);
    expect(run.results.map((result) => result.message.text)).toEqual([message.toWellFormed()]);
    expect(run.invocations[0]?.toolExecutionNotifications.map((one) => one.message.text)).toEqual([message.toWellFormed()]);
    expect(decodeURIComponent(run.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? '')).toBe(file.toWellFormed());
  }), { numRuns: 200 });
});

test.each([
  ['a level that there is not', { level: 'fatal' }],
  ['a result without a message', { message: undefined }],
  ['a field that there is not', { severity: 1 }],
  ['a line of zero', { locations: [{ physicalLocation: { artifactLocation: { uri: 'a' }, region: { startLine: 0 } } }] }],
])('the schema refuses %s', (_, wrong) => {
  const log = JSON.parse(sarif.render(mixed, options)) as { readonly runs: readonly [Run] };
  const [run] = log.runs;
  const broken = JSON.parse(JSON.stringify({ ...log, runs: [{ ...run, results: [{ ...run.results[0], ...wrong }] }] })) as unknown;
  expect(validate(broken)).toBe(false);
});

test('a message of a megabyte comes whole, and the log stays valid', () => {
  const message = 'é]]>\u0000😀'.repeat(1 << 18);
  expect(message.length).toBeGreaterThanOrEqual(1 << 20);
  const run = render(report({ verdicts: [failed('a', [diagnostic(message, place(1, 1, 2))])], errors: [new Error(message)] }));
  expect(run.results[0]?.message.text).toBe(message);
});
