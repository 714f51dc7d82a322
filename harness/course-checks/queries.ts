import type { Block } from '../model/block.ts';
import type { CourseContext, Spot } from '../model/course-check.ts';
import type { TextRange } from '../model/place.ts';
import { readExpression, type Selector } from '../rule-file/expression.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import { isRuleFile } from './kinds.ts';
import { readOnce } from '../model/read-once.ts';

/** A selector of PromQL, and where the name of its metric stands in the block. */
export interface Asked {
  readonly selector: Selector;
  readonly at: Spot;
}
type Read = readonly { readonly selector: Selector; readonly range: TextRange }[];

const readQuery = readOnce((text): Read => readExpression(text).selectors.map((selector) => ({ selector, range: selector.range })));
const readRules = readOnce((text): Read => rulesOf(readRuleFile(text)).flatMap(({ expression }) => readExpression(expression.value).selectors.map((selector) => ({ selector, range: expression.locate(selector.range) }))));

/** What a block of PromQL or of rules selects; other blocks select nothing. */
export function selectorsIn(block: Block): Asked[] {
  const read = block.language === 'promql' ? readQuery(block.text) : isRuleFile(block) ? readRules(block.text) : [];
  return read.map(({ selector, range }) => ({ selector, at: { block, range } }));
}

/** Queries that nothing answers: neither a dataset nor a service. Checkers know nothing to hold them against, and leave their names to the course. */
export function isHomeless(block: Block, { datasetOf }: Pick<CourseContext, 'datasetOf'>): boolean {
  return !block.attributes.has('continues') && !block.attributes.has('empty') && datasetOf(block) === undefined;
}
