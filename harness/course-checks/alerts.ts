import { defineCourseCheck, type CourseFinding } from '../model/course-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import { alertMatchersIn } from './alert-matchers.ts';
import { definitionsOf, nearestTo } from './rule-blocks.ts';

const rules = {
  'undefined-alert': { level: 'error', summary: 'A query or command asks for an alert that no rule of the course defines.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** Alerts that are asked for by name are defined by a rule. */
export const alerts = defineCourseCheck({
  rules,
  check: (context) => {
    const asked = alertMatchersIn(context.blocks, 'alertname');
    if (asked.length === 0) return [];
    const defined = definitionsOf('alert', context);
    return asked.filter(({ value }) => !defined.has(value)).map(({ value, at }): CourseFinding<keyof typeof rules> => {
      const near = context.suggest(value, defined.keys());
      const spot = nearestTo(at.block.page, defined.get(near ?? '') ?? []);
      return {
        rule: 'undefined-alert', at,
        message: `Found the alert \`${value}\`, expected one that a rule of the course defines: this never answers, and looks as if all were well.${near === undefined ? ' Correct the name, or show its rule.' : ` Did you mean \`${near}\`?`}`,
        related: spot === undefined ? [] : [{ message: `\`${near}\` is defined here`, at: spot }],
      };
    });
  },
});
