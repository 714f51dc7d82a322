import type { Page } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { MarkdownPage, PageCheck, PageContext, PageFinding } from '../model/page-check.ts';
import type { Place, TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';

export interface PageCheckInput {
  readonly pages: readonly Page[];
  readonly checks: readonly PageCheck[];
  readonly context: PageContext;
  /** That of `harness/parse`: stages do not import each other. */
  readonly placeSource: (file: string, source: string, range: TextRange) => Place;
}

/**
 * What is wrong with the prose of pages, ordered by place. It is never remembered from run to run: a link can die on a page
 * that nobody touched. A check that crashes is an error of ours and hides nothing that others found.
 */
export function checkPages({ pages, checks, context, placeSource }: PageCheckInput): { readonly diagnostics: readonly Diagnostic[]; readonly errors: readonly HarnessError[] } {
  const diagnostics: Diagnostic[] = [...context.glossary.diagnostics];
  const errors: HarnessError[] = [];
  for (const page of pages.filter(isMarkdown)) {
    const found: Diagnostic[] = [];
    for (const check of checks) {
      try {
        found.push(...check.check(page, context).map((finding) => diagnose(finding, check, page, placeSource)));
      } catch (cause) {
        errors.push(cause instanceof HarnessError ? cause : new HarnessError('checker-crashed', `the page check of ${Object.keys(check.rules).join(', ')} crashed on ${page.file}`, { cause }));
      }
    }
    diagnostics.push(...found.sort((a, b) => a.place.start.line - b.place.start.line || a.place.start.column - b.place.start.column));
  }
  return { diagnostics, errors };
}

function isMarkdown(page: Page): page is MarkdownPage {
  return page.markdown !== undefined;
}

function diagnose({ rule, at, message, related = [] }: PageFinding, { rules }: PageCheck, { file, markdown }: MarkdownPage, placeSource: PageCheckInput['placeSource']): Diagnostic {
  const declared = Object.hasOwn(rules, rule) ? rules[rule] : undefined;
  if (declared === undefined) throw new HarnessError('checker-crashed', `a page check reported the rule \`${rule}\`, which it does not declare. Add it to the rules in its file.`);
  return { ruleId: `page/${rule}`, level: declared.level, message, place: 'offset' in at ? placeSource(file, markdown.source, at) : at, related };
}
