import { createHash } from 'node:crypto';
import type { Diagnostic, RuleId } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Report, Reporter } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { readChain } from './errors.ts';
import { exitCode } from './exit-code.ts';
import { collectDiagnostics } from './tally.ts';

type ReadSource = (file: string) => string | undefined;

/**
 * SARIF 2.1.0, for code scanning: each mistake once as a result; breakage and skips as notifications of the invocation.
 * Messages are the author's to read, word for word: braces are not doubled, as no reader of SARIF halves them without arguments.
 */
export const sarif: Reporter = {
  name: 'sarif',
  // What no UTF-8 can carry makes strict parsers refuse the whole log.
  render: (report, { readSource }) => `${JSON.stringify(toLog(report, readSource), (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value), 2)}\n`,
};

function toLog(report: Report, readSource: ReadSource): object {
  const codes = listCodes(report);
  return {
    // Named, never fetched: code scanning wants it.
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: toDriver(report, codes), extensions: toExtensions(report) },
      columnKind: 'utf16CodeUnits',
      invocations: [toInvocation(report, codes)],
      results: toResults(report, readSource),
    }],
  };
}

function toDriver({ rules, rulesAt }: Report, codes: readonly string[]): object {
  return {
    name: 'observability-course',
    rules: [...rules].map(([id, { level, summary }]) => ({ id, shortDescription: { text: summary }, defaultConfiguration: { level }, ...(rulesAt?.startsWith('http') === true ? { helpUri: `${rulesAt}${id}/` } : {}) })),
    notifications: codes.map((id) => ({ id })),
  };
}

function toExtensions({ stack }: Report): readonly object[] {
  return Object.entries(stack).map(([name, { version, imageDigest }]) => ({ name, version, ...(imageDigest === undefined ? {} : { properties: { imageDigest } }) }));
}

function toResults(report: Report, readSource: ReadSource): readonly object[] {
  const ruleIndexes = new Map<RuleId, number>([...report.rules.keys()].map((id, index) => [id, index]));
  const fingerprint = createFingerprints(readSource);
  return collectDiagnostics(report).map((diagnostic) => {
    const { ruleId, level, message, place, related } = diagnostic;
    const ruleIndex = ruleIndexes.get(ruleId);
    return {
      ruleId,
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      level,
      message: { text: message },
      locations: [toLocation(place)],
      ...(related.length === 0 ? {} : { relatedLocations: related.map((other, index) => ({ id: index + 1, ...toLocation(other.place), message: { text: other.message } })) }),
      // Not GitHub's primaryLocationLineHash: its upload computes that one itself and complains of any other value.
      partialFingerprints: { 'sourceLine/v1': fingerprint(diagnostic) },
    };
  });
}

/** Our regions and SARIF's are alike: 1-based, UTF-16 units, the end behind the last character. */
function toLocation({ file, start, end }: Place): object {
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column } } };
}

/** A mistake keeps its fingerprint while its line moves or is indented; equal ones are numbered in the order of the report. */
function createFingerprints(readSource: ReadSource): (diagnostic: Diagnostic) => string {
  const linesByFile = new Map<string, readonly string[]>();
  const counts = new Map<string, number>();
  return ({ ruleId, message, place }) => {
    const lines = linesByFile.get(place.file) ?? readSource(place.file)?.split(/\r\n|\n|\r/) ?? [];
    linesByFile.set(place.file, lines);
    const text = lines[place.start.line - 1]?.trim() ?? message;
    const hash = createHash('sha256').update(JSON.stringify([ruleId, place.file, text])).digest('hex').slice(0, 32);
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return `${hash}:${count}`;
  };
}

function toInvocation(report: Report, codes: readonly string[]): object {
  const { errors, verdicts, interrupted } = report;
  const isBroken = interrupted || errors.length > 0 || verdicts.some(({ kind }) => kind === 'errored');
  return {
    executionSuccessful: !isBroken,
    exitCode: exitCode(report),
    toolExecutionNotifications: [
      ...(interrupted ? [{ level: 'warning', message: { text: 'Interrupted: this report is incomplete.' } }] : []),
      ...errors.map((error) => toNotification(error, codes)),
      ...verdicts.filter((verdict) => verdict.kind === 'errored').map((verdict) => toNotification(verdict.error, codes, verdict)),
      ...verdicts.filter((verdict) => verdict.kind === 'skipped').map(({ block, reason }) => ({ level: 'note', message: { text: `Skipped ${block.id}: ${reason}` }, locations: [toLocation(block.fence)] })),
    ],
  };
}

function toNotification(error: Error, codes: readonly string[], verdict?: Verdict): object {
  const { code, message, causes, logTail } = readChain(error);
  return {
    level: 'error',
    message: { text: verdict === undefined ? message : `No verdict for ${verdict.block.id}: ${message}` },
    ...(code === undefined ? {} : { descriptor: { id: code, index: codes.indexOf(code) } }),
    ...(verdict === undefined ? {} : { locations: [toLocation(verdict.block.fence)] }),
    exception: { kind: code ?? error.name, message, innerExceptions: causes.map((cause) => ({ message: cause })) },
    ...(logTail === '' ? {} : { properties: { logTail } }),
  };
}

function listCodes({ errors, verdicts }: Report): readonly string[] {
  const all = [...errors, ...verdicts.flatMap((verdict) => (verdict.kind === 'errored' ? [verdict.error] : []))];
  return [...new Set(all.flatMap((error) => readChain(error).code ?? []))];
}
