import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Report, Reporter } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { readChain } from './errors.ts';

/** For machines: the public format of `report.schema.json`. */
export const json: Reporter = {
  name: 'json',
  render: (report) => `${JSON.stringify(toJson(report), undefined, 2)}\n`,
};

function toJson(report: Report): object {
  return {
    formatVersion: 1,
    stack: report.stack,
    elapsedMs: Math.round(report.elapsedMs),
    interrupted: report.interrupted,
    ...(report.shard === undefined ? {} : { shard: report.shard }),
    blocks: report.verdicts.map(blockToJson),
    pageDiagnostics: report.pageDiagnostics.map(diagnosticToJson),
    changes: report.changes.map(({ file, change }) => ({ file, change })),
    errors: report.errors.map(errorToJson),
  };
}

function blockToJson(verdict: Verdict): object {
  const { block, kind, depth, elapsedMs } = verdict;
  return {
    id: block.id,
    page: block.page,
    line: block.fence.start.line,
    language: block.language,
    ...(block.title === undefined ? {} : { file: block.title }),
    ...(block.expectation === undefined ? {} : { expectation: block.expectation }),
    verdict: kind,
    depth,
    ...(verdict.kind === 'skipped' ? { reason: verdict.reason } : {}),
    ...(verdict.kind === 'errored' ? { error: errorToJson(verdict.error) } : {}),
    elapsedMs: Math.round(elapsedMs),
    diagnostics: verdict.kind === 'passed' || verdict.kind === 'failed' ? verdict.diagnostics.map(diagnosticToJson) : [],
  };
}

function diagnosticToJson({ ruleId, level, message, place, related }: Diagnostic): object {
  const others = related.map((other) => ({ message: other.message, ...placeToJson(other.place) }));
  return { ruleId, level, message, ...placeToJson(place), ...(others.length === 0 ? {} : { related: others }) };
}

function placeToJson({ file, start, end }: Place): object {
  return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

function errorToJson(error: Error): object {
  const { code, message, causes, logTail } = readChain(error);
  return { ...(code === undefined ? {} : { code }), message, causes, ...(logTail === '' ? {} : { logTail }) };
}
