import { defineCourseCheck, type CourseContext, type CourseFinding } from '../model/course-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import { severities as scale } from '../model/severities.ts';
import { alertMatchersIn } from './alert-matchers.ts';

const rules = {
  'off-scale': { level: 'error', summary: 'Alerts are asked for by a severity that is not on the course\'s scale.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** What is asked of alerts, and the table that readers look severities up in, know the same scale. */
export const severities = defineCourseCheck({
  rules,
  check: (context) => alertMatchersIn(context.blocks, 'severity').filter(({ value }) => !scale.includes(value)).map(({ value, at }): CourseFinding<keyof typeof rules> => ({
    rule: 'off-scale', at,
    message: `Found the severity \`${value}\`, expected one of ${scale.join(', ')}: no alert of the course carries another, so this never answers. Correct the value.`,
    related: scalePlace(context).map((place) => ({ message: 'the scale stands here', at: place })),
  })),
});

function scalePlace({ glossary }: CourseContext): Exclude<CourseContext['glossary']['severities'][number]['place'], undefined>[] {
  const place = glossary.severities[0]?.place;
  return place === undefined ? [] : [place];
}
