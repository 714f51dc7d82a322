import type { RunRequest } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import { asControl, readControl } from '../model/control.ts';
import type { Dataset } from '../model/dataset.ts';
import type { Diagnostic, Rule, RuleId } from '../model/diagnostic.ts';
import type { Output } from '../model/transcript.ts';
import { countAnswer, explainUnmet } from './expect.ts';

export const controlRules = {
  'answer/control-tells-nothing': { level: 'error', summary: 'The same query gives no other answer where there must be one.' },
} as const satisfies Record<RuleId, Rule>;

/** The request by which a block's control is asked; undefined: it has none. @param simulate dataset of a name */
export function toControlRequest(request: RunRequest, simulate: (name: string) => Dataset): RunRequest | undefined {
  const control = readControl(request.block);
  if (control === undefined) return undefined;
  return { ...request, block: asControl(request.block, control), dataset: control.dataset === undefined ? request.dataset : simulate(control.dataset) };
}

/**
 * Holds what a control answered against what the block claims: where the block is `empty`, the control answers something, and that is
 * what `expect=` speaks of; elsewhere `expect=` is not met there.
 * @param found what the backend says of the control
 */
export function judgeControl(block: Block, output: Output | undefined, found: readonly Diagnostic[]): Diagnostic[] {
  const control = block.attributes.get('control');
  if (control === undefined) return [];
  // Why there is no answer there: refused, or longer than its limit.
  if (output === undefined) return found.map((one) => ({ ...one, message: `At the control ${String(control.value)}: ${one.message}`, place: control.place }));
  const expectation = block.attributes.get('expect');
  const expected = typeof expectation?.value === 'string' ? expectation.value : undefined;
  const report = (ruleId: RuleId, message: string, place = control.place): Diagnostic => ({ ruleId, level: 'error', message, place, related: [] });
  const where = `the control ${String(control.value)}`;
  if (!block.attributes.has('empty')) return expected === undefined || !isMet(expected, output) ? [] : [report('answer/control-tells-nothing', `Found \`${expected}\` met by ${where}, too, expected it not to be: the query does not tell the two apart. Name a control where it is otherwise, or mend the query.`)];
  if (countAnswer(output) === 0) return [report('answer/control-tells-nothing', `Found nothing at ${where}, expected an answer: a query that never finds anything proves nothing by finding nothing. Mend the query, or name a control where there is something to find.`)];
  return (expected === undefined ? [] : explainUnmet(expected, output)).map((unmet) => report('answer/unmet-expectation', `At ${where}, expected ${unmet}. The text relies on it: mend the query or the text; --update does not change an expectation.`, expectation?.place));
}

function isMet(expectation: string, output: Output): boolean {
  return countAnswer(output) > 0 && explainUnmet(expectation, output).length === 0;
}
