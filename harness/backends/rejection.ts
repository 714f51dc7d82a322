import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { RunResult } from '../model/backend.ts';
import { attributeText, wholeBlock, type Answer } from './answers.ts';

/** Rules that every query backend shares: what the real tool says about the text. */
export const rejectionRules = {
  'rejected': { level: 'error', summary: 'The backend refused the query.' },
  'not-rejected': { level: 'error', summary: 'The backend took a query that the page says it refuses.' },
  'other-rejection': { level: 'error', summary: 'The backend refused the query, but not with the words that the page expects.' },
} as const satisfies Record<string, Rule>;

/** Judges an answer against `rejects=`. Undefined: the query was taken and was meant to be. */
export function judgeRejection(block: Block, tool: string, answer: Answer<unknown>, startedMs: number): RunResult | undefined {
  const expected = attributeText(block, 'rejects');
  const elapsedMs = performance.now() - startedMs;
  const refuse = (rule: keyof typeof rejectionRules, message: string): RunResult =>
    ({ block, output: undefined, findings: [wholeBlock(block, rule, message)], elapsedMs });
  if (answer.ok) {
    if (expected === undefined) return undefined;
    return refuse('not-rejected', `Found a query that ${tool} takes, expected it to be refused with "${expected}". Remove rejects=, or show a query that is really refused.`);
  }
  if (expected === undefined) return refuse('rejected', `Found a query that ${tool} refuses, expected an answer. It said: ${endSentence(answer.message)} Correct the query; where the refusal is the point, quote it with rejects=.`);
  if (!answer.message.includes(expected)) {
    return refuse('other-rejection', `Found a query that ${tool} refuses for another reason, expected the words "${expected}". It said: ${endSentence(answer.message)} Quote what it said, or mend what it complains of.`);
  }
  return { block, output: { kind: 'rejection', tool, message: answer.message }, findings: [], elapsedMs };
}

/** Words of a tool, ended so that a sentence of ours can follow. */
function endSentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}
