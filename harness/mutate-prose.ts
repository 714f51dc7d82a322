import { checkPages } from './check/pages.ts';
import type { Page } from './model/block.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { PageContext } from './model/page-check.ts';
import { textChecks } from './page-checks/index.ts';
import { placeSource } from './parse/index.ts';
import type { Trial } from './mutate-judge.ts';

/** What the prose of a page says that its blocks no longer do once a fault is in them, by the mark of the trial. */
export async function checkTexts(page: Page, trials: readonly Trial[], context: PageContext): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const known = new Set((await check(page, context)).map(keyOf));
  const found = new Map<string, readonly Diagnostic[]>();
  for (const trial of trials) found.set(trial.mark, (await check(withFault(page, trial), context)).filter((diagnostic) => !known.has(keyOf(diagnostic))));
  return found;
}

async function check(page: Page, context: PageContext): Promise<readonly Diagnostic[]> {
  const { diagnostics, errors: [error] } = await checkPages({ pages: [page], checks: textChecks, context: { ...context, glossary: { ...context.glossary, diagnostics: [] } }, placeSource, remembered: { has: () => false, add: () => undefined } });
  if (error !== undefined) throw error;
  return diagnostics.filter(({ level }) => level === 'error');
}

/** The page with the copies in place of its blocks. */
function withFault(page: Page, { mark, planned }: Trial): Page {
  const copies = new Map(planned.map(({ block }) => [block.id.slice(0, -`~${mark}`.length), block]));
  return { ...page, blocks: page.blocks.map((block) => {
    const copied = copies.get(block.id);
    return copied === undefined ? block : { ...block, text: copied.text, shownText: copied.shownText };
  }) };
}

function keyOf({ ruleId, message, place }: Diagnostic): string {
  return `${ruleId} ${place.start.line}:${place.start.column} ${message}`;
}
