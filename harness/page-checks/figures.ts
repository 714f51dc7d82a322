import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePageCheck, type MarkdownPage, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import { rangeOf, readProse, type Part, type Passage } from './prose.ts';
import { Evidence, findFigures, type Figure } from './quantity.ts';
import { walkTree } from './walk.ts';

const rules = {
  figure: { level: 'error', summary: 'A number with a unit stands in prose, and nothing says where it comes from.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

/**
 * Numbers with a unit come from somewhere: from an answer (`<Value>`), from a block of the page or its dataset, which
 * say the same quantity, from a source that the sentence links to, or from nowhere (`<Suppose>`, “illustrative”).
 */
export const figures = definePageCheck({
  scope: 'page',
  rules,
  check(page, { root }) {
    const suspects = readProse(page).flatMap((passage) => findIn(passage).map((figure) => ({ passage, figure })));
    if (suspects.length === 0) return [];
    const evidence = collectEvidence(page, root);
    const cited = citedBy(page);
    return suspects
      .filter(({ passage, figure }) => !figure.quantities.every((quantity) => evidence.has(quantity)) && !isSupposed(passage, figure) && !isSourced(passage, figure, cited))
      .map(({ passage, figure }): Found => ({ rule: 'figure', at: rangeOf(page, passage, figure.index, figure.index + figure.text.length), message: describe(figure) }));
  },
});

/** In prose anywhere; in inline code only where the code is nothing but the figure. */
function findIn(passage: Passage): Figure[] {
  return findFigures(passage.text).filter((figure) => {
    const part = partAt(passage, figure.index);
    return part?.kind === 'text' || (part?.kind === 'code' && part.value.trim().replace(/^[<>=]+\s*/, '') === figure.text);
  });
}

function partAt({ parts }: Passage, index: number): Part | undefined {
  return parts.find(({ start, end }) => start <= index && index < end);
}

/** Blocks with their hidden lines and attributes, and the incident files of the datasets that they name. */
function collectEvidence({ blocks, frontmatter }: MarkdownPage, root: string): Evidence {
  const evidence = new Evidence();
  const datasets = new Set<string>();
  const nameDatasets = (list: unknown): void => String(list).match(/[a-z][a-z0-9-]*/g)?.forEach((name) => datasets.add(name));
  nameDatasets(frontmatter['dataset'] ?? '');
  for (const { text, attributes } of blocks) {
    evidence.add(text);
    for (const { name, value } of attributes.values()) {
      if (typeof value !== 'string' || name === 'file' || name === 'name') continue;
      evidence.add(value);
      if (name === 'dataset' || name === 'quiet' || name === 'control') nameDatasets(value);
    }
  }
  for (const name of datasets) {
    const file = join(root, 'snippets/incidents', `${name}.yaml`);
    if (existsSync(file)) evidence.add(readValues(readFileSync(file, 'utf8')));
  }
  return evidence;
}

/** Values of an incident file, one a line: `value: 2.5s`, `vip: 8 %`. Its comments and sentences prove nothing. */
function readValues(yaml: string): string {
  return [...yaml.replace(/(?:^|\s)#.*$/gm, '').matchAll(/\w:\s+(\d+(?:\.\d+)?\s?(?:%|[a-zµ]+)?)(?=\s*(?:[,}]|$))/gm)].map(([, value]) => value).join('\n');
}

/** What a sentence can cite: addresses of `sources`, without what follows `#`, and footnotes that link to one of them. */
interface Cited {
  readonly urls: ReadonlySet<string>;
  readonly footnotes: ReadonlySet<string>;
}

function citedBy({ frontmatter, markdown }: MarkdownPage): Cited {
  const sources = Array.isArray(frontmatter['sources']) ? (frontmatter['sources'] as readonly unknown[]) : [];
  const urls = new Set(sources.flatMap((entry) => {
    const url = typeof entry === 'string' ? entry : (entry as { readonly url?: unknown } | null)?.url;
    return typeof url === 'string' ? [withoutHash(url)] : [];
  }));
  const footnotes = new Set<string>();
  walkTree(markdown.tree, (note) => {
    if (note.type === 'footnoteDefinition') walkTree(note, (node) => { if (node.type === 'link' && urls.has(withoutHash(node.url))) footnotes.add(note.identifier); });
  });
  return { urls, footnotes };
}

function withoutHash(url: string): string {
  return url.replace(/#.*$/, '').replace(/\/$/, '');
}

function isSupposed(passage: Passage, { index }: Figure): boolean {
  return passage.inside.includes('Suppose') || partAt(passage, index)?.inside.includes('Suppose') === true || /\billustrative\b/i.test(sentenceAt(passage, index).text);
}

/** A link to one of `sources`, or a footnote, in the same sentence; of a table, in the same row. */
function isSourced(passage: Passage, { index }: Figure, cited: Cited): boolean {
  const { start, end } = sentenceAt(passage, index);
  const around = passage.parts.filter((part) => part.start < end && part.end > start);
  return around.some(({ link }) => link !== undefined && cited.urls.has(withoutHash(link))) || passage.footnotes.some(({ identifier, at }) => at >= start && at <= end && cited.footnotes.has(identifier));
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function sentenceAt({ kind, text }: Passage, index: number): { readonly text: string; readonly start: number; readonly end: number } {
  if (kind === 'row') return { text, start: 0, end: text.length };
  // A soft line break is a space to a reader, and no end of a sentence.
  const found = segmenter.segment(text.replace(/[\r\n]/g, ' ')).containing(index);
  return found === undefined ? { text, start: 0, end: text.length } : { text: found.segment, start: found.index, end: found.index + found.segment.length };
}

function describe({ text }: Figure): string {
  const figure = text.replace(/\s+/g, ' ');
  return `Found the figure “${figure}”, expected to learn where it comes from: no block of this page says it. Insert it by \`<Value of="…" />\`, link the sentence to one of \`sources\`, or write \`<Suppose>${figure}</Suppose>\` if it is only assumed.`;
}
