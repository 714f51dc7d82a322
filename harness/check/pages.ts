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
  /** Pages whose checks of scope `page` found nothing, as they are now. */
  readonly remembered: ProseMemory;
}
export interface ProseMemory {
  has(page: Page): boolean;
  add(page: Page): void;
}

/**
 * What is wrong with the prose of pages, ordered by place. Of a page that is remembered only what other pages decide is
 * asked: a link dies without its page being touched. A check that crashes is an error of ours and hides nothing that others found.
 */
export async function checkPages({ pages, checks, context, placeSource, remembered }: PageCheckInput): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly errors: readonly HarnessError[] }> {
  const diagnostics: Diagnostic[] = [...context.glossary.diagnostics];
  const errors: HarnessError[] = [];
  for (const page of pages.filter(isMarkdown)) {
    const found: Diagnostic[] = [];
    let isClean = true;
    const isRemembered = remembered.has(page);
    for (const check of checks) {
      if (isRemembered && check.scope === 'page') continue;
      try {
        const findings = await check.check(page, context);
        found.push(...findings.map((finding) => diagnose(finding, check, page, placeSource)));
        if (check.scope === 'page') isClean &&= findings.length === 0;
      } catch (cause) {
        isClean = false;
        errors.push(cause instanceof HarnessError ? cause : new HarnessError('checker-crashed', `the page check of ${Object.keys(check.rules).join(', ')} crashed on ${page.file}`, { cause }));
      }
    }
    if (isClean && !isRemembered) remembered.add(page);
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
