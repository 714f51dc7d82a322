import { markdownToHtml } from 'satteri';
import type { Block } from '../../harness/model/block.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { renderReading, toHtml } from '../readings/index.ts';
import type { RuleProof } from './proof.ts';
import { pageOf, readRuleText, type RuleText } from './rule-text.ts';

/** A rule's text with its proof, by id, sorted by checker. */
export interface RulePage {
  readonly id: string;
  readonly text: RuleText;
  /** Undefined where no page can provoke the rule. */
  readonly proof: RuleProof | undefined;
}

/**
 * Joins texts and proofs, keyed by file path.
 * @throws Error when a proof is missing, or is about other examples than the text has
 */
export function joinRules(texts: Readonly<Record<string, string>>, proofs: Readonly<Record<string, RuleProof>>): RulePage[] {
  return Object.entries(texts).map(([file, source]): RulePage => {
    const id = file.replace(/^.*\/docs\/rules\/|^.*\.\.\/rules\/|\.md$/g, '');
    const text = readRuleText(id, source);
    const proof = proofs[file.replace(/\.md$/, '.json')];
    const renew = `Run \`npx vitest run tests/rule-pages -u\`, read what it wrote, and commit it.`;
    if (text.unprovoked !== undefined) return { id, text, proof: undefined };
    if (proof === undefined) throw new Error(`docs/rules/${id}.md: its examples have never been run. ${renew}`);
    if (proof.failing !== pageOf(text, 'failing')?.source || proof.repaired !== pageOf(text, 'repaired')?.source) throw new Error(`docs/rules/${id}.md: its examples changed since they were run. ${renew}`);
    return { id, text, proof };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Prose of a rule's text, as HTML. */
export function renderProse(markdown: string): string {
  return markdownToHtml(markdown).html;
}

/** What the blocks of the repaired example were really answered, as HTML, in their order. */
export function renderAnswers(proof: RuleProof, root: string): string[] {
  const { blocks } = parsePage({ root, file: 'docs/content/docs/lesson.mdx', source: proof.repaired });
  return blocks.flatMap((block) => renderAnswer(block, proof));
}

function renderAnswer(block: Block, { answers }: RuleProof): string[] {
  const answer = answers.find(({ name }) => name === block.name);
  if (answer === undefined) return [];
  const { transcript, clock } = answer;
  const context = { language: block.language, text: block.text, attributes: block.attributes, dataset: transcript.dataset, clock, moments: [], brief: true };
  return [toHtml(renderReading({ formatVersion: 1, block: block.id, key: '', ...transcript }, context))];
}
