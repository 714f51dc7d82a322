import type { RejectionOutput } from '../../harness/model/transcript.ts';
import { h, type Element } from './hast.ts';

/** The tool's own words; the line above says who speaks. */
export function viewRejection(output: RejectionOutput): Element[] {
  return [h('pre', { tabIndex: 0, role: 'group', ariaLabel: `Error of ${output.tool}` }, output.message)];
}
