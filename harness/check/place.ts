import type { Block } from '../model/block.ts';
import type { Finding } from '../model/checker.ts';
import type { Diagnostic, Rule } from '../model/diagnostic.ts';
import type { Place, TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';

/** Who found something: a checker, or a checker with the rules of the backend that ran its blocks. */
export interface RuleOwner {
  /** Prefix of the rule ids. */
  readonly name: string;
  readonly rules: Readonly<Record<string, Rule>>;
}

/**
 * Makes a diagnostic of a finding. `placeRange` is the one of `harness/parse`, handed in because stages do not import
 * each other. What lies in an included file also says which fence shows it. Throws HarnessError `checker-crashed`
 * for a rule that its owner does not declare.
 */
export function placeFinding(finding: Finding, owner: RuleOwner, placeRange: (block: Block, range: TextRange) => Place): Diagnostic {
  const { block, rule, range, message, attribute, related: others = [] } = finding;
  const declared = Object.hasOwn(owner.rules, rule) ? owner.rules[rule] : undefined;
  if (declared === undefined) {
    throw new HarnessError('checker-crashed', `${owner.name} reported the rule \`${rule}\`, which it does not declare. Add it to the rules in its file.`);
  }
  const place = (attribute === undefined ? undefined : block.attributes.get(attribute)?.place) ?? placeRange(block, range);
  const shown = place.file === block.fence.file ? [] : [{ message: 'shown on the page here', place: block.fence }];
  const related = [...others.map((other) => ({ message: other.message, place: placeRange(other.at.block, other.at.range) })), ...shown];
  return { ruleId: `${owner.name}/${rule}`, level: declared.level, message, place, related };
}
