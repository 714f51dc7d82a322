import type { Diagnostic, Rule, RuleId } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';

/** What parsing can find. */
export const parseRules = {
  'mdx/syntax-error': { level: 'error', summary: 'The page is not valid MDX.' },
  'mdx/not-text': { level: 'error', summary: 'A page, or a file that it shows, is not text in UTF-8.' },
  'mdx/empty-page': { level: 'error', summary: 'A page has nothing in it.' },
  'mdx/too-long': { level: 'error', summary: 'A block is longer than anybody reads.' },
  'mdx/too-deep': { level: 'error', summary: 'A block nests brackets deeper than programs that read it.' },
  'mdx/frontmatter-error': { level: 'error', summary: 'The frontmatter is not a YAML mapping.' },
  'mdx/missing-language': { level: 'error', summary: 'A fence does not say which language it is in.' },
  'mdx/unclosed-fence': { level: 'error', summary: 'A fence is opened and never closed.' },
  'mdx/unmappable-indent': { level: 'error', summary: 'A tab is only partly indentation, so that columns of the line cannot be told.' },
  'mdx/hidden-line': { level: 'error', summary: 'A hidden line is not written as `//| ` or `#| ` at the start of the line.' },
  'mdx/attribute-syntax': { level: 'error', summary: 'What follows the fence tag is not a list of attributes.' },
  'mdx/missing-value': { level: 'error', summary: 'An attribute lacks its value.' },
  'mdx/unknown-attribute': { level: 'error', summary: 'No checker knows this attribute.' },
  'mdx/duplicate-attribute': { level: 'error', summary: 'An attribute is given twice.' },
  'mdx/bad-name': { level: 'error', summary: 'A block name is not made of lower-case letters, digits and hyphens.' },
  'mdx/duplicate-name': { level: 'error', summary: 'Two blocks of a page have the same name.' },
  'mdx/ignore-without-reason': { level: 'error', summary: '`ignore` stands without `reason` or without `until`.' },
  'mdx/included-not-empty': { level: 'error', summary: 'A fence with `file=` has text of its own.' },
  'mdx/forbidden-path': { level: 'error', summary: '`file=` leads out of `snippets/` and `diagrams/`.' },
  'mdx/missing-file': { level: 'error', summary: '`file=` names a file that does not exist.' },
  'mdx/unknown-region': { level: 'error', summary: '`file=` names a region that the file does not have.' },
  'mdx/broken-region': { level: 'error', summary: 'A region of an included file is never closed, stands twice or is empty.' },
} as const satisfies Readonly<Record<RuleId, Rule>>;

/** What reading `docs/glossary.yml` can find. */
export const glossaryRules = {
  'glossary/not-valid': { level: 'error', summary: 'The glossary is not YAML, or an entry is not made of `term`, `means` and `not`.' },
  'glossary/conflict': { level: 'error', summary: 'The glossary rejects a spelling that it also prefers, or rejects one twice.' },
} as const satisfies Readonly<Record<RuleId, Rule>>;

/** What reading the expectations of `snippets/incidents/*.yaml` can find. */
export const incidentRules = {
  'incident/not-valid': { level: 'error', summary: 'An incident file is not YAML, or one of its expectations is not of the form that can be asked.' },
} as const satisfies Readonly<Record<RuleId, Rule>>;

/** A rule without its prefix. */
export type ParseRule = keyof typeof parseRules extends `mdx/${infer Name}` ? Name : never;

/** A diagnostic of parsing; `related` explains it by second places. */
export function diagnose(rule: ParseRule, place: Place, message: string, related: Diagnostic['related'] = []): Diagnostic {
  return { ruleId: `mdx/${rule}`, level: parseRules[`mdx/${rule}`].level, message, place, related };
}

/** A diagnostic about the expectations of an incident file. */
export function diagnoseIncident(rule: 'not-valid', place: Place, message: string): Diagnostic {
  return { ruleId: `incident/${rule}`, level: incidentRules[`incident/${rule}`].level, message, place, related: [] };
}
