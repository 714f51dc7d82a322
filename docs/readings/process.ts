import type { ProcessOutput } from '../../harness/model/transcript.ts';
import { h, type Element } from './hast.ts';
import { caption, viewText } from './text.ts';

/** What a program wrote, and its exit code where that is not 0. */
export function viewProcess(output: ProcessOutput): Element[] {
  return [
    ...(output.stdout.trim() === '' ? [] : viewText('Output', output.stdout)),
    ...(output.stderr.trim() === '' ? [] : [caption('standard error'), ...viewText('Standard error', output.stderr)]),
    ...(output.exitCode === 0 ? [] : [h('p', { className: ['proof'] }, `exit code ${output.exitCode}`)]),
    ...(output.stdout.trim() === '' && output.stderr.trim() === '' && output.exitCode === 0 ? [h('p', { className: ['proof'] }, 'Ended without output, exit code 0.')] : []),
  ];
}
