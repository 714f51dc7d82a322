import type { Report } from '../model/report.ts';

/** 130 interrupted, 2 ours, 1 the author's, 0. Neither hides the other: both are in the report. */
export function exitCode(report: Report): number {
  if (report.interrupted) return 130;
  if (report.errors.length > 0 || report.verdicts.some((verdict) => verdict.kind === 'errored')) return 2;
  const failed = report.verdicts.some((verdict) => verdict.kind === 'failed') || report.pageDiagnostics.some((found) => found.level === 'error');
  return failed ? 1 : 0;
}
