import type { Reporter } from '../model/report.ts';
import { json } from './json.ts';
import { terminal } from './terminal.ts';

export { formatError } from './errors.ts';
export { createProgress } from './progress.ts';

/** Every format of `--report`; the terminal's is what a run prints. */
export const reporters: readonly Reporter[] = [terminal, json];

/** The reporter of that name; undefined when there is none. */
export function findReporter(name: string): Reporter | undefined {
  return reporters.find((reporter) => reporter.name === name);
}
