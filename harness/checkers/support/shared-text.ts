import type { Block } from '../../model/block.ts';

/** A place in a text that several blocks may show parts of. */
export interface TextFinding {
  /** UTF-16, from the beginning of the text. */
  readonly offset: number;
}

/** Code as a tool of its language reads it: each text once, however many blocks show parts of it. */
export interface CodeText {
  readonly path: string;
  readonly text: string;
}

/**
 * Has every text examined once, all together, and each block judged by what was found in what it shows.
 * @param pathOf where a block's text stands for the tool
 */
export async function judgeTexts<T extends TextFinding & { readonly path: string }, F>(
  blocks: readonly Block[], pathOf: (block: Block) => string, examine: (texts: readonly CodeText[]) => Promise<readonly T[]>, judge: (block: Block, found: readonly T[]) => readonly F[],
): Promise<F[]> {
  if (blocks.length === 0) return [];
  const byPath = Map.groupBy(blocks, pathOf);
  const texts = [...byPath].flatMap(([path, [block]]) => (block === undefined ? [] : [{ path, text: block.text }]));
  const found = Map.groupBy(await examine(texts), ({ path }) => path);
  return [...byPath].flatMap(([path, sharing]) => [...assignToShowing(found.get(path) ?? [], sharing)].flatMap(([block, own]) => judge(block, own)));
}

/** Several blocks may show regions of one file: a mistake belongs to those that show its line, else to the first. */
function assignToShowing<T extends TextFinding>(found: readonly T[], blocks: readonly Block[]): ReadonlyMap<Block, readonly T[]> {
  const of = new Map<Block, T[]>(blocks.map((block) => [block, []]));
  for (const each of found) {
    const showing = blocks.filter((block) => block.lines[block.text.slice(0, each.offset).split('\n').length - 1]?.shown === true);
    for (const block of showing.length > 0 ? showing : blocks.slice(0, 1)) of.get(block)?.push(each);
  }
  return of;
}
