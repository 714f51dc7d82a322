import type { Block } from '../model/block.ts';
import { readControl } from '../model/control.ts';
import type { Diagnostic, Rule, RuleId } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Output } from '../model/transcript.ts';
import { controlRules } from './control.ts';
import { countAnswer, countInWords, explainUnmet } from './expect.ts';

export const answerRules = {
  ...controlRules,
  'answer/empty': { level: 'error', summary: 'The answer is empty, and the page does not say that it should be.' },
  'answer/not-empty': { level: 'error', summary: 'The page says that nothing is answered, but something is.' },
  'answer/unmet-expectation': { level: 'error', summary: 'The answer does not say what the prose relies on.' },
} as const satisfies Record<RuleId, Rule>;

/** Holds an answer against `empty` and `expect=`. `--update` never changes what is found here. */
export function judgeAnswer(block: Block, output: Output): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (rule: keyof typeof answerRules, message: string, place: Place): void =>
    void found.push({ ruleId: rule, level: answerRules[rule].level, message, place, related: [] });
  const empty = block.attributes.get('empty');
  const count = countAnswer(output);
  // A file of recording rules has no alerts to answer with; what it recorded is judged where it runs.
  if (empty === undefined && count === 0 && output.kind !== 'rules') {
    report('answer/empty', 'Found an empty answer, expected something: nothing matched. Look at names, labels and times; write `empty` on the fence when returning nothing is the point.', block.fence);
  }
  // What a process was answered, only its backend saw.
  if (empty !== undefined && count > 0 && output.kind !== 'process') {
    report('answer/not-empty', `Found ${countInWords(output)} in the answer, expected none: the fence says \`empty\`. Remove the word, or mend the query.`, empty.place);
  }
  const expectation = block.attributes.get('expect');
  // Of a query that finds nothing it speaks of the control's answer.
  const isOfControl = empty !== undefined && readControl(block) !== undefined;
  if (typeof expectation?.value === 'string' && !isOfControl && (count > 0 || empty !== undefined)) {
    for (const unmet of explainUnmet(expectation.value, output)) {
      report('answer/unmet-expectation', `Expected ${unmet}. The text relies on it: mend the query or the text; --update does not change an expectation.`, expectation.place);
    }
  }
  return found;
}
