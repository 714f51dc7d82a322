import type { RejectionOutput } from '../../harness/model/transcript.ts';
import { h, type Element } from './hast.ts';

/** The tool's own words. */
export function viewRejection(output: RejectionOutput): Element[] {
  return [h('p', { className: ['refusal'] }, [h('b', output.tool), ' refused it, as the page says it must:']), h('pre', { tabIndex: 0, role: 'group', ariaLabel: `Error of ${output.tool}` }, output.message)];
}
