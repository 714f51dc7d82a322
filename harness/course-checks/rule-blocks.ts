import type { Block } from '../model/block.ts';
import type { CourseContext, Spot } from '../model/course-check.ts';
import { readRuleFile, rulesOf, type PrometheusRule, type Text } from '../rule-file/rule-file.ts';
import { isRuleFile } from './kinds.ts';

/** One alerting or recording rule, with the block that defines it. */
export interface DefinedRule {
  readonly block: Block;
  readonly rule: PrometheusRule;
}

/** Every rule that the blocks define, in their order. A file that cannot be read whole defines what could be read. */
export function rulesIn(blocks: readonly Block[]): DefinedRule[] {
  return blocks.filter(isRuleFile).flatMap((block) => rulesOf(readRuleFile(block.text)).map((rule) => ({ block, rule })));
}

/** Where rules of pages and of the stack are defined, by name; pages first, where a reader sees them. */
export function definitionsOf(kind: PrometheusRule['kind'], { blocks, stack }: CourseContext): ReadonlyMap<string, readonly Spot[]> {
  const spots = rulesIn([...blocks, ...stack]).filter(({ rule }) => rule.kind === kind).map(({ block, rule }) => ({ name: rule.name.value, spot: spotOf(block, rule.name) }));
  return new Map([...Map.groupBy(spots, ({ name }) => name)].map(([name, same]) => [name, same.map(({ spot }) => spot)]));
}

/** The place that a reader of a page finds first: on the page itself, else the first of the course. */
export function nearestTo(page: string, spots: readonly Spot[]): Spot | undefined {
  return spots.find(({ block }) => block.page === page) ?? spots[0];
}

export function spotOf(block: Block, { range }: Text): Spot {
  return { block, range };
}
