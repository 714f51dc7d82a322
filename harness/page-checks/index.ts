import type { PageCheck } from '../model/page-check.ts';
import { counterpart } from './counterpart.ts';
import { covers } from './covers.ts';
import { figures } from './figures.ts';
import { limits } from './limits.ts';
import { links } from './links.ts';
import { lint } from './lint.ts';
import { minutes } from './minutes.ts';
import { quotes } from './quotes.ts';
import { structure } from './structure.ts';
import { terms } from './terms.ts';

export { explainDeadLink } from './links.ts';

/** Those that hold the prose against what the blocks of its page say. */
export const textChecks: readonly PageCheck[] = [quotes, figures, limits];
/** Everything that is held against the prose of a page. */
export const pageChecks: readonly PageCheck[] = [structure, lint, links, quotes, terms, figures, limits, minutes, covers, counterpart];
