import { definePageCheck, type MarkdownPage, type PageContext, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';

const rules = {
  counterpart: { level: 'error', summary: '`counterpart` does not name a page of another edition.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

/** The switcher of editions leads to the counterpart of a page, `2.0/day-1/checkout-lag`. */
export const counterpart = definePageCheck({
  // What it names lies in another edition.
  scope: 'course',
  rules,
  check(page, context): Found[] {
    const { counterpart: named } = page.frontmatter;
    const problem = named === undefined ? undefined : explain(String(named), page, context);
    return problem === undefined ? [] : [{ rule: 'counterpart', at: page.keys?.get('counterpart') ?? { offset: 0, length: 0 }, message: problem }];
  },
});

function explain(named: string, { id }: MarkdownPage, { pagesElsewhere, suggest }: PageContext): string | undefined {
  const editions = pagesElsewhere();
  const [edition = '', ...path] = named.split('/');
  const pages = editions.get(edition);
  const [first] = editions.keys();
  if (first === undefined) return `Found \`counterpart: ${named}\` in a course of one edition, expected another that the page can be in. Remove it.`;
  if (pages === undefined) return `Found \`counterpart: ${named}\`, expected a page of edition ${[...editions.keys()].join(' or ')}. Write \`${first}/${id}\`, or what the page is called there.`;
  if (pages.includes(path.join('/'))) return undefined;
  const near = suggest(path.join('/'), pages);
  return `Found \`counterpart: ${named}\`, which is no page of edition ${edition}. ${near === undefined ? 'Name one that it has, or remove the key.' : `Did you mean \`${edition}/${near}\`?`}`;
}
