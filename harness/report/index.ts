import type { Reporter } from '../model/report.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';
import { terminal } from './terminal.ts';

export { formatError } from './errors.ts';
export { exitCode } from './exit-code.ts';
export { createProgress } from './progress.ts';

/** Every format of `--report`; the terminal's is what a run prints. */
export const reporters: readonly Reporter[] = [terminal, json, sarif, junit, github];
