import { defineCourseCheck, type CourseContext, type CourseFinding } from '../model/course-check.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { isRuleFile } from './kinds.ts';
import { rulesIn, spotOf, type DefinedRule } from './rule-blocks.ts';

const rules = {
  'dead-runbook': { level: 'error', summary: 'The runbook of an alert is a page or heading that the course does not have.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** As it is nearly always written. */
const PLAIN = /\brunbook_url: +["']?((?:\/|https:)[^\s"'{},]*)/g;

/** Runbooks that are pages of the course exist. Addresses outside are not called. */
export const runbooks = defineCourseCheck({
  rules,
  check: (context) => rulesIn(context.blocks.filter((block) => isRuleFile(block) && isDoubtful(block, context))).flatMap((defined) => checkRule(defined, context)),
});

/** False where a look at the text says that all runbooks are there: reading the rules takes far longer. */
function isDoubtful({ text }: Block, { explainDeadLink }: CourseContext): boolean {
  const plain = [...text.matchAll(PLAIN)].map(([, url]) => url as string);
  return plain.length < text.split('runbook_url').length - 1 || plain.some((url) => url.startsWith('/') && explainDeadLink(url) !== undefined);
}

function checkRule({ block, rule }: DefinedRule, context: CourseContext): CourseFinding<keyof typeof rules>[] {
  const url = rule.annotations.get('runbook_url');
  // What a template makes of it is known only when it fires.
  if (url === undefined || !url.value.startsWith('/') || url.value.includes('{{')) return [];
  const dead = context.explainDeadLink(url.value);
  if (dead === undefined) return [];
  const place = dead.near?.keys?.get('title');
  const related = place === undefined ? [] : [{ message: 'the page that comes nearest is this', at: place }];
  return [{ rule: 'dead-runbook', at: spotOf(block, url), message: `${rule.name.value}: ${dead.message} Whoever it wakes would find nothing there.`, related }];
}
