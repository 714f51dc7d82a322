import { definePageCheck, type MarkdownPage, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { walkTree } from './walk.ts';

const rules = {
  'heading-jump': { level: 'error', summary: 'A heading skips a level, which readers of its outline hear as a missing section.' },
  'second-title': { level: 'error', summary: 'A heading of the first level stands in the text; the title of the frontmatter is the only one.' },
  'no-alt': { level: 'error', summary: 'An image has no alternative text for those who cannot see it.' },
  'no-objectives': { level: 'error', summary: 'A lesson does not say what one can do after it.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

/** The outline, what those need who cannot see the page, and what a lesson promises. */
export const structure = definePageCheck({
  scope: 'page',
  rules,
  check: (page) => [...checkObjectives(page), ...checkHeadings(page), ...checkImages(page)],
});

/** A page that names its kind is a lesson, unless it is looked up and not read. */
function checkObjectives({ frontmatter, keys }: MarkdownPage): Found[] {
  const { kind, objectives } = frontmatter;
  if (typeof kind !== 'string' || kind === 'reference') return [];
  const at = keys?.get('objectives') ?? keys?.get('kind') ?? { offset: 0, length: 0 };
  if (Array.isArray(objectives) && objectives.some((each) => typeof each === 'string' && each.trim() !== '')) return [];
  return [{ rule: 'no-objectives', at, message: `Found a page of kind ${kind} without objectives, expected at least one that completes “After this page you can …”. Add \`objectives:\` with a list.` }];
}

function checkHeadings({ markdown: { tree } }: MarkdownPage): Found[] {
  const found: Found[] = [];
  let above = 1;
  walkTree(tree, (node) => {
    if (node.type !== 'heading') return;
    const { depth, position } = node;
    const at = rangeOf(position);
    if (depth === 1) found.push({ rule: 'second-title', at, message: 'Found a heading with one `#`, expected two or more: the title of the page is the only one of the first level. Add a `#`.' });
    else if (depth > above + 1) found.push({ rule: 'heading-jump', at, message: `Found a heading of level ${depth} below one of level ${above}, expected at most level ${above + 1}. Write \`${'#'.repeat(above + 1)}\`.` });
    above = depth;
  });
  return found;
}

function checkImages({ markdown: { tree } }: MarkdownPage): Found[] {
  const found: Found[] = [];
  const say = (at: TextRange, how: string): void => void found.push({ rule: 'no-alt', at, message: `Found an image without alternative text, expected words for those who cannot see it. ${how}` });
  walkTree(tree, (node) => {
    if ((node.type === 'image' || node.type === 'imageReference') && !node.alt?.trim()) say(rangeOf(node.position), 'Write them between the brackets: `![words](…)`.');
    if ((node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') || node.name !== 'img') return;
    const alt = node.attributes.find((attribute) => attribute.type === 'mdxJsxAttribute' && attribute.name === 'alt')?.value;
    if (alt === undefined || alt === null || (typeof alt === 'string' && alt.trim() === '')) say(rangeOf(node.position), 'Add `alt="words"`.');
  });
  return found;
}

function rangeOf(position: { readonly start: { readonly offset?: number | undefined }; readonly end: { readonly offset?: number | undefined } } | undefined): TextRange {
  const from = position?.start.offset ?? 0;
  return { offset: from, length: (position?.end.offset ?? from) - from };
}
