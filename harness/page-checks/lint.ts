import type { Root } from 'mdast';
import type { Plugin, Preset, Processor } from 'unified';
import type { VFile } from 'vfile';
import { definePageCheck, type MarkdownPage, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';

/** Why these, and with these options: `harness/decisions/0012-page-lint.md`. */
const rules = {
  'final-newline': { level: 'error', summary: 'The page does not end with a line ending.' },
  'list-item-bullet-indent': { level: 'error', summary: 'A list marker is indented without need.' },
  'list-item-indent': { level: 'error', summary: 'More or less than one space follows a list marker.' },
  'no-blockquote-without-marker': { level: 'error', summary: 'A line of a block quote lacks its `>`.' },
  'no-literal-urls': { level: 'error', summary: 'An address stands bare in the text, without words that say where it leads.' },
  'ordered-list-marker-style': { level: 'error', summary: 'A numbered list is not written `1.`.' },
  'hard-break-spaces': { level: 'error', summary: 'More spaces than two make a line break.' },
  'no-duplicate-definitions': { level: 'error', summary: 'A link or footnote is defined twice.' },
  'no-heading-content-indent': { level: 'error', summary: 'More than one space follows the marker of a heading.' },
  'no-shortcut-reference-image': { level: 'error', summary: 'An image by reference is written `![text]`, without its second brackets.' },
  'no-shortcut-reference-link': { level: 'error', summary: 'A link by reference is written `[text]`, without its second brackets.' },
  'no-undefined-references': { level: 'error', summary: 'Brackets refer to a link or footnote that is not defined.' },
  'no-unused-definitions': { level: 'error', summary: 'A link or footnote is defined and never used.' },
  'blockquote-indentation': { level: 'error', summary: 'A block quote is indented by more than `> `.' },
  'checkbox-character-style': { level: 'error', summary: 'A ticked box is not written `[x]`, or an empty one not `[ ]`.' },
  'emphasis-marker': { level: 'error', summary: 'Emphasis is not written with `*`.' },
  'fenced-code-marker': { level: 'error', summary: 'A fence is not written with backticks.' },
  'heading-style': { level: 'error', summary: 'A heading is not written with `#` at its beginning.' },
  'link-title-style': { level: 'error', summary: 'The title of a link is not in double quotes.' },
  'ordered-list-marker-value': { level: 'error', summary: 'A numbered list does not count 1, 2, 3.' },
  'rule-style': { level: 'error', summary: 'A thematic break is not written `---`.' },
  'strong-marker': { level: 'error', summary: 'Strong text is not written with `**`.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;

/** The presets compare a page with itself; these compare it with all pages. */
const OPTIONS: Readonly<Partial<Record<RuleName, unknown>>> = {
  'list-item-indent': 'one', 'ordered-list-marker-style': '.', 'blockquote-indentation': 2, 'checkbox-character-style': { checked: 'x', unchecked: ' ' },
  'emphasis-marker': '*', 'fenced-code-marker': '`', 'heading-style': 'atx', 'link-title-style': '"', 'ordered-list-marker-value': 'ordered',
  'rule-style': '---', 'strong-marker': '*',
};

const PREFIX = 'remark-lint:';
interface Linter {
  readonly processor: Processor<undefined, Root, Root>;
  open(file: string, source: string): VFile;
}
let loading: Promise<Linter> | undefined;

/** What remark-lint says about the Markdown itself. */
export const lint = definePageCheck({ scope: 'page', rules, check: lintPage });

/** Loads remark-lint and its presets, some thirty packages, only where a page has to be checked anew. */
async function loadLinter(): Promise<Linter> {
  const [{ unified }, { VFile }, { default: recommended }, { default: consistent }] = await Promise.all([
    import('unified'), import('vfile'), import('remark-preset-lint-recommended'), import('remark-preset-lint-consistent'),
  ]);
  const processor = unified().use(choosePlugins([recommended, consistent])).freeze() as unknown as Linter['processor'];
  return { processor, open: (file, source) => new VFile({ path: file, value: source }) };
}

async function lintPage({ markdown: { source, tree }, file }: MarkdownPage): Promise<PageFinding<RuleName>[]> {
  const { processor, open } = await (loading ??= loadLinter());
  const messages = open(file, source);
  processor.runSync(tree, messages);
  return messages.messages.map(({ ruleId, reason, place }) => {
    const [start, end] = place === undefined ? [] : 'start' in place ? [place.start, place.end] : [place, place];
    const at = start === undefined || end === undefined ? { offset: 0, length: source.length } : { file, start: { line: start.line, column: start.column }, end: { line: end.line, column: end.column } };
    return { rule: ruleId as RuleName, at, message: phrase(ruleId as RuleName, reason) };
  });
}

/** In words of ours where remark-lint's count from somewhere else, name a syntax by its inventor, or advise what MDX cannot read. */
const WORDS: Readonly<Partial<Record<RuleName, string>>> = {
  'list-item-indent': 'Found not one space after the marker of a list item, expected one: `- text`. Remove the others.',
  'blockquote-indentation': 'Found more than one space after `>`, expected one: `> text`. Remove the others.',
  'no-literal-urls': 'Found a bare address, expected words that say where it leads. Write `[words](address)`.',
  'heading-style': 'Found an underlined heading, expected number signs before it. Write `## …`.',
  'strong-marker': 'Found strong text in `__`, expected `**`. Write `**…**`.',
};

/** As remark-lint says it, which is found, expected and often what to do; sentences here end with a full stop. */
function phrase(rule: RuleName, reason: string): string {
  return WORDS[rule] ?? `${reason.replace(/^Unexpected /, 'Found unexpected ')}.`;
}

/** The rules declared above, each once, out of the presets; what else they hold is left out. */
function choosePlugins(presets: readonly Preset[]): [Plugin<[unknown?], Root>, unknown?][] {
  const chosen = new Map<string, Plugin<[unknown?], Root>>();
  for (const entry of presets.flatMap(({ plugins = [] }) => plugins)) {
    const plugin = (Array.isArray(entry) ? entry[0] : entry) as Plugin<[unknown?], Root>;
    const name = plugin.name.replace(PREFIX, '');
    if (plugin.name.startsWith(PREFIX) && Object.hasOwn(rules, name)) chosen.set(name, plugin);
  }
  const missing = Object.keys(rules).filter((name) => !chosen.has(name));
  if (missing.length > 0) throw new Error(`the presets of remark-lint no longer hold ${missing.join(', ')}`);
  return [...chosen].map(([name, plugin]) => (Object.hasOwn(OPTIONS, name) ? [plugin, OPTIONS[name as RuleName]] : [plugin]));
}
