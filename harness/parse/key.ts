import { createHash } from 'node:crypto';
import type { Block, Page } from '../model/block.ts';
import { readControl } from '../model/control.ts';
import type { TranscriptLock } from '../model/transcript.ts';
import { isDisplayAttribute } from './known-attributes.ts';

/**
 * What a stored answer depends on, as 32 hex digits: shown and hidden lines, language, title, attributes (those that
 * change only the look left out), the hashes of the datasets and the versions and configurations of the backends.
 * Throws an Error that names what the lock lacks.
 */
export function transcriptKey(block: Block, uses: { readonly datasets: readonly string[]; readonly backends: readonly string[] }, lock: TranscriptLock): string {
  const attributes = [...block.attributes.values()]
    .filter(({ name }) => !isDisplayAttribute(name))
    .map(({ name, value }) => [name, value] as const);
  const datasets = sortUnique(uses.datasets).map((name) => [name, lookUp(lock.datasets, name, 'dataset', block).sha256]);
  const backends = sortUnique(uses.backends).map((name) => {
    const { version, configSha256 } = lookUp(lock.backends, name, 'backend', block);
    return [name, version, configSha256];
  });
  const canonical = JSON.stringify({
    text: block.text,
    hiddenLines: block.lines.flatMap((line, index) => (line.shown ? [] : [index])),
    language: block.language,
    title: block.title ?? null,
    attributes: attributes.sort(([a], [b]) => compareText(a, b)),
    datasets,
    backends,
    ...(block.continuedText === undefined ? {} : { continuedText: block.continuedText }),
  });
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

/** What the blocks of a page are, as 16 hex digits: their text, languages, titles and attributes, but for those that change only the look. */
export function hashBlocks({ blocks }: Pick<Page, 'blocks'>): string {
  const hash = createHash('sha256');
  for (const { id, text, language, title, lines, attributes } of blocks) {
    const said = [...attributes.values()].filter(({ name }) => !isDisplayAttribute(name)).map(({ name, value }) => [name, value]);
    hash.update(`${JSON.stringify([id, text, language, title ?? null, lines.map(({ shown }) => shown), said])}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Names of every dataset that a block is run against, spaces removed, each once: `dataset` or the page's default,
 * then those of `quiet` and `control`.
 */
export function datasetsOf(block: Block, page: Pick<Page, 'frontmatter'>): string[] {
  const own = block.attributes.get('dataset')?.value ?? page.frontmatter['dataset'];
  const control = readControl(block);
  const lists = [own, block.attributes.get('quiet')?.value, control === undefined ? block.attributes.get('control')?.value : control.dataset];
  return [...new Set(lists.flatMap((list) => (typeof list === 'string' ? splitList(list) : [])))];
}

/** Splits at commas outside parentheses: `a(x=1,y=2),b` → `a(x=1,y=2)`, `b`. Spaces are removed. */
export function splitList(list: string): string[] {
  const items = [''];
  let depth = 0;
  for (const character of list.replace(/\s/g, '')) {
    if (character === '(') depth += 1;
    if (character === ')') depth = Math.max(0, depth - 1);
    if (character === ',' && depth === 0) items.push('');
    else items.push((items.pop() ?? '') + character);
  }
  return items.filter((item) => item !== '');
}

function lookUp<Entry>(entries: Readonly<Record<string, Entry>>, name: string, kind: string, block: Block): Entry {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry !== undefined) return entry;
  throw new Error(`The lock has no ${kind} \`${name}\`, which block ${block.id} uses. Run \`npm run verify -- --update\` and commit docs/transcripts/lock.json.`);
}

function sortUnique(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}

/** By code units: the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
