import type { Block } from '../../model/block.ts';
import { readRuleFile, rulesOf, selectorsOf } from '../../rule-file/rule-file.ts';
import type { RuleFile } from '../../rule-file/rule-file.ts';

/** A rule file with its text. */
export interface NeededFile {
  readonly text: string;
  readonly file: RuleFile;
}
const RULE_TITLE = /\.rules\.ya?ml$/;

/**
 * Blocks of the course whose recording rules this file reads, and those that they read, in the order in which they must be evaluated.
 * @param measured metric names of the dataset: nothing needs to record them
 */
export function findNeeds(block: Block, file: RuleFile, allBlocks: readonly Block[], measured: readonly (string | undefined)[]): readonly NeededFile[] {
  const known = new Set(measured);
  const others = allBlocks
    .filter((other) => other.id !== block.id && RULE_TITLE.test(other.title ?? '') && !other.attributes.has('rejects'))
    .map((other) => ({ text: other.text, file: readRuleFile(other.text) }));
  const found: NeededFile[] = [];
  const visit = (reader: RuleFile): void => {
    for (const rule of rulesOf(reader)) if (rule.kind === 'record') known.add(rule.name.value);
    for (const { metric } of selectorsOf(reader)) {
      if (metric === undefined || known.has(metric)) continue;
      const writer = others.find((other) => rulesOf(other.file).some((rule) => rule.kind === 'record' && rule.name.value === metric));
      if (writer === undefined || found.includes(writer)) continue;
      visit(writer.file);
      found.push(writer);
    }
  };
  visit(file);
  return found;
}
