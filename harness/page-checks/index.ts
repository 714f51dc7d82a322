import type { PageCheck } from '../model/page-check.ts';
import { covers } from './covers.ts';
import { figures } from './figures.ts';
import { links } from './links.ts';
import { lint } from './lint.ts';
import { minutes } from './minutes.ts';
import { quotes } from './quotes.ts';
import { structure } from './structure.ts';
import { terms } from './terms.ts';

/** Everything that is held against the prose of a page. */
export const pageChecks: readonly PageCheck[] = [structure, lint, links, quotes, terms, figures, minutes, covers];
